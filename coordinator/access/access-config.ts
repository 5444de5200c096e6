import { z } from 'zod';
import { givenRoles } from './caller.ts';
import { accessLimits, type AccessLimits } from './limits.ts';
import type { OidcSettings } from './oidc.ts';

const namespaces = z
  .array(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'is no namespace'))
  .max(100)
  .optional()
  .describe('model label namespace; without it: all');

/** An identity provider whose ID tokens are accepted. */
export const oidcConfigSchema = z
  .strictObject({
    issuer: z.url({ protocol: /^https?$/ }).describe('as in the claim iss of its tokens'),
    audience: z.string().min(1).describe('as in the claim aud of its tokens'),
    jwks: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('where its keys are; without it: where its discovery document says'),
    roleClaim: z.string().min(1).default('groups').describe('the claim that mapping is about'),
    mapping: z
      .array(z.strictObject({ value: z.string().min(1), role: z.enum(givenRoles), namespaces }))
      .min(1)
      .max(1_000)
      .describe('what each value of the claim may do; the first that a token has counts'),
  })
  .refine(({ issuer, jwks }) => [issuer, jwks ?? issuer].every(isSafe), {
    message: 'keys are fetched over https only, but from loopback',
  })
  .transform(({ mapping, jwks, ...rest }): OidcSettings => ({
    ...rest,
    jwks,
    mapping: mapping.map((row) => ({ ...row, namespaces: row.namespaces ?? 'all' })),
  }));

/** What callers may use up. */
export const limitsConfigSchema = z
  .strictObject({
    callsPerSecond: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(accessLimits.calls.perSecond)
      .describe('calls of one user, token or subject, on average; twice as many at once'),
    unprovenPerSecond: z
      .int()
      .min(1)
      .max(10_000)
      .default(accessLimits.unproven.perSecond)
      .describe('calls from one address that prove nothing or something wrong, on average'),
  })
  .prefault({})
  .transform(({ callsPerSecond, unprovenPerSecond }): AccessLimits => ({
    ...accessLimits,
    calls: { perSecond: callsPerSecond, burst: 2 * callsPerSecond },
    unproven: { perSecond: unprovenPerSecond, burst: 5 * unprovenPerSecond },
  }));

export const auditConfigSchema = z
  .strictObject({
    recordsMax: z
      .int()
      .min(1_000)
      .max(100_000_000)
      .default(1_000_000)
      .describe('records of the audit log that are kept; the oldest go, which is recorded too'),
  })
  .prefault({});

/** Whoever sits between could give us keys of their own. */
function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

import { z } from 'zod';
import { readConfigFile } from '../shared/platform/config-file.ts';
import { durationBetween } from '../shared/platform/config-duration.ts';
import { logLevels } from '../shared/platform/log.ts';
import { auditConfigSchema, limitsConfigSchema, oidcConfigSchema } from './access/access-config.ts';
import { parsePolicyName } from '../shared/placement/policies/names.ts';
import { backupSchema } from './backup/backup-config.ts';
import { storeConfigSchema } from './store/store-config.ts';

const policy = z.string().transform((text, context) => {
  const parsed = parsePolicyName(text);
  if (parsed.ok) return parsed.value;
  context.addIssue(`${parsed.problem.message}; ${parsed.problem.hint ?? ''}`);
  return z.NEVER;
});

/** The coordinator's YAML file. Every key has a default. */
export const coordinatorConfigSchema = z.strictObject({
  stateDir: z
    .string()
    .min(1)
    .default('/var/lib/tangram/coordinator')
    .describe('folder of the embedded store and of the logs; one coordinator at a time'),
  store: storeConfigSchema,
  grpc: z
    .string()
    .default('127.0.0.1:7443')
    .describe(
      'host:port for agents and clients with certificates; with tls off loopback only; port 0: a free one',
    ),
  join: z
    .string()
    .default('127.0.0.1:7442')
    .describe(
      'host:port where hosts join, and clients come with API tokens; TLS; port 0: a free one',
    ),
  tls: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off: plaintext on loopback, where nobody is asked who they are'),
  hosts: z
    .array(z.string().min(1).max(253))
    .max(32)
    .default([])
    .describe(
      'further names and addresses of this coordinator that its certificate holds, for clients that look there',
    ),
  peers: z
    .array(z.string().min(1).max(262))
    .max(4)
    .default([])
    .describe('advertise of the other coordinators: told to nodes that join'),
  ca: z
    .strictObject({
      keyFile: z
        .string()
        .min(1)
        .optional()
        .describe(
          'what the authority’s keys are sealed with: at least 16 characters, readable by the coordinator alone, the same on every coordinator; without it: ca.key in stateDir, made at the first start',
        ),
      nodeCertificateLife: durationBetween('1m', '7d')
        .prefault('24h')
        .describe('how long a node’s certificate lasts; it is renewed at half of that, 1m to 7d'),
    })
    .prefault({})
    .describe('the certificate authority of the cluster'),
  http: z
    .string()
    .default('127.0.0.1:7480')
    .describe(
      'host:port of /metrics, /healthz and /sd/prometheus, loopback only; port 0: a free one',
    ),
  httpProxy: z
    .boolean()
    .default(false)
    .describe(
      'a proxy in front of http appends its callers’ addresses to X-Forwarded-For; limits and the audit log then count those',
    ),
  advertise: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe(
      'host:port under which clients reach this coordinator, told by the others while it leads; without it: where grpc listens',
    ),
  lostAfter: durationBetween('3s', '24h')
    .prefault('60s')
    .describe('silence of a node after which its replicas are started elsewhere, 3s to 24h'),
  placement: z
    .strictObject({
      policy: policy
        .prefault('tangram')
        .describe('what decides between places that would all do; tangram unless you compare'),
      demandHalfLife: z
        .int()
        .min(10)
        .max(100_000)
        .default(1_000)
        .describe(
          'requests after which a request counts half as much for what is expected next, 10 to 100000',
        ),
    })
    .prefault({}),
  backup: backupSchema.optional().describe('snapshots of the store that are taken by themselves'),
  oidc: oidcConfigSchema
    .optional()
    .describe('an identity provider whose ID tokens are accepted; without it: none'),
  limits: limitsConfigSchema,
  audit: auditConfigSchema,
  log: z
    .strictObject({
      level: z.enum(logLevels).default('info').describe('least level that is written'),
    })
    .prefault({}),
  readyFile: z
    .string()
    .min(1)
    .optional()
    .describe('written atomically, as JSON, once everything listens; removed at the end'),
});

export type CoordinatorConfig = z.infer<typeof coordinatorConfigSchema>;

/** `path` undefined: the defaults. Throws CONFIG_INVALID with every problem at once. */
export function readCoordinatorConfig(path: string | undefined): CoordinatorConfig {
  return path === undefined
    ? coordinatorConfigSchema.parse({})
    : readConfigFile(path, coordinatorConfigSchema);
}

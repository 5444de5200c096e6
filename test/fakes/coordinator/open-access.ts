import type { CertificateFacts } from '../../../shared/pki/certificates.ts';
import { openAccess, type Access } from '../../../coordinator/access/access.ts';
import { accessLimits, type AccessLimits } from '../../../coordinator/access/limits.ts';
import type { OidcSettings } from '../../../coordinator/access/oidc.ts';
import { openAuditLog, type AuditLog } from '../../../coordinator/audit/audit-log.ts';
import type { CoordinatorCore } from '../../../coordinator/fleet/core.ts';
import { MemoryStore } from '../../../coordinator/store/memory-store.ts';
import type { Store } from '../../../coordinator/store/store.ts';
import { systemClock } from '../../../shared/platform/clock.ts';
import { silentLog } from '../../../shared/platform/log.ts';

/** The real access to a core, with users, tokens and the audit log in memory unless they are given. */
export function openAccessTo(
  core: CoordinatorCore,
  options: {
    readonly store?: Store;
    readonly audit?: AuditLog;
    readonly limits?: Partial<AccessLimits>;
    readonly isRevoked?: (certificate: CertificateFacts) => boolean;
    readonly oidc?: OidcSettings;
  } = {},
): Promise<Access> {
  const { store, audit, limits, isRevoked, oidc } = options;
  const wallMs = (): number => systemClock.wallMs();
  return openAccess({
    clusterId: core.clusterId,
    store: store ?? new MemoryStore(),
    core,
    audit: audit ?? openAuditLog(':memory:', { rowsMax: 10_000, wallMs }),
    limits: { ...accessLimits, ...limits },
    isRevoked: isRevoked ?? (() => false),
    goodUntilMs: ({ notAfterMs }) => notAfterMs,
    oidc,
    clock: systemClock,
    log: silentLog,
  });
}

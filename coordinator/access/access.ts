import { randomBytes } from 'node:crypto';
import type { CertificateFacts } from '../../shared/pki/certificates.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import type { Store } from '../store/store.ts';
import { adminName } from '../ca/admin-file.ts';
import { AccessStore } from './access-store.ts';
import { Authenticator } from './authenticate.ts';
import { coreDirectory } from './core-directory.ts';
import { ForwardedAddress } from './forwarded-address.ts';
import { Guard } from './guard.ts';
import type { AccessLimits } from './limits.ts';
import { OidcVerifier, type OidcSettings } from './oidc.ts';
import type { AccessRecords } from './records.ts';

/** Everything about who may do what, put together. */
export interface Access {
  readonly guard: Guard;
  readonly authenticator: Authenticator;
  readonly records: AccessRecords;
  readonly audit: AuditLog;
  /** For who calls on behalf of others from within this process. */
  readonly forwarded: ForwardedAddress;
  readonly wallMs: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Follows users and tokens, and looks after open streams, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export interface AccessSettings {
  readonly clusterId: string;
  readonly store: Store;
  readonly core: CoordinatorCore;
  readonly audit: AuditLog;
  readonly limits: AccessLimits;
  /** Whether a certificate does not count any more, although its signature and dates do. */
  readonly isRevoked: (certificate: CertificateFacts) => boolean;
  /** Wall clock until which who showed a certificate is believed: a node renews while its connections stay. */
  readonly goodUntilMs: (certificate: CertificateFacts) => number;
  /** undefined: no identity provider. */
  readonly oidc: OidcSettings | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads who is known. A store without any user gets its first: an administrator. */
export async function openAccess(settings: AccessSettings): Promise<Access> {
  const { store, clock, log, audit, oidc } = settings;
  const wallMs = (): number => clock.wallMs();
  const records = new AccessStore(store);
  await records.load();
  if (records.users().length === 0) await makeFirstAdmin(records, wallMs());
  const authenticator = new Authenticator({
    ...settings,
    records,
    oidc: oidc && new OidcVerifier(oidc, () => new Date(wallMs())),
    wallMs,
  });
  const directory = coreDirectory(settings.core);
  const forwarded = new ForwardedAddress(randomBytes(32));
  const guard = new Guard({ ...settings, authenticator, directory, forwarded });
  return {
    guard,
    authenticator,
    records,
    audit,
    forwarded,
    wallMs,
    random: randomBytes,
    run: async (signal) => {
      await Promise.all([records.run(clock, log, signal), guard.run(signal)]);
    },
  };
}

async function makeFirstAdmin(records: AccessRecords, createdAtMs: number): Promise<void> {
  await records.changeUser(
    adminName,
    (present) => present ?? { name: adminName, role: 'admin', namespaces: 'all', createdAtMs },
  );
}

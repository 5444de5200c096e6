import type { CertificateFacts } from '../../shared/pki/certificates.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import { decodeValue } from '../store/values.ts';
import type { Store } from '../store/store.ts';
import type { Authority } from './authority.ts';
import { Mirror } from './mirror.ts';
import { joinedCodec, pkiKeys, type JoinedRecord } from './records.ts';

/**
 * The newest certificate of each node, on every coordinator. A connection shows the certificate that it began with for
 * as long as it is open; its node renews meanwhile, and need not connect anew for that.
 */
export class NewestCertificates {
  readonly #mirror: Mirror;
  readonly #authority: Authority;
  /** A sweep over a fleet that is connected for days asks for all of them. */
  readonly #decoded = new WeakMap<Uint8Array, JoinedRecord>();

  private constructor(mirror: Mirror, authority: Authority) {
    this.#mirror = mirror;
    this.#authority = authority;
  }

  static async open(store: Store, authority: Authority): Promise<NewestCertificates> {
    const mirror = new Mirror(store, pkiKeys.allJoined);
    await mirror.reload();
    return new NewestCertificates(mirror, authority);
  }

  /** Wall clock until which who showed `certificate` is believed: its end, or that of a node's newest one that counts. */
  goodUntilMs({ identity, notAfterMs }: CertificateFacts): number {
    const newest = identity.kind === 'agent' ? this.#newest(identity.name) : undefined;
    if (newest === undefined || newest.notAfterMs <= notAfterMs) return notAfterMs;
    const { serial, issuedAtMs } = newest;
    const revoked = this.#authority.isRevokedAt({ identity, serial, issuedAtMs });
    return revoked ? notAfterMs : newest.notAfterMs;
  }

  /** Follows what any coordinator issues, until `signal` aborts. */
  async run(clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
    await this.#mirror.run(clock, log, signal);
  }

  #newest(node: string): JoinedRecord | undefined {
    const key = pkiKeys.joined(node);
    const value = this.#mirror.get(key);
    if (value === undefined) return undefined;
    const known = this.#decoded.get(value) ?? decodeValue(joinedCodec, key, value);
    this.#decoded.set(value, known);
    return known;
  }
}

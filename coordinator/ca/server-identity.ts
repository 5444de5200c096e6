import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { makeKeyRequest } from '../../shared/pki/key-proof.ts';
import { jittered } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Authority, Issued } from './authority.ts';

const lifeMs = 86_400_000;
const retryMs = 10_000;

export interface ServerIdentityDeps {
  readonly authority: Authority;
  /** A DNS label, unique among the coordinators. */
  readonly name: string;
  /** Host names and addresses under which clients reach this coordinator. */
  readonly hosts: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/**
 * This coordinator's own certificate, as TLS wants it.
 * Invariant: what `context` answers is valid and rests on the issuing root, but for the moment of a renewal.
 */
export class ServerIdentity {
  readonly #deps: ServerIdentityDeps;
  readonly #listeners = new Set<() => void>();
  #held: { readonly issued: Issued; readonly keyPem: string; readonly issuing: string };

  constructor(
    deps: ServerIdentityDeps,
    held: { readonly issued: Issued; readonly keyPem: string; readonly issuing: string },
  ) {
    this.#deps = deps;
    this.#held = held;
  }

  /**
   * TLS 1.3 and nothing older. No tickets: gRPC's clients never resume a session, and each ticket would be made, sent and
   * kept (9 KiB a connection on Node 20) for nothing.
   */
  context(): SecureContextOptions {
    const { issued, keyPem } = this.#held;
    return {
      cert: issued.chainPem,
      key: keyPem,
      ca: [...this.#deps.authority.trust().roots],
      minVersion: 'TLSv1.3',
      secureOptions: constants.SSL_OP_NO_TICKET,
    };
  }

  /** Called when `context` answers something else; answers how to stop it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Renews at half of its life, and when another root issues. */
  async run(signal: AbortSignal): Promise<void> {
    const { authority, clock, random, log } = this.#deps;
    const stop = authority.onChange(() => this.#tell());
    while (!signal.aborted) {
      await clock.sleep(jittered(retryMs, random), signal).catch(() => undefined);
      if (signal.aborted) break;
      const { issued, issuing } = this.#held;
      const half = clock.wallMs() >= issued.notAfterMs - lifeMs / 2;
      if (!half && issuing === authority.trust().issuing) continue;
      try {
        this.#held = await obtain(this.#deps);
        log.info(
          { serial: this.#held.issued.serial },
          'renewed the certificate of this coordinator',
        );
        this.#tell();
      } catch (error) {
        log.error({ err: error }, 'cannot renew the certificate of this coordinator');
      }
    }
    stop();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Issues this coordinator's first certificate of this run: its key is never written anywhere. */
export async function createServerIdentity(deps: ServerIdentityDeps): Promise<ServerIdentity> {
  return new ServerIdentity(deps, await obtain(deps));
}

async function obtain({ authority, name, hosts }: ServerIdentityDeps) {
  const { publicKey, privateKeyPem } = makeKeyRequest(name);
  const { issuing } = authority.trust();
  const issued = await authority.issue({ kind: 'coordinator', name }, { publicKey, lifeMs, hosts });
  return { issued, keyPem: privateKeyPem, issuing };
}

import type { ChannelCredentials } from '@grpc/grpc-js';
import type { NodeName } from '../../shared/domain/ids.ts';
import { rootOfChain, keyDigestOf, splitPem } from '../../shared/pki/certificates.ts';
import { makeKeyRequest, type KeyRequest } from '../../shared/pki/key-proof.ts';
import { backoffMs, jittered } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError, errorChain, errorHint } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { tlsChannel } from '../../shared/wire/tls-channel.ts';
import type { TrustNews } from '../link/control-session.ts';
import type { HeldIdentity, IdentityFiles } from './identity-files.ts';

const lookMs = 3_000;
const retryLimits = { firstMs: 5_000, maxMs: 300_000 };
/** After a change of roots a fleet renews over this time and not in one instant. */
const reissueSpreadMs = 60_000;

export interface NodeIdentityDeps {
  readonly files: IdentityFiles;
  readonly node: NodeName;
  /** Asks any coordinator for a new certificate. */
  readonly renew: (
    channel: ChannelCredentials,
    key: KeyRequest,
  ) => Promise<{ readonly chainPem: string; readonly trust: TrustNews }>;
  readonly clock: Clock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  readonly log: Log;
  readonly recordEvent: (kind: string, subject: string, message: string) => void;
}

/**
 * Who this node is to its coordinators, kept current.
 * Invariants: what `channel` answers is on disk; a certificate is replaced only by a newer one that is on disk already;
 * streams that are open go on with what they began with.
 */
export class NodeIdentity {
  readonly #deps: NodeIdentityDeps;
  /** What the files hold, and what told that they are still the same. */
  #found: HeldIdentity | null = null;
  #stamp = '';
  /** What is used. */
  #held: HeldIdentity | null = null;
  #channel: ChannelCredentials | null = null;
  #said = '';
  #failures = 0;
  #halfMs = Number.POSITIVE_INFINITY;
  #renewAtMs = Number.POSITIVE_INFINITY;
  #issuing = '';

  constructor(deps: NodeIdentityDeps) {
    this.#deps = deps;
  }

  /** What new connections are made with. Throws NOT_JOINED before `joined` has resolved. */
  channel(): ChannelCredentials {
    if (this.#channel === null) throw new AppError('NOT_JOINED', 'this host has not joined');
    return this.#channel;
  }

  /** Resolves once there is an identity, or when `signal` aborts: a host may join while its agent runs. */
  async joined(signal: AbortSignal): Promise<void> {
    while (this.#channel === null && !signal.aborted) {
      this.#look();
      if (this.#channel === null) {
        await this.#deps.clock.sleep(lookMs, signal).catch(() => undefined);
      }
    }
  }

  /** What a coordinator says that certificates rest on. Kept before it is used. */
  trusts({ roots, issuing }: TrustNews): void {
    const held = this.#held;
    if (held === null || roots.length === 0) return;
    this.#issuing = issuing;
    if (roots.join('') !== held.roots.join('')) {
      try {
        this.#deps.files.writeTrust(roots);
      } catch (error) {
        this.#deps.log.error({ err: error }, 'cannot keep the roots of the cluster');
        return;
      }
      this.#use({ ...held, roots });
      this.#deps.recordEvent('trust-changed', 'node', `${roots.length} roots are trusted`);
    }
    this.#plan();
  }

  /** Renews when it is time, and takes up what a join has written meanwhile, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#look();
      if (this.#deps.clock.wallMs() >= this.#renewAtMs) await this.#renew();
      await this.#deps.clock.sleep(lookMs, signal).catch(() => undefined);
    }
  }

  #look(): void {
    const { files, node, clock, random } = this.#deps;
    const stamp = files.stamp();
    try {
      if (stamp !== this.#stamp) this.#found = files.read();
      this.#stamp = stamp;
    } catch (error) {
      this.#say(errorChain(error), errorHint(error) ?? '');
      return;
    }
    const found = this.#found;
    if (found === null) {
      this.#say('this host has not joined a cluster', howToJoin);
      return;
    }
    const { identity, notAfterMs, serial } = found.facts;
    if (identity.kind !== 'agent' || identity.name !== node) {
      const hint = `set node: ${identity.name} in the configuration, or remove ${files.directory} and join anew`;
      this.#say(
        `the certificate is of ${identity.kind}/${identity.name}, not of node ${node}`,
        hint,
      );
      return;
    }
    if (notAfterMs <= clock.wallMs()) {
      const when = new Date(notAfterMs).toISOString();
      this.#say(`the certificate of this node expired at ${when}`, howToJoin);
    } else {
      this.#said = '';
    }
    if (serial !== this.#held?.facts.serial) {
      this.#use(found);
      this.#failures = 0;
      const nowMs = clock.wallMs();
      // Of what is left and not of the whole: certificates are backdated, and a host may have been off for a while.
      this.#halfMs = nowMs + (notAfterMs - nowMs) * (0.45 + random() / 10);
      this.#plan();
    }
  }

  /** One line for each state that keeps this node from its cluster, not one each time that it is looked at. */
  #say(why: string, hint: string): void {
    if (why === this.#said) return;
    this.#said = why;
    this.#deps.log.error({ hint }, `${why}; models run on`);
    this.#deps.recordEvent('identity', 'node', `${why}; ${hint}`);
  }

  #use(held: HeldIdentity): void {
    const { chainPem, keyPem, roots } = held;
    const { cluster } = held.facts.identity;
    this.#channel = tlsChannel({ cluster, roots, identity: { chainPem, keyPem } });
    this.#held = held;
  }

  /** At half of its life, give or take a twentieth; or soon, when another root issues. */
  #plan(): void {
    const held = this.#held;
    if (held === null) return;
    const { clock, random } = this.#deps;
    const behind = this.#issuing !== '' && !restsOn(held, this.#issuing);
    const soonMs = behind ? clock.wallMs() + random() * reissueSpreadMs : Number.POSITIVE_INFINITY;
    this.#renewAtMs = Math.min(this.#halfMs, soonMs);
  }

  async #renew(): Promise<void> {
    const { node, files, renew, clock, random, log, recordEvent } = this.#deps;
    const held = this.#held;
    if (held === null || held.facts.notAfterMs <= clock.wallMs()) {
      // Nobody takes it any more: only a join helps, and `look` has said so.
      this.#renewAtMs = Number.POSITIVE_INFINITY;
      return;
    }
    try {
      const key = makeKeyRequest(node);
      const { chainPem, trust } = await renew(this.channel(), key);
      files.write({ keyPem: key.privateKeyPem, chainPem, roots: trust.roots });
      this.#issuing = trust.issuing;
      this.#look();
      log.info({ serial: this.#held?.facts.serial }, 'renewed the certificate of this node');
    } catch (error) {
      const waitMs = jittered(backoffMs(this.#failures, retryLimits), random);
      this.#failures += 1;
      this.#renewAtMs = clock.wallMs() + waitMs;
      const until = new Date(held.facts.notAfterMs).toISOString();
      log.warn(
        { err: errorChain(error), retryMs: Math.round(waitMs), until },
        'cannot renew the certificate of this node',
      );
      if (this.#failures === 1) recordEvent('renewal-failed', 'node', errorChain(error));
    }
  }
}

const howToJoin =
  'make a token with `tangram token create`, then run the line that it prints on this host; the agent need not be restarted';

function restsOn(held: HeldIdentity, keyDigest: string): boolean {
  const root = held.roots.find((pem) => keyDigestOf(pem) === keyDigest);
  return root !== undefined && rootOfChain(splitPem(held.chainPem), [root]) !== undefined;
}

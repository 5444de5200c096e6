import { X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CertificateFacts } from '../../shared/pki/certificates.ts';
import { issueLeaf, type Signer } from '../../shared/pki/issue.ts';
import type { Identity } from '../../shared/pki/spiffe-id.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Compare, Store } from '../store/store.ts';
import { decodeValue, encodeValue } from '../store/values.ts';
import { Mirror } from './mirror.ts';
import {
  authorityCodec,
  pkiKeys,
  revocationCodec,
  type AuthorityRecord,
  type RevocationRecord,
  type RootRecord,
} from './records.ts';
import {
  backdateMs,
  chainAbove,
  issuingIsDue,
  issuingRoot,
  issuingSigner,
  makeRoot,
  renewIssuing,
  rootDigest,
} from './roots.ts';
import { freshSalt, makeSeal, type Seal } from './seal.ts';

export interface AuthorityDeps {
  readonly store: Store;
  readonly clusterId: string;
  /** What the private keys are sealed with: the same on every coordinator. */
  readonly passphrase: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Issued {
  /** PEM: the certificate first, then the authorities below the root. */
  readonly chainPem: string;
  readonly serial: string;
  readonly issuedAtMs: number;
  readonly notAfterMs: number;
  /** Digest of the key of the root that it rests on. */
  readonly issuedBy: string;
}

/** What certificates rest on, as peers need to know it. */
export interface TrustView {
  /** PEM, the oldest first. */
  readonly roots: readonly string[];
  /** Digest of the key of the root that issues. */
  readonly issuing: string;
}

export interface RootView {
  readonly keyDigest: string;
  readonly certificate: string;
  readonly notAfterMs: number;
  readonly issuesFromMs: number;
  readonly issuing: boolean;
}

/** How often renewal of the issuing authority, and a staged root whose time has come, are looked for. */
const lookMs = 1_000;
const racesMax = 5;

/** Opens the authority of this cluster, making it when the store has none. Throws CONFIG_INVALID for another key file. */
export async function openAuthority(deps: AuthorityDeps): Promise<Authority> {
  const mirror = new Mirror(deps.store, pkiKeys.prefix);
  await mirror.reload();
  if (mirror.get(pkiKeys.authority) === undefined) {
    const salt = freshSalt();
    const seal = makeSeal(deps.passphrase, salt);
    const nowMs = deps.clock.wallMs();
    const { clusterId } = deps;
    const first = await makeRoot(seal, { clusterId, nowMs, issuesFromMs: nowMs, before: null });
    await deps.store.txn({
      if: [{ key: pkiKeys.authority, target: 'mod', equals: 0n }],
      do: [putAuthority({ salt, roots: [first] })],
    });
    // Another coordinator may have been first: then its authority is ours.
    await mirror.reload();
  }
  const authority = new Authority(deps, mirror);
  await authority.maintain();
  return authority;
}

/**
 * The cluster's certificate authority. It needs no leader: each write is a compare-and-swap of its own records.
 * Invariants: a private key is never in the store unsealed, in a log or on the wire; which root issues follows from the
 * record and the wall clock alone, so that every coordinator agrees.
 */
export class Authority {
  readonly clusterId: string;
  readonly #deps: AuthorityDeps;
  readonly #mirror: Mirror;
  readonly #listeners = new Set<() => void>();
  #seal: { readonly salt: string; readonly seal: Seal } | undefined;
  #signer: { readonly of: string; readonly signer: Signer } | undefined;
  #read: { readonly value: Uint8Array; readonly record: AuthorityRecord } | undefined;
  #trusted: { readonly issuing: RootRecord; readonly view: TrustView } | undefined;
  #told = '';

  constructor(deps: AuthorityDeps, mirror: Mirror) {
    this.#deps = deps;
    this.clusterId = deps.clusterId;
    this.#mirror = mirror;
    mirror.onChange(() => this.#tell());
  }

  /** Called when trust, the issuing root or a revocation changed; answers how to stop it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The same object for as long as it says the same: every agent that connects is told it. */
  trust(): TrustView {
    const { roots } = this.#record();
    const issuing = issuingRoot(roots, this.#deps.clock.wallMs());
    const before = this.#trusted;
    if (before?.issuing === issuing) return before.view;
    const now = { roots: roots.map((root) => root.certificate), issuing: rootDigest(issuing) };
    const view = before !== undefined && isDeepStrictEqual(before.view, now) ? before.view : now;
    this.#trusted = { issuing, view };
    return view;
  }

  roots(): readonly RootView[] {
    const { roots } = this.#record();
    const issuing = issuingRoot(roots, this.#deps.clock.wallMs());
    return roots.map((root) => ({
      keyDigest: rootDigest(root),
      certificate: root.certificate,
      notAfterMs: Date.parse(new X509Certificate(root.certificate).validTo),
      issuesFromMs: root.issuesFromMs,
      issuing: root === issuing,
    }));
  }

  /** A certificate for `identity` and a key (SubjectPublicKeyInfo, DER). */
  async issue(
    identity: Pick<Identity, 'kind' | 'name'>,
    options: {
      readonly publicKey: Uint8Array;
      readonly lifeMs: number;
      readonly hosts?: readonly string[];
    },
  ): Promise<Issued> {
    const nowMs = this.#deps.clock.wallMs();
    const root = issuingRoot(this.#record().roots, nowMs);
    const revokedMs = this.#revokedMs(`${identity.kind}/${identity.name}`) ?? 0;
    // Dates have whole seconds: what is issued after a revocation must not look as if it were from before.
    const issuedAtMs = Math.max(nowMs, revokedMs + 1_000);
    const notAfterMs = nowMs + options.lifeMs;
    const certificate = await issueLeaf(this.#signerOf(root), {
      identity: { ...identity, cluster: this.clusterId },
      publicKey: options.publicKey,
      validity: { notBeforeMs: issuedAtMs - backdateMs, notAfterMs },
      hosts: options.hosts ?? [],
    });
    const serial = new X509Certificate(certificate).serialNumber.toUpperCase();
    const chainPem = certificate + chainAbove(root);
    return { chainPem, serial, issuedAtMs, notAfterMs, issuedBy: rootDigest(root) };
  }

  /** Whether a certificate does not count any more, although its signature and dates do. */
  isRevoked({
    identity,
    serial,
    notBeforeMs,
  }: Pick<CertificateFacts, 'identity' | 'serial' | 'notBeforeMs'>): boolean {
    return this.isRevokedAt({ identity, serial, issuedAtMs: notBeforeMs + backdateMs });
  }

  /** `isRevoked` for one whose date of issue is on record. */
  isRevokedAt(what: {
    readonly identity: Identity;
    readonly serial: string;
    readonly issuedAtMs: number;
  }): boolean {
    const { kind, name } = what.identity;
    if (this.#revokedMs(`serial/${what.serial}`) !== undefined) return true;
    const atMs = this.#revokedMs(`${kind}/${name}`);
    return atMs !== undefined && what.issuedAtMs <= atMs;
  }

  /** `what`: `serial/<SERIAL>`, or `agent/<node>`, `user/<name>`: everything that was issued to it so far. */
  async revoke(what: string): Promise<void> {
    const record: RevocationRecord = { atMs: this.#deps.clock.wallMs() };
    const value = encodeValue(revocationCodec, record);
    await this.#deps.store.txn({ if: [], do: [{ op: 'put', key: pkiKeys.revoked(what), value }] });
    await this.#mirror.reload();
    this.#deps.log.info({ what }, 'certificates were revoked');
  }

  /** Stages a new root: trusted at once, issuing after `overlapMs`. Throws ROTATION_REFUSED while another is under way. */
  async rotate(overlapMs: number): Promise<void> {
    await this.#change(async (record, nowMs) => {
      if (record.roots.length > 1) {
        throw new AppError('ROTATION_REFUSED', 'an earlier rotation is not finished', {
          hint: 'finish it with tangram ca retire, once tangram ca status shows no node behind',
        });
      }
      const before = record.roots.at(-1) ?? null;
      const issuesFromMs = nowMs + overlapMs;
      const { clusterId } = this;
      const next = await makeRoot(this.#sealOf(record), { clusterId, nowMs, issuesFromMs, before });
      return { ...record, roots: [...record.roots, next] };
    });
  }

  /** Ends the trust in every root before the one that issues. Throws ROTATION_REFUSED when there is none. */
  async retire(): Promise<void> {
    await this.#change(async (record, nowMs) => {
      const at = record.roots.indexOf(issuingRoot(record.roots, nowMs));
      if (at <= 0) {
        throw new AppError('ROTATION_REFUSED', 'there is no older root to retire', {
          hint: 'tangram ca status shows since when, or from when, each root issues',
        });
      }
      const [issuing, ...later] = record.roots.slice(at);
      const roots =
        issuing === undefined ? later : [{ ...issuing, crossCertificate: null }, ...later];
      return { ...record, roots };
    });
  }

  /** Renews the issuing authority when half of its life is over. */
  async maintain(): Promise<void> {
    const nowMs = this.#deps.clock.wallMs();
    if (!this.#record().roots.some((root) => issuingIsDue(root, nowMs))) return;
    await this.#change(async (record) => {
      const seal = this.#sealOf(record);
      const { clusterId } = this;
      const roots = await Promise.all(
        record.roots.map(async (root) =>
          issuingIsDue(root, nowMs) ? renewIssuing(root, seal, { clusterId, nowMs }) : root,
        ),
      );
      return { ...record, roots };
    });
  }

  /** Follows what other coordinators change, and looks after renewals, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    const following = this.#mirror.run(clock, log, signal);
    while (!signal.aborted) {
      await clock.sleep(lookMs, signal).catch(() => undefined);
      if (signal.aborted) break;
      // A staged root begins to issue by the clock alone.
      this.#tell();
      await this.maintain().catch((error: unknown) =>
        log.error({ err: error }, 'cannot renew the issuing authority'),
      );
    }
    await following;
  }

  async #change(
    next: (record: AuthorityRecord, nowMs: number) => Promise<AuthorityRecord>,
  ): Promise<void> {
    const { store, clock } = this.#deps;
    for (let race = 0; race < racesMax; race += 1) {
      const entry = await store.get(pkiKeys.authority);
      if (entry === null) throw new Error('the authority is gone from the store');
      const record = decodeValue(authorityCodec, pkiKeys.authority, entry.value);
      const written = putAuthority(await next(record, clock.wallMs()));
      const unchanged: Compare = {
        key: pkiKeys.authority,
        target: 'mod',
        equals: entry.modRevision,
      };
      const { ok } = await store.txn({ if: [unchanged], do: [written] });
      await this.#mirror.reload();
      if (ok) return;
    }
    throw new AppError('LIMIT_REACHED', 'others change the authority at the same time');
  }

  #record(): AuthorityRecord {
    const value = this.#mirror.get(pkiKeys.authority);
    if (value === undefined) {
      throw new AppError('STORE_UNREADABLE', 'the authority is gone from the store', {
        hint: 'restore the store from a backup',
      });
    }
    if (this.#read?.value !== value) {
      this.#read = { value, record: decodeValue(authorityCodec, pkiKeys.authority, value) };
    }
    return this.#read.record;
  }

  #revokedMs(what: string): number | undefined {
    const key = pkiKeys.revoked(what);
    const value = this.#mirror.get(key);
    return value === undefined ? undefined : decodeValue(revocationCodec, key, value).atMs;
  }

  #sealOf({ salt }: AuthorityRecord): Seal {
    if (this.#seal?.salt !== salt) {
      this.#seal = { salt, seal: makeSeal(this.#deps.passphrase, salt) };
    }
    return this.#seal.seal;
  }

  #signerOf(root: RootRecord): Signer {
    const of = root.issuing.certificate;
    if (this.#signer?.of !== of) {
      this.#signer = { of, signer: issuingSigner(root, this.#sealOf(this.#record())) };
    }
    return this.#signer.signer;
  }

  /** Only when something that listeners act on is another. */
  #tell(): void {
    const now = `${this.#mirror.revision} ${this.trust().issuing}`;
    if (now === this.#told) return;
    this.#told = now;
    for (const listener of this.#listeners) listener();
  }
}

function putAuthority(record: AuthorityRecord) {
  const value = encodeValue(authorityCodec, record);
  return { op: 'put', key: pkiKeys.authority, value } as const;
}

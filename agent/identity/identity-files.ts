import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readCertificate, splitPem, type CertificateFacts } from '../../shared/pki/certificates.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { writePrivateFile } from '../../shared/platform/private-file.ts';

/** What a node shows to prove who it is, and whom it believes. */
export interface HeldIdentity {
  readonly facts: CertificateFacts;
  /** PEM: the certificate, and what is between it and a root. */
  readonly chainPem: string;
  /** PKCS#8, PEM. */
  readonly keyPem: string;
  /** PEM, the oldest first. */
  readonly roots: readonly string[];
}

const privateKey = /-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END PRIVATE KEY-----/;

/**
 * The files of one node's identity, readable by their owner alone. Key and certificate are one file, so that a crash
 * never leaves one of two.
 */
export class IdentityFiles {
  readonly #identity: string;
  readonly #trust: string;
  readonly #pendingKey: string;
  readonly directory: string;

  /** `stateDir`: the agent's. */
  constructor(stateDir: string) {
    this.directory = join(stateDir, 'identity');
    this.#identity = join(this.directory, 'identity.pem');
    this.#trust = join(this.directory, 'trust.pem');
    this.#pendingKey = join(this.directory, 'pending-key.pem');
  }

  /** Another text whenever the files are others: what was read need not be read again. */
  stamp(): string {
    return [this.#identity, this.#trust]
      .map((path) => {
        const about = statSync(path, { throwIfNoEntry: false });
        return about === undefined ? '-' : `${about.ino}:${about.mtimeMs}:${about.size}`;
      })
      .join(' ');
  }

  /** null: this host has not joined. Throws NOT_JOINED for files that cannot be used. */
  read(): HeldIdentity | null {
    const text = readIfThere(this.#identity);
    const roots = splitPem(readIfThere(this.#trust) ?? '');
    if (text === null || roots.length === 0) return null;
    const keyPem = privateKey.exec(text)?.[0];
    const chainPem = splitPem(text).join('');
    const facts = readCertificate(chainPem);
    if (keyPem === undefined || !facts.ok) {
      throw new AppError('NOT_JOINED', `${this.#identity} holds no key with its certificate`, {
        hint: 'remove it and join again: tangram-agent join',
      });
    }
    return { facts: facts.value, chainPem, keyPem: `${keyPem}\n`, roots };
  }

  /** Trust first: a certificate without it would be of no use. */
  write({ keyPem, chainPem, roots }: Omit<HeldIdentity, 'facts'>): void {
    this.writeTrust(roots);
    writePrivateFile(this.#identity, keyPem + chainPem);
    rmSync(this.#pendingKey, { force: true });
  }

  writeTrust(roots: readonly string[]): void {
    writePrivateFile(this.#trust, roots.join(''));
  }

  /** The key of a join whose answer may have been lost. */
  readPendingKey(): string | null {
    return readIfThere(this.#pendingKey);
  }

  writePendingKey(keyPem: string): void {
    writePrivateFile(this.#pendingKey, keyPem);
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new AppError('NOT_JOINED', `cannot read ${path}`, {
      cause,
      hint: 'run it as the user that the agent runs as',
    });
  }
}

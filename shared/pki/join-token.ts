import { createHash, timingSafeEqual } from 'node:crypto';
import { err, ok, type Result } from '../domain/result.ts';

/** What a host needs to join: whom to trust, and what proves that it may. */
export interface JoinToken {
  /** SHA-256 of the root's SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly rootDigest: string;
  /** No secret: it is listed, logged and revoked by. */
  readonly id: string;
  readonly secret: Uint8Array;
}

export const tokenSecretBytes = 32;
const idPattern = '[a-z2-9]{8}';
const shape = new RegExp(`^tg1\\.([A-Za-z0-9_-]{43})\\.(${idPattern})\\.([A-Za-z0-9_-]{43})$`);

/** `tg1.<digest>.<id>.<secret>`; digest and secret are base64url. */
export function renderJoinToken({ rootDigest, id, secret }: JoinToken): string {
  const digest = Buffer.from(rootDigest, 'hex').toString('base64url');
  return `tg1.${digest}.${id}.${Buffer.from(secret).toString('base64url')}`;
}

/** The problem never repeats the text: it may hold most of a secret. */
export function parseJoinToken(text: string): Result<JoinToken> {
  const [, digest, id, secret] = shape.exec(text.trim()) ?? [];
  if (digest !== undefined && id !== undefined && secret !== undefined) {
    const bytes = Buffer.from(secret, 'base64url');
    const pin = Buffer.from(digest, 'base64url');
    // The last of 43 characters has two bits that stand for nothing: only one way to write a token is taken.
    if (bytes.toString('base64url') === secret && pin.toString('base64url') === digest) {
      return ok({ rootDigest: pin.toString('hex'), id, secret: new Uint8Array(bytes) });
    }
  }
  return err({
    code: 'TOKEN_INVALID',
    message: 'this is no join token',
    hint: 'paste the whole line that tangram token create printed; the token begins with tg1. and has three more parts',
  });
}

/** What is kept of a secret, hexadecimal. It has 256 random bits, so that a plain hash cannot be searched. */
export function hashTokenSecret(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** In a time that does not depend on where they differ. */
export function tokenSecretMatches(secret: Uint8Array, hash: string): boolean {
  const given = Buffer.from(hashTokenSecret(secret), 'hex');
  const kept = Buffer.from(hash, 'hex');
  return given.length === kept.length && timingSafeEqual(given, kept);
}

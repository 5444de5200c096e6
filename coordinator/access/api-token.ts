import { createHash, timingSafeEqual } from 'node:crypto';

/** The two halves of `tga_<id>_<secret>`. */
export interface ApiTokenParts {
  /** 10 characters of [a-z0-9]; no secret: lists and the audit log show it. */
  readonly id: string;
  /** 256 bits as 43 characters of base64url. */
  readonly secret: string;
}

const idBytes = 10;
const secretBytes = 32;
const idAlphabet = 'abcdefghijklmnopqrstuvwxyz012345';
const shape = /^tga_([a-z0-9]{10})_([A-Za-z0-9_-]{43})$/;

/** A new token. `random` answers that many bytes nobody can guess. */
export function mintApiToken(random: (bytes: number) => Uint8Array): ApiTokenParts {
  const id = Array.from(random(idBytes), (byte) => idAlphabet[byte % idAlphabet.length]).join('');
  return { id, secret: Buffer.from(random(secretBytes)).toString('base64url') };
}

export function renderApiToken({ id, secret }: ApiTokenParts): string {
  return `tga_${id}_${secret}`;
}

/** null: it has not the shape of a token. */
export function parseApiToken(text: string): ApiTokenParts | null {
  const [, id, secret] = shape.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** What is kept of a secret. It has 256 random bits, so one plain hash cannot be searched; nothing slow is needed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** In a time that does not depend on where they differ. */
export function secretMatches(secret: string, hash: string): boolean {
  const given = Buffer.from(hashSecret(secret), 'hex');
  const kept = Buffer.from(hash, 'hex');
  return given.length === kept.length && timingSafeEqual(given, kept);
}

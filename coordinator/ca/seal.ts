import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { AppError } from '../../shared/platform/errors.ts';

/** RFC 7914 §2 with N = 2^15, r = 8, p = 1: 32 MiB and about 80 ms for each guess at a passphrase. */
const scryptCost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts and decrypts small texts under one passphrase. */
export interface Seal {
  /** AES-256-GCM: nonce, tag and text in one, base64. `purpose` must be said again to open it. */
  close(purpose: string, text: string): string;
  /** Throws CONFIG_INVALID when the passphrase is another, or the text was changed. */
  open(purpose: string, sealed: string): string;
}

export function freshSalt(): string {
  return randomBytes(16).toString('base64');
}

/** `salt` is base64 and stays the same as long as anything is sealed with it. Blocks for about 80 ms. */
export function makeSeal(passphrase: Uint8Array, salt: string): Seal {
  const key = scryptSync(passphrase, Buffer.from(salt, 'base64'), keyBytes, scryptCost);
  return {
    close: (purpose, text) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
      const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), hidden]).toString('base64');
    },
    open: (purpose, sealed) => {
      const bytes = Buffer.from(sealed, 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
          .setAAD(Buffer.from(purpose))
          .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        const hidden = bytes.subarray(nonceBytes + tagBytes);
        return Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8');
      } catch {
        throw new AppError('CONFIG_INVALID', `the authority's key file does not open ${purpose}`, {
          hint: 'ca.keyFile must hold the same text on every coordinator of the cluster, and be kept with its backups',
        });
      }
    },
  };
}

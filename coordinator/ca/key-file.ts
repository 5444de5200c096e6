import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../shared/platform/errors.ts';

const passphraseBytes = { least: 16, most: 4_096 } as const;

/**
 * Reads what the authority's private keys are sealed with. A missing file is made, readable by this user alone, where
 * `create` says so: the default path, not one that an operator named. Throws CONFIG_INVALID.
 */
export function readKeyFile(path: string, options: { readonly create: boolean }): Uint8Array {
  if (options.create) createOnce(path);
  const found = readOrThrow(path);
  const { least, most } = passphraseBytes;
  if (found.length < least || found.length > most) {
    throw unusable(path, `it has ${found.length} bytes, not ${least} to ${most}`);
  }
  return found;
}

function createOnce(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    const text = `${randomBytes(32).toString('base64url')}\n`;
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const there = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (!there) throw unusable(path, 'it cannot be written', cause);
  }
}

function readOrThrow(path: string): Buffer {
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new Error('others than its owner may use it; run chmod 600');
    }
    // Editors end a file with a line's end, and it is no part of a passphrase.
    return Buffer.from(readFileSync(path, 'utf8').trim());
  } catch (cause) {
    throw unusable(path, 'it cannot be read', cause);
  }
}

function unusable(path: string, why: string, cause?: unknown): AppError {
  return new AppError(
    'CONFIG_INVALID',
    `cannot use the key file of the authority ${path}: ${why}`,
    {
      cause,
      hint: 'give ca.keyFile a file with at least 16 random characters that only the coordinator may read',
    },
  );
}

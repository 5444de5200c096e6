import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Absolute path of something in the package. */
export const inRoot = (...parts) => join(root, ...parts);

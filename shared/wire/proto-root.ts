import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `proto/` at the package's root, seen from the sources and from the built `dist/`. */
export function protoRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'proto', 'tangram'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the proto/ folder is missing beside this program');
    folder = parent;
  }
  return join(folder, 'proto');
}

/** How messages look in our code; the generated types are made with the same choices. */
export const loaderOptions = {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  arrays: true,
  objects: true,
} as const;

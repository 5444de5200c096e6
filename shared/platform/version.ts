import { readFileSync } from 'node:fs';

/** The package's version, told to peers, people and metrics. */
export const packageVersion = readVersion();

/** `package.json` lies two folders up from the sources and three from the built program. */
function readVersion(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (typeof found === 'object' && found !== null && 'version' in found) {
        return String(found.version);
      }
    } catch {
      // Not this one.
    }
  }
  return 'unknown';
}

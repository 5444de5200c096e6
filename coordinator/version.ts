import { readFileSync } from 'node:fs';

/** The package's version, told to agents, people and metrics. */
export const coordinatorVersion = readVersion();

/** `package.json` lies one folder up from the sources and two from the built program. */
function readVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
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

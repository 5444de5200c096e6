import { readFileSync } from 'node:fs';

/** The package's version, told to coordinators, people and metrics. */
export const agentVersion = readVersion();

/** `package.json` lies one folder up from the sources and two from the built program. */
function readVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(place, import.meta.url), 'utf8');
      const found: unknown = JSON.parse(text);
      if (typeof found === 'object' && found !== null && 'version' in found) {
        return String(found.version);
      }
    } catch {
      // Not this one.
    }
  }
  return 'unknown';
}

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../packaging/build/build.mjs', import.meta.url));

/** Runs before all tests: brings dist/ up to date, so that tests can start the programs that users start. */
export function setup(): void {
  const built = spawnSync(process.execPath, [script, '--quiet'], { encoding: 'utf8' });
  if (built.status === 0) return;
  throw new Error(`the build failed, so no test can run\n${built.stdout}${built.stderr}`);
}

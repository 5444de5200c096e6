// Compiles the sources to dist/, once for each state of them. `--quiet` is silent unless something is to be told.
import { build } from './compile.mjs';
import { ensureInstalled } from './install.mjs';

await ensureInstalled();
process.exitCode = await build({ quiet: process.argv.includes('--quiet') });

// usage: node with-install.mjs PROGRAM [ARGUMENT...]
// Installs what package-lock.json names if needed, then runs a local program (node_modules/.bin) or a .mjs file.
import { existsSync } from 'node:fs';
import { ensureInstalled } from './install.mjs';
import { inRoot } from './paths.mjs';
import { runCommand } from './run-command.mjs';

const [program, ...rest] = process.argv.slice(2);
if (program === undefined) {
  process.stderr.write('usage: node with-install.mjs PROGRAM [ARGUMENT...]\n');
  process.exit(2);
}
await ensureInstalled();
const isScript = program.endsWith('.mjs');
const file = isScript ? inRoot(program) : inRoot('node_modules', '.bin', program);
if (!existsSync(file)) {
  process.stderr.write(`${file} does not exist; is ${program} in package.json?\n`);
  process.exit(127);
}
const { code } = await runCommand(
  isScript ? process.execPath : file,
  isScript ? [file, ...rest] : rest,
);
process.exitCode = code;

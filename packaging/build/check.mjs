// Everything that a machine can check without running the product, one line each. `npm run check`.
import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { checkBaseline } from './proto-baseline.mjs';
import { checkProtoTypes, protoFiles } from './proto-types.mjs';
import { runCommand } from './run-command.mjs';

const rooms = ['agent', 'coordinator', 'shared', 'packaging', 'test'].filter((room) =>
  existsSync(inRoot(room)),
);
const local = (program, ...args) => {
  const file = inRoot('node_modules', '.bin', program);
  return () => runCommand(file, args, { capture: true });
};
/** The slowest first, so that the others fill the second core. */
const checks = [
  ['rooms', local('depcruise', '--config', '.dependency-cruiser.cjs', ...rooms)],
  ['lint', local('oxlint', '--type-aware')],
  ['dead code', local('knip', '--no-progress')],
  ['format', local('prettier', '--check', '--log-level=warn', '.')],
  ['types', local('tsc', '--noEmit')],
  ['proto types', protoTypes],
  ['proto compat', checkBaseline],
  ['lockfile', lockfile],
  [
    'proto lint',
    protoFiles().length === 0 ? async () => ({ code: 0, output: '' }) : local('buf', 'lint'),
  ],
];

/** What `npm ci` would refuse in a clean clone is not seen where node_modules exists already. */
function lockfile() {
  const script = inRoot('packaging/build/complete-lock.mjs');
  return runCommand(process.execPath, [script, '--check'], { capture: true });
}

async function protoTypes() {
  const problem = await checkProtoTypes();
  return { code: problem === null ? 0 : 1, output: problem === null ? '' : `${problem}\n` };
}

const started = Date.now();
const failed = [];
const waiting = [...checks];
const lanes = Math.min(4, Math.max(2, availableParallelism()));
await Promise.all(Array.from({ length: lanes }, work));
const took = ((Date.now() - started) / 1000).toFixed(1);
process.stdout.write(
  failed.length === 0
    ? `check: all ${checks.length} passed in ${took} s\n`
    : `check: ${failed.join(', ')} failed (${took} s)\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

async function work() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, run] = next;
    const from = Date.now();
    const { code, output } = await run();
    const seconds = ((Date.now() - from) / 1000).toFixed(1).padStart(5);
    process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(12)}${seconds} s\n`);
    if (code === 0) continue;
    failed.push(name);
    process.stdout.write(`${output.trimEnd()}\n`);
  }
}

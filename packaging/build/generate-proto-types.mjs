// Writes shared/wire/generated from proto/. `--check` writes nothing and fails when the folder is not what it would write.
// `--renew-baseline` also makes today's contract the one that later changes are compared with.
import { ensureInstalled } from './install.mjs';
import { renewBaseline } from './proto-baseline.mjs';
import { checkProtoTypes, writeProtoTypes } from './proto-types.mjs';

await ensureInstalled();
const asked = new Set(process.argv.slice(2));
const problem =
  (asked.has('--check') ? await checkProtoTypes() : await writeProtoTypes()) ??
  (asked.has('--renew-baseline') ? await renewBaseline() : null);
if (problem !== null) process.stderr.write(`${problem}\n`);
process.exitCode = problem === null ? 0 : 1;

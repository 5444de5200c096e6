// Writes shared/wire/generated from proto/. `--check` writes nothing and fails when the folder is not what it would write.
import { ensureInstalled } from './install.mjs';
import { checkProtoTypes, writeProtoTypes } from './proto-types.mjs';

await ensureInstalled();
const problem = process.argv.includes('--check')
  ? await checkProtoTypes()
  : await writeProtoTypes();
if (problem !== null) process.stderr.write(`${problem}\n`);
process.exitCode = problem === null ? 0 : 1;

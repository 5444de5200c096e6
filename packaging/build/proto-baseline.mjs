import { existsSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { runCommand } from './run-command.mjs';

/** The contract that clients were built against, as `buf build` writes it: no network and no history is needed. */
const baseline = 'proto/baseline.binpb';
const buf = inRoot('node_modules/.bin/buf');

/** `{code, output}`: whether anything that a client may rely on is gone or other than in the baseline. */
export async function checkBaseline() {
  if (!existsSync(inRoot(baseline))) {
    return {
      code: 1,
      output: `${baseline} is missing; npm run proto -- --renew-baseline makes it\n`,
    };
  }
  const { code, output } = await runCommand(buf, ['breaking', '--against', baseline], {
    capture: true,
  });
  if (code === 0) return { code, output };
  const advice =
    'Clients of the last version would break. Add a field or an rpc instead; if no client can mind, renew the\n' +
    'baseline in the same commit and say why: npm run proto -- --renew-baseline\n';
  return { code, output: `${output}${advice}` };
}

/** From now on the contract is what it is today. Answers null, or what went wrong. */
export async function renewBaseline() {
  const args = ['build', '--exclude-source-info', '-o', baseline];
  const { code, output } = await runCommand(buf, args, { capture: true });
  return code === 0 ? null : output;
}

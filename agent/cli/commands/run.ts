import { InvalidArgumentError, Option } from 'commander';
import { freshSuffix } from '../../../shared/domain/fresh-suffix.ts';
import { parseModelName } from '../../../shared/domain/ids.ts';
import { renderProblem } from '../../../shared/domain/result.ts';
import { parseDurationMs, renderDuration } from '../../../shared/domain/units.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { problemError } from '../../../shared/wire/unary.ts';
import { toJson, type AddCommand } from '../cli-deps.ts';
import type { Asking } from '../launch/carry-out.ts';
import type { LaunchFlags } from '../launch/launch-spec.ts';
import { renderRefused } from '../launch/render-launch.ts';

interface RunOptions extends Asking, LaunchFlags {}

/** `agentctl run`: a launch on this node alone, by the engine, target and journal that a cluster uses. */
export const addRun: AddCommand = (program, deps, api) => {
  program
    .command('run')
    .description('run a model on this node, without a coordinator')
    .argument('[name]', 'what to call it; not with -f')
    .argument('[args...]', 'after --: the arguments of the model server')
    .option('-f, --filename <file>', 'the model as a YAML manifest, or - for standard input')
    .option('--image <image>', 'image of the model server')
    .option('--gpu-memory <size>', 'what one replica needs of a card, such as 9GiB; none: on CPU')
    .option('--compute <percent>', 'least share of the card’s SMs')
    .option('--isolation <word>', 'weakest separation that will do: any, mps, mig or whole')
    .option('--count <cards>', 'so many whole cards')
    .option('--replicas <n>', 'so many copies')
    .option('--port <port>', 'where the server listens')
    .option('--health <path>', 'path of its health probe')
    .option('--env <name=value...>', 'environment of the server', [])
    .option('--detach', 'do not wait until it is ready')
    .addOption(timeoutOption())
    .option('--dry-run', 'say where it would run, and do nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'machine-readable')
    .addHelpText(
      'after',
      `
Examples:
  agentctl run sentiment --image sentiment:1.4.0 --gpu-memory 9GiB --isolation mps
  agentctl run -f model.yaml --dry-run
  agentctl rm sentiment`,
    )
    .action(async (name: string | undefined, args: readonly string[], options: RunOptions) => {
      // Loaded here: commands that launch nothing start without the schema and the engine.
      const { readSpec } = await import('../launch/launch-spec.ts');
      const { planLaunch } = await import('../../local/local-plan.ts');
      const { carryOut, readNode } = await import('../launch/carry-out.ts');
      const spec = readSpec(name, args, options);
      const agent = api();
      const node = await readNode(deps, agent);
      const planned = planLaunch(node, spec, {
        nowMs: deps.clock.wallMs(),
        suffix: () => freshSuffix(Math.random),
      });
      if (!planned.ok) {
        deps.out(
          options.json ? toJson({ refused: planned.problem }) : renderRefused(planned.problem),
        );
        deps.setExitCode(1);
        return;
      }
      await carryOut(deps, agent, { plan: planned.value, name: spec.name, options });
    });
};

/** `agentctl rm`. */
export const addRemove: AddCommand = (program, deps, api) => {
  program
    .command('rm')
    .description('end a model that was launched on this node with run')
    .argument('<name>', 'as `agentctl ps` names it')
    .option('--detach', 'do not wait until it is gone')
    .addOption(timeoutOption())
    .option('--dry-run', 'say what would end, and do nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'machine-readable')
    .action(async (name: string, options: Asking) => {
      const model = parseModelName(name);
      if (!model.ok) throw problemError(model.problem);
      const { planRemoval } = await import('../../local/local-plan.ts');
      const { carryOut, readNode } = await import('../launch/carry-out.ts');
      const agent = api();
      const plan = planRemoval(await readNode(deps, agent), model.value);
      if (plan.stops.length === 0) {
        throw new AppError('MODEL_UNKNOWN', `no model ${name} was launched on this node`, {
          hint: 'agentctl ps lists what runs here',
        });
      }
      await carryOut(deps, agent, { plan, name, options });
    });
};

const waitMsDefault = 300_000;

function timeoutOption(): Option {
  return new Option('--timeout <duration>', 'how long to wait, such as 90s')
    .default(waitMsDefault, renderDuration(waitMsDefault))
    .argParser(durationMs);
}

function durationMs(text: string): number {
  const parsed = parseDurationMs(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(renderProblem(parsed.problem));
}

import { renderProblem, type Problem } from '../../shared/domain/result.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { ScenarioRun } from '../scenario/scenario-run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Pace } from '../simulate/pace.ts';
import { renderPlot } from '../simulate/plot.ts';
import { toJson, type CliDeps, type Json } from './deps.ts';
import { readSources } from './manifests.ts';
import { renderScenario, scenarioPlot } from './render-scenario.ts';
import { exitCodes } from './run.ts';

export interface ScenarioRequest extends Json {
  readonly filename: readonly string[];
  /** One run each, in this order. */
  readonly runs: readonly { readonly policy: PolicyName; readonly seed: number }[];
  readonly plot?: string;
}

/** `simulate -f`: a cluster of one's own with arrivals, departures and faults, offline. */
export async function runScenarios(deps: CliDeps, request: ScenarioRequest): Promise<void> {
  const { filename, plot, json } = request;
  if (plot !== undefined) deps.host.checkWritable(plot);
  const scenario = await readScenario(deps, filename);
  const runs = await runAll(deps, request, scenario);
  if (plot !== undefined) deps.host.writeText(plot, renderPlot(scenarioPlot(scenario.name, runs)));
  deps.out(json ? toJson({ scenario: scenario.name, runs }) : renderScenario(scenario, runs));
  // Numbers of an engine that breaks its promises mean nothing.
  if (runs.some(({ lintProblems }) => lintProblems.length > 0)) deps.setExitCode(exitCodes.failure);
}

/** Throws REQUEST_INVALID with every problem. */
async function readScenario(deps: CliDeps, paths: readonly string[]): Promise<Scenario> {
  // Loaded here: other commands start without the schemas.
  const { parseScenario } = await import('../scenario/parse-scenario.ts');
  const parsed = parseScenario(paths.flatMap((path) => readSources(deps, path)));
  if (!parsed.ok) throw refused(parsed.problem);
  return parsed.value;
}

function refused(problems: readonly Problem[]): AppError {
  const lines = problems.map((problem) => renderProblem(problem));
  const text =
    lines.length === 1
      ? (lines[0] ?? '')
      : [
          `${lines.length} problems; nothing was simulated`,
          ...lines.map((line) => `  ${line}`),
        ].join('\n');
  return new AppError('REQUEST_INVALID', text);
}

async function runAll(
  deps: CliDeps,
  { runs }: ScenarioRequest,
  scenario: Scenario,
): Promise<readonly ScenarioRun[]> {
  const { runScenario } = await import('../scenario/run-scenario.ts');
  const progress = deps.host.openProgress();
  const finished: ScenarioRun[] = [];
  try {
    for (const [at, { policy, seed }] of runs.entries()) {
      const tell = (done: number): void =>
        progress.show((at + done) / runs.length, `${policy}, seed ${seed}`);
      const pace = new Pace(deps.clock, tell, deps.signal);
      finished.push(await runScenario(scenario, { policy, seed, pace }));
    }
  } finally {
    progress.end();
  }
  return finished;
}

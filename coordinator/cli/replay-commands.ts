import { InvalidArgumentError, type Command } from 'commander';
import { parseDurationMs } from '../../shared/domain/units.ts';
import { policyNames, type PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { parsePolicyName } from '../../shared/placement/policies/names.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { PolicyReport__Output } from '../../shared/wire/generated/tangram/v1/PolicyReport.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { renderDecisions, renderPolicyReport, renderReplay } from './render-decisions.ts';
import { exitCodes } from './run.ts';

const shownDefault = 50;
const shownMax = 1_000;

interface ListOptions extends Json {
  readonly model: string;
  readonly limit: number;
  readonly page: string;
}

interface ReplayOptions extends Json {
  readonly force?: true;
  readonly since?: number;
  readonly policy?: PolicyName;
  readonly seed: number;
}

/** `decisions`, `replay`. */
export function addReplays(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('decisions')
    .description('what was placed where or refused, newest first')
    .option('--model <name>', 'of this model only', '')
    .option('-n, --limit <count>', 'how many', limitIn, shownDefault)
    .option('--page <token>', 'go on where a list ended', '')
    .option('--json', 'machine-readable')
    .action(async ({ model, limit: pageSize, page: pageToken, json }: ListOptions) => {
      const list = await api().listDecisions({ model, pageSize, pageToken });
      deps.out(json ? toJson(list) : renderDecisions(list.decisions));
      if (!json && list.nextPageToken !== '') {
        deps.note(`older ones: tangram decisions --page ${list.nextPageToken}\n`);
      }
    });
  program
    .command('replay')
    .description('make a decision again, or ask what another policy would have done')
    .argument('[id]', 'a decision, as tangram decisions lists them', idIn)
    .option('--force', 'also one that another version of the engine made')
    .option('--since <duration>', 'the requests of the last 12h, 7d, …', durationIn)
    .option('--policy <name>', `through this policy: ${policyNames.join(', ')}`, policyIn)
    .option('--seed <number>', 'for policies that draw', seedIn, 1)
    .option('--json', 'machine-readable')
    .addHelpText(
      'after',
      '\nExit codes: 0 the same bytes, or a report; 1 it differs, or another version of the engine made it.',
    )
    .action(async (id: number | undefined, options: ReplayOptions) => {
      if (id === undefined) await replayPolicy(deps, api, options);
      else await replayOne(deps, api, { ...options, id });
    });
}

async function replayOne(
  deps: CliDeps,
  api: Api,
  { id, since, policy, force, json }: ReplayOptions & { readonly id: number },
): Promise<void> {
  if (since !== undefined || policy !== undefined) {
    throw new AppError('REQUEST_INVALID', 'a decision is made again with its own policy', {
      hint: 'leave the id out to run another policy: tangram replay --since 7d --policy bestfit',
    });
  }
  const replay = await api().replayDecision(id, force === true);
  deps.out(json ? toJson(replay) : renderReplay(replay));
  deps.setExitCode(replay.verdict === 'REPLAY_VERDICT_SAME' ? exitCodes.ok : exitCodes.failure);
}

/** Prints what another policy would have done. Answers how many requests went elsewhere. */
export async function replayPolicy(
  deps: CliDeps,
  api: Api,
  { since, policy, seed, json }: Omit<ReplayOptions, 'force'>,
): Promise<number> {
  if (policy === undefined) {
    throw new AppError('REQUEST_INVALID', 'neither a decision nor a policy is named', {
      hint: 'tangram replay 123, or tangram replay --since 7d --policy bestfit',
    });
  }
  const sinceMs = since === undefined ? 0 : Math.max(0, deps.clock.wallMs() - since);
  const progress = deps.host.openProgress();
  let report: PolicyReport__Output | null = null;
  try {
    for await (const message of api().replayPolicy({ policy, seed, sinceMs }, deps.signal)) {
      if (message.progress) {
        const { done, total } = message.progress;
        progress.show(Number(done) / Math.max(1, Number(total)), 'decisions');
      }
      report = message.report ?? report;
    }
  } finally {
    progress.end();
  }
  if (deps.signal.aborted) return 0;
  if (report === null) throw new AppError('INTERNAL', 'the coordinator sent no report');
  deps.out(json ? toJson(report) : renderPolicyReport(report, sinceMs));
  return report.differing;
}

function limitIn(text: string): number {
  return wholeIn(text, { least: 1, most: shownMax });
}

function idIn(text: string): number {
  return wholeIn(text, { least: 1, most: Number.MAX_SAFE_INTEGER });
}

export function seedIn(text: string): number {
  return wholeIn(text, { least: 0, most: 2 ** 31 - 1 });
}

function wholeIn(text: string, range: { readonly least: number; readonly most: number }): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.least && value <= range.most) return value;
  throw new InvalidArgumentError(`Give a whole number from ${range.least} to ${range.most}.`);
}

export function durationIn(text: string): number {
  const parsed = parseDurationMs(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError('Give a number and s, m, h or d, such as 7d.');
}

export function policyIn(text: string): PolicyName {
  const parsed = parsePolicyName(text);
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`Known are ${policyNames.join(', ')}.`);
}

import type { Change__Output } from '../../shared/wire/generated/tangram/v1/Change.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { changeWord, headText, renderChange } from './render-changes.ts';
import { exitCodes } from './run.ts';
import { waitUntilOver } from './wait-change.ts';

/** How long and whether to wait for changes. */
export interface WaitOptions extends Json {
  readonly wait?: true;
  readonly timeout: number;
}

/** Carries out kept plans, one after the other where `wait` says so; the first that fails ends it. */
export async function applyPlans(
  deps: CliDeps,
  api: Api,
  options: WaitOptions & { readonly ids: readonly string[] },
): Promise<void> {
  const changes: Change__Output[] = [];
  for (const id of options.ids) {
    const begun = await api().applyPlan(id);
    if (!options.json) deps.out(`${begun.change} ${headText(begun)}\n`);
    const change = options.wait ? await followed(deps, api, { begun, options }) : begun;
    changes.push(change);
    if (options.wait && changeWord(change) !== 'done') break;
  }
  if (options.json) deps.out(toJson({ changes }));
}

async function followed(
  deps: CliDeps,
  api: Api,
  of: { readonly begun: Change__Output; readonly options: WaitOptions },
): Promise<Change__Output> {
  const { begun, options } = of;
  const change = await waitUntilOver(deps, api(), { change: begun, timeoutMs: options.timeout });
  if (!options.json) deps.out(renderChange(change));
  if (changeWord(change) !== 'done') deps.setExitCode(exitCodes.failure);
  return change;
}

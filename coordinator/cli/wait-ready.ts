import type { Model__Output } from '../../shared/wire/generated/tangram/v1/Model.ts';
import type { CoordinatorClient } from './client.ts';
import type { CliDeps } from './deps.ts';
import { counted, phaseWord } from './words.ts';

/**
 * Waits until every replica of these versions is ready, saying on the way what each model waits for.
 * Answers false, and says what is missing, when the time is up. A watch that ends is begun again.
 */
export async function waitUntilReady(
  deps: CliDeps,
  client: CoordinatorClient,
  wanted: { readonly models: readonly Model__Output[]; readonly timeoutMs: number },
): Promise<boolean> {
  const pending = new Map(wanted.models.map((model) => [model.name, model]));
  const told = new Map<string, string>();
  const deadline = AbortSignal.timeout(wanted.timeoutMs);
  const over = new AbortController();
  const signal = AbortSignal.any([deps.signal, deadline, over.signal]);
  while (pending.size > 0 && !signal.aborted) {
    for await (const { model } of client.watchModels('', signal)) {
      const asked = model ? pending.get(model.name) : undefined;
      if (!model || asked === undefined) continue;
      const said = progressText(model);
      if (told.get(model.name) !== said) deps.note(`${model.name}: ${said}\n`);
      told.set(model.name, said);
      if (isReady(model, Number(asked.version))) pending.delete(model.name);
      if (pending.size === 0) over.abort();
    }
  }
  if (pending.size === 0) return true;
  const names = [...pending.keys()].join(', ');
  deps.note(
    `error: not ready in time: ${names}\nhint: ask: tangram why ${[...pending.keys()][0]}\n`,
  );
  return false;
}

/** Replicas of an older version that still serve are not what was asked for. */
export function isReady(model: Model__Output, version: number): boolean {
  if (Number(model.version) > version) return isReady(model, Number(model.version));
  const serving = (model.status?.replicas ?? []).filter(
    (replica) =>
      !replica.retiring &&
      phaseWord(replica.phase) === 'ready' &&
      Number(replica.modelVersion) >= version,
  );
  return serving.length >= (model.spec?.replicas ?? 0);
}

/** One line: how many are ready, and what the first that is not waits for. */
export function progressText(model: Model__Output): string {
  const status = model.status;
  const ready = `${status?.replicasReady ?? 0} of ${counted(model.spec?.replicas ?? 0, 'replica')} ready`;
  if (status !== null && status.pendingReason !== '')
    return `${ready}; pending: ${status.pendingReason}`;
  const waiting = status?.replicas.find(
    (replica) => !replica.retiring && phaseWord(replica.phase) !== 'ready',
  );
  if (waiting === undefined) return ready;
  const reason = waiting.reason === '' ? '' : `: ${waiting.reason}`;
  return `${ready}; ${waiting.replica} ${phaseWord(waiting.phase)}${reason}`;
}

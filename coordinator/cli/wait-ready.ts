import type { Model__Output } from '../../shared/wire/generated/tangram/v1/Model.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import type { WatchModelsResponse__Output } from '../../shared/wire/generated/tangram/v1/WatchModelsResponse.ts';
import type { CoordinatorClient } from './client.ts';
import type { CliDeps } from './deps.ts';
import { counted, phaseWord } from './words.ts';

const againMs = 500;

/**
 * Waits until every replica of these versions is ready, saying on the way what each model waits for.
 * Answers false, and says what is missing, when the time is up or a model is deleted meanwhile.
 */
export async function waitUntilReady(
  deps: CliDeps,
  client: CoordinatorClient,
  wanted: { readonly models: readonly Model__Output[]; readonly timeoutMs: number },
): Promise<boolean> {
  const versions = new Map(wanted.models.map((model) => [model.name, Number(model.version)]));
  const told = new Map<string, string>();
  const over = new AbortController();
  const { signal } = over;
  const end = (): void => over.abort();
  // By hand and not AbortSignal.any: on Node 20 that forgets a timeout which nobody else holds.
  deps.signal.addEventListener('abort', end, { once: true });
  const late = deps.clock.sleep(wanted.timeoutMs, signal).then(end, () => undefined);
  const see = (event: WatchModelsResponse__Output): void => {
    const name = event.model?.name ?? event.deleted ?? '';
    const version = versions.get(name);
    if (version === undefined) return;
    const said = event.model ? progressText(event.model) : 'deleted meanwhile';
    if (told.get(name) !== said) deps.note(`${name}: ${said}\n`);
    told.set(name, said);
    if (event.model && isReady(event.model, version)) versions.delete(name);
    if (versions.size === 0 || event.deleted) over.abort();
  };
  try {
    while (versions.size > 0 && !signal.aborted && !deps.signal.aborted) {
      await watchOnce(client, see, signal);
      await deps.clock.sleep(againMs, signal).catch(() => undefined);
    }
  } finally {
    end();
    deps.signal.removeEventListener('abort', end);
    await late;
  }
  const [first] = versions.keys();
  if (first === undefined) return true;
  const names = [...versions.keys()].join(', ');
  deps.note(`error: not ready: ${names}\nhint: ask: tangram why ${first}\n`);
  return false;
}

/** A watch that was read too slowly, or that a restart of the coordinator cut, may be begun again. */
async function watchOnce(
  client: CoordinatorClient,
  see: (event: WatchModelsResponse__Output) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const event of client.watchModels({}, signal)) see(event);
  } catch (error) {
    if (!isAppError(error, 'WATCH_EXPIRED') && !isAppError(error, 'COORDINATOR_AWAY')) throw error;
  }
}

/** Replicas of an older version that still serve are not what was asked for. */
export function isReady(model: Model__Output, version: number): boolean {
  if (Number(model.version) < version) return false;
  const serving = (model.status?.replicas ?? []).filter(
    (replica) =>
      !replica.retiring &&
      phaseWord(replica.phase) === 'ready' &&
      // Somebody may have changed the model since: what counts is what it is now.
      Number(replica.modelVersion) >= Number(model.rolloutVersion),
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

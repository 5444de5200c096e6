import type { RuntimeKind } from '../../shared/domain/inventory.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { shortSignal } from '../../shared/platform/short-signal.ts';
import type { Part, RunningReplica } from './world.ts';

/** Image references that a node holds, bounded and sorted. Throws AppError DOCKER_AWAY. */
export type ReadImages = (signal: AbortSignal) => Promise<readonly string[]>;

/** A pull by hand is known after this at the latest; one of ours at once, because a replica starts after it. */
const lookAgainMs = 300_000;

/** An engine with thousands of images takes seconds: a round does not wait for them, a later one tells them. */
const patienceMs = 250;

type Runtimes = readonly (readonly [RuntimeKind, Part<readonly RunningReplica[]>])[];

/**
 * The images of the node, for the rounds. Listing them makes the engine look at its whole store, so it is asked now and
 * then, and when Docker runs other replicas than before. While it does not answer, what it told last stands.
 */
export function imagesNowAndThen(
  read: ((signal: AbortSignal) => Promise<Part<readonly string[]>>) | null,
  clock: Clock,
): (runtimes: Runtimes, signal: AbortSignal) => Promise<readonly string[]> {
  let known: readonly string[] = [];
  let knownFor: string | null = null;
  let readAtMs = 0;
  const take = async (ask: NonNullable<typeof read>, signal: AbortSignal): Promise<void> => {
    const part = await ask(signal);
    if (part.kind === 'seen') known = part.value;
  };
  return async (runtimes, signal) => {
    const docker = runtimes.find(([kind]) => kind === 'docker')?.[1];
    if (read === null || docker?.kind !== 'seen') return known;
    const now = docker.value.map((each) => each.runtimeId).join();
    if (now === knownFor && clock.monotonicMs() - readAtMs < lookAgainMs) return known;
    knownFor = now;
    readAtMs = clock.monotonicMs();
    const reading = take(read, signal);
    const patience = shortSignal(signal);
    const late = clock.sleep(patienceMs, patience.signal).catch(() => undefined);
    await Promise.race([reading, late]);
    patience.end();
    return known;
  };
}

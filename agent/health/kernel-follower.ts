import { backoffMs } from '../../shared/platform/backoff.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { KernelBatch, KernelLogSource } from '../drivers/kernel-log/kernel-log.ts';
import { createKernelReader, type KernelEvent } from '../formats/kernel/kernel-line.ts';
import type { World } from '../observe/world.ts';
import type { HealthBook } from './book.ts';
import type { CardSighting } from './incidents.ts';
import { cardAt, cardEventOf, sightingOf } from './sighting.ts';

export interface KernelFollowerDeps {
  readonly source: KernelLogSource;
  readonly book: HealthBook;
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves with the world as soon as there is one. */
  readonly world: (signal: AbortSignal) => Promise<World>;
  /** Told of each batch that held anything: all of it, and what of it is of a new kind. */
  readonly onSeen: (all: readonly CardSighting[], fresh: readonly CardSighting[]) => void;
  /** Faults that are no card's of this node: a switch's, an address that nobody has. */
  readonly onStranger: (event: KernelEvent, line: string) => void;
}

const restart = { firstMs: 1_000, maxMs: 60_000 } as const;
/** Strangers told of in one batch; the rest is counted in the log. */
const strangersMax = 8;

/**
 * Reads the kernel log for as long as the agent runs. A log that ends or cannot be read is opened again, rarer and
 * rarer; nothing that was read before is counted twice.
 */
export async function followKernelLog(
  deps: KernelFollowerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, source } = deps;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const world = await deps.world(signal);
      const from = deps.book.position();
      const known =
        from?.bootId === world.bootId && from.log === source.name ? from.position : null;
      const read = createKernelReader();
      for await (const batch of source.follow(known, signal)) {
        takeBatch(deps, read, { batch, world: await deps.world(signal) });
        failures = 0;
      }
    } catch (err) {
      if (signal.aborted) return;
      log[failures === 0 ? 'warn' : 'debug'](
        { err, log: source.name },
        'cannot read the kernel log',
      );
    }
    await clock.sleep(backoffMs(failures, restart), signal).catch(() => undefined);
    failures += 1;
  }
}

function takeBatch(
  deps: KernelFollowerDeps,
  read: ReturnType<typeof createKernelReader>,
  { batch, world }: { readonly batch: KernelBatch; readonly world: World },
): void {
  const seen: CardSighting[] = [];
  let strangers = 0;
  for (const { text, atMs } of batch.lines) {
    const event = read(text);
    if (event === null) continue;
    const named = cardEventOf(event, { line: text, atMs });
    const gpu = named === null ? undefined : cardAt(world, named.pciAddress);
    if (named !== null && gpu !== undefined) seen.push(sightingOf(world, gpu, named.event));
    else if ((strangers += 1) <= strangersMax) deps.onStranger(event, text);
  }
  const { bootId } = world;
  const known = deps.book.position();
  // What holds no fault may be read again after a restart: a write for each line of the kernel would cost more.
  if (seen.length > 0 || known?.log !== deps.source.name || known.bootId !== bootId) {
    const position = { log: deps.source.name, bootId, position: batch.position };
    const fresh = deps.book.record(seen, { bootId, position });
    if (seen.length > 0) deps.onSeen(seen, fresh);
  }
  if (strangers > strangersMax) deps.log.warn({ strangers }, 'faults of unknown cards');
}

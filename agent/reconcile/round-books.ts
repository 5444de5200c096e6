import type { GpuUuid, ReplicaId } from '../../shared/domain/ids.ts';
import { isAppError } from '../../shared/platform/errors.ts';
import type { LayoutRecord, World } from '../observe/world.ts';
import type { AcceptedTarget } from '../store/records.ts';
import type { AgentCoreDeps } from './core-deps.ts';
import { settledIntents } from './journal.ts';
import { updateRecords } from './replica-book.ts';
import { wantedOf } from './round-input.ts';
import { noteDrift, noteReplicaChange } from './round-notes.ts';

type BookDeps = Pick<AgentCoreDeps, 'store' | 'clock' | 'log'>;

/** Beside the world, what a round's records are made from. */
export interface BookFacts {
  readonly accepted: AcceptedTarget | null;
  readonly busyGpus: ReadonlySet<GpuUuid>;
  readonly busyReplicas: ReadonlySet<ReplicaId>;
  readonly healthyRuns: ReadonlySet<string>;
  /** Since when probes tell of health. */
  readonly watchingSinceMs: number;
  /** Intents that a step of this process is working on. */
  readonly liveIntents: ReadonlySet<number>;
}

/** Brings records and journal in line with what was seen. Throws STORE_FULL. */
export function writeBooks(deps: BookDeps, world: World, facts: BookFacts): void {
  const { store } = deps;
  const { accepted, busyGpus, busyReplicas, healthyRuns, watchingSinceMs, liveIntents } = facts;
  const records = store.replicas();
  const changed = updateRecords({
    world,
    wanted: wantedOf(accepted, accepted?.gpusInForce ?? []),
    records,
    busy: busyReplicas,
    healthyRuns,
    watchingSinceMs,
  });
  for (const record of changed) {
    store.saveReplica(record);
    noteReplicaChange(
      deps,
      records.find((each) => each.replica === record.replica),
      record,
    );
  }
  const settled = settledIntents(store.openIntents(), {
    world,
    bindings: store.bindings(),
    busyGpus,
    live: liveIntents,
  });
  for (const intent of settled) store.endIntent(intent.id);
}

/** A revision is on disk before anybody hears of it. Throws STORE_FULL. */
export function writeLayouts(deps: BookDeps, world: World, known: readonly LayoutRecord[]): void {
  for (const layout of world.layouts) {
    const last = known.find((each) => each.gpu === layout.gpu);
    if (JSON.stringify(last) === JSON.stringify(layout)) continue;
    deps.store.saveLayout(layout);
    if (last !== undefined && layout.driftRevision > last.driftRevision) {
      noteDrift(deps, world, layout.gpu);
    }
  }
}

/** Writes; answers whether there was room for it. What was refused is found anew by the next round. */
export function writesDown(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (!isAppError(error, 'STORE_FULL')) throw error;
    return false;
  }
}

import { expect, test } from 'vitest';
import { unreachable } from '../../../../shared/domain/assert.ts';
import type { ModelEvent, NodeEvent } from '../../../../coordinator/fleet/core.ts';
import { replayDecision } from '../../../../coordinator/replay/replay-decision.ts';
import { open } from '../../../../shared/placement/open.ts';
import { MemoryStore } from '../../../../coordinator/store/memory-store.ts';
import { modelSpec, nameOf, SimFleet } from '../../../fakes/coordinator/sim-fleet.ts';

const apply = { validateOnly: false, etag: null } as const;

function brief(event: ModelEvent): string {
  switch (event.kind) {
    case 'model':
      return `${event.model.spec.name} ${event.model.replicas.map((each) => each.status?.phase ?? '-').join()}`;
    case 'deleted':
      return `${event.name} deleted`;
    case 'synced':
    case 'bookmark':
      return event.kind;
    default:
      return unreachable(event);
  }
}

function follow(fleet: SimFleet, signal: AbortSignal) {
  const seen: string[] = [];
  const done = (async () => {
    for await (const event of fleet.core.watchModels(signal)) seen.push(brief(event));
  })();
  return { seen, done };
}

test('a watcher sees every model, then synced, then each change until it is deleted', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  fleet.join('node-a', 'A100-40GB');
  await fleet.core.applyModel(modelSpec('first', { replicas: 0 }), apply);
  const stop = new AbortController();
  const { seen, done } = follow(fleet, stop.signal);
  await fleet.run(500);
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(4_000);
  await fleet.core.deleteModel(nameOf('vad'), { validateOnly: false });
  await fleet.run(5_000);
  stop.abort();
  await done;
  expect(seen.slice(0, 2)).toEqual(['first ', 'synced']);
  expect(seen).toContain('vad ready');
  expect(seen.at(-1)).toBe('vad deleted');
  await fleet.kill();
});

function briefly(event: NodeEvent): string {
  if (event.kind === 'deleted') return `${event.name} deleted`;
  if (event.kind !== 'node') return event.kind;
  const { node, replicas } = event;
  const phases = replicas.map((each) => each.status?.phase ?? '-').join();
  return `${node.node} ${node.availability.kind} ${node.connected ? 'up' : 'down'} ${phases}`;
}

test('nodes are watched with what runs there, and that one was heard of once more is no news', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  const agent = fleet.join('node-a', 'A100-40GB');
  await fleet.run(500);
  const stop = new AbortController();
  const seen: string[] = [];
  const done = (async () => {
    for await (const event of fleet.core.watchNodes(stop.signal)) seen.push(briefly(event));
  })();
  await fleet.run(500);
  await fleet.core.applyModel(modelSpec('vad'), apply);
  await fleet.run(4_000);
  expect([seen[0], seen[1], seen.at(-1)]).toEqual([
    'node-a ready up ',
    'synced',
    'node-a ready up ready',
  ]);
  const told = seen.length;
  await fleet.run(8_000);
  expect(seen.slice(told).filter((each) => each !== 'bookmark')).toEqual([]);
  await fleet.core.setAvailability(agent.node, 'cordoned');
  await fleet.run(500);
  agent.disconnect();
  await fleet.run(500);
  await fleet.core.removeNode(agent.node);
  await fleet.run(500);
  expect(seen).toContain('node-a cordoned up ready');
  expect(seen.at(-1)).toBe('node-a deleted');
  stop.abort();
  await done;
  await fleet.kill();
});

test('a watcher that falls behind is told so instead of missing something', async () => {
  const fleet = new SimFleet({ limits: { watchBufferMax: 2 } });
  await fleet.start(new MemoryStore());
  const events = fleet.core.watchModels(new AbortController().signal)[Symbol.asyncIterator]();
  expect((await events.next()).value).toMatchObject({ kind: 'synced' });
  for (let at = 0; at < 5; at += 1) {
    await fleet.core.applyModel(modelSpec('vad', { priority: at }), apply);
    await fleet.run(500);
  }
  await expect(events.next()).rejects.toMatchObject({ code: 'WATCH_EXPIRED' });
  await fleet.kill();
});

test('the decision log replays to the same decisions', async () => {
  const fleet = new SimFleet();
  await fleet.start(new MemoryStore());
  fleet.join('node-a', '2xA100-40GB');
  fleet.join('node-b', 'L40S');
  await fleet.core.applyModel(modelSpec('one', { replicas: 3 }), apply);
  await fleet.run(3_000);
  await fleet.core.applyModel(modelSpec('two', { replicas: 2, priority: 200 }), apply);
  await fleet.run(3_000);
  await fleet.core.deleteModel(nameOf('one'), { validateOnly: false });
  await fleet.run(5_000);
  await fleet.core.scaleModel(nameOf('two'), 4);
  await fleet.run(3_000);
  const log = fleet.decisions;
  if (log === null) throw new Error('the fleet keeps a log');
  const rows = log.list({ limit: 1_000, model: null, before: null });
  const verdicts = [];
  for (const { id } of rows) {
    const deps = { log, open, breathe: async () => undefined };
    verdicts.push((await replayDecision(deps, id, { force: false })).verdict);
  }
  expect(verdicts).toEqual(['same', 'same', 'same', 'same', 'same', 'same', 'same']);
  await fleet.kill();
});

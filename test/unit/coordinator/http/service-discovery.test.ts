import { expect, test } from 'vitest';
import { targetGroups } from '../../../../coordinator/http/service-discovery.ts';
import type { NodeView } from '../../../../coordinator/fleet/core.ts';
import { inventoryOf } from '../../../fakes/link-agent.ts';

function view(node: string, change: Partial<NodeView> = {}): NodeView {
  const inventory = inventoryOf({
    node,
    cards: '',
    metricsAddress: `127.0.0.1:94${node.length}0`,
    labels: { zone: 'eu-1', 'rack/row': '7' },
  });
  return {
    node: inventory.node,
    inventory,
    etag: 'ready',
    availability: { kind: 'ready' },
    connected: true,
    lastSeenMs: 0,
    generation: 0,
    acceptedGeneration: 0,
    status: null,
    claims: [],
    labels: inventory.labels,
    drain: null,
    ...change,
  };
}

const never = async (): Promise<void> => undefined;

test('an empty cluster is an empty list', async () => {
  expect(await targetGroups([], never)).toEqual([]);
});

test('every agent is a group with its node, in the given order, also when it is lost', async () => {
  const lost = { availability: { kind: 'lost', reason: 'silent' }, connected: false } as const;
  expect(await targetGroups([view('node-a'), view('node-b', lost)], never)).toEqual([
    {
      targets: ['127.0.0.1:9460'],
      labels: {
        __meta_tangram_availability: 'ready',
        __meta_tangram_label_zone: 'eu-1',
        __meta_tangram_label_rack_row: '7',
        node: 'node-a',
      },
    },
    {
      targets: ['127.0.0.1:9460'],
      labels: {
        __meta_tangram_availability: 'lost',
        __meta_tangram_label_zone: 'eu-1',
        __meta_tangram_label_rack_row: '7',
        node: 'node-b',
      },
    },
  ]);
});

test('a node that nobody scrapes, or that has not spoken yet, is left out', async () => {
  const unscraped = { ...inventoryOf({ node: 'node-b', cards: '' }), metricsAddress: null };
  const nodes = [view('node-a', { inventory: null }), view('node-b', { inventory: unscraped })];
  expect(await targetGroups(nodes, never)).toEqual([]);
});

test('others may go first after each node', async () => {
  let breaths = 0;
  await targetGroups([view('node-a'), view('node-b')], async () => {
    breaths += 1;
  });
  expect(breaths).toBe(2);
});

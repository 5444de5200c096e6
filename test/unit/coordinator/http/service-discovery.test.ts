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

test('an empty cluster is an empty list', () => {
  expect(targetGroups([])).toEqual([]);
});

test('every agent is a group with its node, in order of name, also when it is lost', () => {
  const lost = { availability: { kind: 'lost', reason: 'silent' }, connected: false } as const;
  expect(targetGroups([view('node-b', lost), view('node-a')])).toEqual([
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

test('a node that nobody scrapes, or that has not spoken yet, is left out', () => {
  const unscraped = { ...inventoryOf({ node: 'node-b', cards: '' }), metricsAddress: null };
  expect(
    targetGroups([view('node-a', { inventory: null }), view('node-b', { inventory: unscraped })]),
  ).toEqual([]);
});

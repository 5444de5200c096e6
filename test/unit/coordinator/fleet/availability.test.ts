import { expect, test } from 'vitest';
import { availabilityOf, judgeLosses } from '../../../../coordinator/fleet/availability.ts';
import { fleetLimits } from '../../../../coordinator/fleet/limits.ts';
import { parseNodeName } from '../../../../shared/domain/ids.ts';
import { valueOf } from '../../../fakes/coordinator/fake-agent.ts';

type Silence = Parameters<typeof availabilityOf>[0];

function node(name: string, change: Partial<Silence> = {}): Silence {
  return {
    node: valueOf(parseNodeName(name)),
    connected: true,
    silentMs: 0,
    lost: false,
    wanted: 'ready',
    holdDownMs: 0,
    ...change,
  };
}

test.for([
  { name: 'speaks', of: node('n'), kind: 'ready' },
  {
    name: 'has been silent for just under the limit',
    of: node('n', { silentMs: 1_599 }),
    kind: 'ready',
  },
  { name: 'has been silent for the limit', of: node('n', { silentMs: 1_700 }), kind: 'suspect' },
  { name: 'closed its stream', of: node('n', { connected: false }), kind: 'suspect' },
  { name: 'is lost', of: node('n', { lost: true }), kind: 'lost' },
  { name: 'is cordoned', of: node('n', { wanted: 'cordoned' }), kind: 'cordoned' },
  { name: 'drains', of: node('n', { wanted: 'draining' }), kind: 'draining' },
  { name: 'flaps', of: node('n', { holdDownMs: 10_000 }), kind: 'suspect' },
  {
    name: 'flaps and drains',
    of: node('n', { holdDownMs: 1, wanted: 'draining' }),
    kind: 'suspect',
  },
  {
    name: 'drains and is silent',
    of: node('n', { wanted: 'draining', silentMs: 9_000 }),
    kind: 'suspect',
  },
])('a node that $name is $kind', ({ of, kind }) => {
  expect(availabilityOf(of, fleetLimits).kind).toBe(kind);
});

const gone = { connected: false, silentMs: 60_000 } as const;

test.for([
  {
    name: 'one of four',
    nodes: [node('a', gone), node('b'), node('c'), node('d')],
    lost: ['a'],
    held: [],
  },
  {
    name: 'one of three, and all three',
    nodes: [node('a', gone), node('b', gone), node('c', gone)],
    lost: ['a', 'b', 'c'],
    held: [],
  },
  {
    name: 'not two of four at once',
    nodes: [node('a', gone), node('b', gone), node('c'), node('d')],
    lost: [],
    held: ['a', 'b'],
  },
  {
    name: 'not the first of many that fell silent within seconds',
    nodes: [
      node('a', gone),
      node('b', { silentMs: 59_000 }),
      node('c', { silentMs: 58_000 }),
      node('d'),
    ],
    lost: [],
    held: ['a'],
  },
  {
    name: 'one more after another was lost before',
    nodes: [
      node('a', { ...gone, silentMs: 120_000, lost: true }),
      node('b', gone),
      node('c'),
      node('d'),
      node('e'),
    ],
    lost: ['b'],
    held: [],
  },
  {
    name: 'none of those that fell silent with a drained one, once that is lost',
    nodes: [
      node('a', { ...gone, silentMs: 61_000, lost: true, wanted: 'draining' }),
      node('b', gone),
      node('c', gone),
      node('d', gone),
    ],
    lost: [],
    held: ['b', 'c', 'd'],
  },
  {
    name: 'none beside a drained one that fell silent shortly before or after, in a fleet of five',
    nodes: [
      node('a', { ...gone, silentMs: 119_000, lost: true, wanted: 'draining' }),
      node('b', gone),
      node('c'),
      node('d'),
      node('e'),
    ],
    lost: [],
    held: ['b'],
  },
  {
    name: 'one that an operator drains, however many are silent',
    nodes: [node('a', { ...gone, wanted: 'draining' }), node('b', gone), node('c'), node('d')],
    lost: ['a'],
    held: ['b'],
  },
  { name: 'nobody before the time', nodes: [node('a', { silentMs: 59_999 })], lost: [], held: [] },
])('declares lost: $name', ({ nodes, lost, held }) => {
  expect(judgeLosses(nodes, fleetLimits)).toEqual({ lost, held });
});

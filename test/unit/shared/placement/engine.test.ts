import { expect, test } from 'vitest';
import { open } from '../../../../shared/placement/open.ts';
import { cardsOf, claim, model, needs, node, request, told } from './builders.ts';

const a = node('a', cardsOf('a', ['L40S']));
const b = node('b', cardsOf('b', ['L40S']));
const whole = { kind: 'whole', memoryMib: 46_068 } as const;
const wantsWhole = request('new', model('n', needs({ isolation: 'whole' })));

test('a placement carries the claim, its slices and the delta that makes it so', () => {
  const spec = model('n', needs({ memoryMib: 2_048 }), {
    workload: { cpuMillis: 500, memoryMib: 768 },
  });
  const held = {
    id: 'new',
    holder: { kind: 'replica', replica: 'n-new', model: 'n', modelVersion: 1 },
    node: 'a',
    slices: [
      {
        id: 'new.0',
        incarnation: 1,
        node: 'a',
        gpu: 'GPU-a-0',
        shape: { kind: 'mps', memoryMib: 2_048, smPercent: 4 },
      },
    ],
    cpuMillis: 500,
    memoryMib: 768,
    state: 'held',
    createdAtMs: 1_000,
  };
  expect(open({ nodes: [a], claims: [] }).decide(request('new', spec))).toEqual({
    kind: 'placed',
    placement: { node: 'a', slices: held.slices },
    claim: held,
    delta: { kind: 'claim-set', claim: held },
    cost: expect.any(Number),
  });
});

test('a claim that moves leaves its first node free', () => {
  const engine = open({ nodes: [a, b], claims: [claim('c1', 'a', [[0, whole]])] });
  expect(told(engine, wantsWhole)).toBe('b GPU0 whole:46068MiB');
  engine.apply({ kind: 'claim-set', claim: claim('c1', 'b', [[0, whole]]) });
  expect(told(engine, wantsWhole)).toBe('a GPU0 whole:46068MiB');
});

test('claims may come before their node', () => {
  const engine = open({ nodes: [], claims: [claim('c1', 'a', [[0, whole]])] });
  engine.apply({ kind: 'node-set', node: b });
  engine.apply({ kind: 'node-set', node: a });
  expect(told(engine, wantsWhole)).toBe('b GPU0 whole:46068MiB');
  engine.apply({ kind: 'claim-removed', claim: claim('c1', 'a', []).id });
  expect(told(engine, wantsWhole)).toBe('a GPU0 whole:46068MiB');
});

test('removing what is not there changes nothing', () => {
  const engine = open({ nodes: [a], claims: [] });
  engine.apply({ kind: 'claim-removed', claim: claim('c1', 'a', []).id });
  engine.apply({ kind: 'node-removed', node: b.inventory.node });
  expect(told(engine, wantsWhole)).toBe('a GPU0 whole:46068MiB');
});

test('a cordoned node is used again once it is ready', () => {
  const engine = open({
    nodes: [{ ...a, availability: { kind: 'cordoned', reason: 'by ana' } }],
    claims: [],
  });
  expect(engine.decide(wantsWhole).kind).toBe('refused');
  engine.apply({ kind: 'node-set', node: a });
  expect(engine.decide(wantsWhole).kind).toBe('placed');
});

test('a node or claim that a snapshot holds twice, or a second place for a claim, is a fault of the caller', () => {
  const held = claim('new', 'a', [[0, whole]]);
  expect(() => open({ nodes: [a, a], claims: [] })).toThrow('holds node a once');
  expect(() => open({ nodes: [a], claims: [held, held] })).toThrow('holds claim new once');
  expect(() => open({ nodes: [a], claims: [held] }).decide(wantsWhole)).toThrow(
    'claim new has no place yet',
  );
});

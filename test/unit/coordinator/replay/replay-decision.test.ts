import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputsDecoder, InputsEncoder } from '../../../../coordinator/replay/inputs-codec.ts';
import { replayDecision } from '../../../../coordinator/replay/replay-decision.ts';
import { policyNames } from '../../../../shared/placement/policies/policy-name.ts';
import { anyCluster, anySpec } from '../../shared/placement/anything.ts';
import { cardsOf, model, needs, node } from '../../shared/placement/builders.ts';
import { History } from './history.ts';

const twoCards = [node('a', cardsOf('a', ['A100-40GB', 'L40S']))];

type Act =
  | { readonly kind: 'place'; readonly spec: ReturnType<typeof model> }
  | { readonly kind: 'reclaim' | 'remove'; readonly which: number }
  | { readonly kind: 'cordon'; readonly which: number }
  | { readonly kind: 'restart' };

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: anySpec().map((spec): Act => ({ kind: 'place', spec })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('reclaim' as const, 'remove' as const, 'cordon' as const),
      which: fc.nat(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'restart' }) },
);

function act(history: History, nodes: readonly ReturnType<typeof node>[], next: Act): void {
  const ids = [...history.claims.keys()];
  switch (next.kind) {
    case 'place':
      history.place(next.spec);
      return;
    case 'restart':
      return history.restart();
    case 'cordon': {
      const chosen = nodes[next.which % nodes.length];
      const availability = { kind: 'cordoned', reason: 'by a test' } as const;
      if (chosen !== undefined) history.setNode({ ...chosen, availability });
      return;
    }
    case 'reclaim':
    case 'remove':
    default: {
      const id = ids[next.which % Math.max(1, ids.length)] ?? '';
      if (next.kind === 'reclaim') history.reclaim(id);
      else history.remove(id);
    }
  }
}

test('any logged decision comes to the same bytes when it is made again', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyCluster,
      fc.array(anyAct, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(...policyNames),
      async ({ nodes }, acts, policy) => {
        const history = new History(nodes, policy);
        for (const next of acts) act(history, nodes, next);
        const rows = history.log.list({ limit: 1_000, model: null, before: null });
        for (const { id } of rows) {
          const replay = await replayDecision(history.replays, id, { force: false });
          expect(replay).toMatchObject({ verdict: 'same', differences: [] });
        }
        history.log.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('inputs read back as they were written, geometries of cards once', () => {
  const encoder = new InputsEncoder();
  const decoder = new InputsDecoder();
  fc.assert(
    fc.property(anyCluster, anyCluster, (first, second) => {
      expect(decoder.snapshot(encoder.snapshot(first))).toEqual(first);
      const deltas = second.nodes.map((each) => ({ kind: 'node-set', node: each }) as const);
      expect(decoder.deltas(encoder.deltas(deltas))).toEqual(deltas);
      const again = encoder.deltas(deltas);
      expect(again).toMatch(/^\{"geometries":\{\},/);
      expect(decoder.deltas(again)).toEqual(deltas);
    }),
  );
});

test('a refusal is logged once, with its words, until they change', () => {
  const history = new History(twoCards);
  const big = model('big', needs({ memoryMib: 60_000 }));
  for (let at = 0; at < 30; at += 1) expect(history.place(big)).toBeNull();
  const refused = () =>
    history.log.list({ limit: 100, model: 'big', before: null }).map((row) => row.outcome);
  expect(refused()).toHaveLength(1);
  expect(refused()[0]).toContain('no card is that big');
  history.setNode(node('b', cardsOf('b', ['H100-80GB'], { authority: 'observe' })));
  for (let at = 0; at < 30; at += 1) history.place(big);
  expect(refused()).toHaveLength(2);
  expect(refused()[0]).toContain('raise authority on b/GPU0');
});

test('a decision of another engine is not passed off as a replay', async () => {
  const history = new History(twoCards);
  history.place(model('m', needs()));
  const [row] = history.log.list({ limit: 1, model: null, before: null });
  if (row === undefined) throw new Error('a decision is logged');
  const { id: _, ...old } = { ...row, engineVersion: '0' };
  history.log.append([old]);
  const id = history.log.lastId();
  expect(await replayDecision(history.replays, id, { force: false })).toMatchObject({
    verdict: 'other-engine',
    replayed: null,
    differences: [],
  });
  expect(await replayDecision(history.replays, id, { force: true })).toMatchObject({
    verdict: 'other-engine',
    replayed: row.outcome,
    differences: [],
  });
});

test('what differs is named', async () => {
  const history = new History(twoCards);
  history.place(model('m', needs()));
  const [row] = history.log.list({ limit: 1, model: null, before: null });
  if (row === undefined) throw new Error('a decision is logged');
  const { id: _, ...forged } = {
    ...row,
    outcome: row.outcome.replace(/"cost":-?\d+/, '"cost":-5'),
  };
  history.log.append([forged]);
  const replay = await replayDecision(history.replays, history.log.lastId(), { force: false });
  expect(replay.verdict).toBe('differs');
  const cost: unknown = JSON.parse(row.outcome).cost;
  expect(replay.differences).toEqual([{ path: 'cost', before: '-5', after: String(cost) }]);
});

test.for([
  { id: 99, want: /there is no decision 99/ },
  { id: 1, want: /there is no decision 1/ },
])('row $id is refused', async ({ id, want }) => {
  const history = new History(twoCards);
  history.place(model('m', needs()));
  await expect(replayDecision(history.replays, id, { force: false })).rejects.toThrow(want);
});

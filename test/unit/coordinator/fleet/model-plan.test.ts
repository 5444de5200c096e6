import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planModel, type Copy } from '../../../../coordinator/fleet/model-plan.ts';
import type { ModelRecord } from '../../../../coordinator/store/values.ts';
import { parseClaimId, parseNodeName, parseReplicaId } from '../../../../shared/domain/ids.ts';
import { valueOf } from '../../../fakes/coordinator/fake-agent.ts';
import { modelSpec, nameOf } from '../../../fakes/coordinator/sim-fleet.ts';

interface CopyText {
  readonly leaving?: boolean;
  readonly id: string;
  readonly version?: number;
  readonly node?: Copy['node'];
  readonly serving?: boolean;
  readonly answered?: boolean;
  readonly reclaiming?: boolean;
  readonly superseded?: boolean;
}

function model(replicas: number, change: Partial<ModelRecord> = {}): ModelRecord {
  return {
    spec: modelSpec('m', { replicas }),
    version: 2,
    rolloutVersion: 2,
    createdAtMs: 0,
    updatedAtMs: 0,
    deleting: false,
    ...change,
  };
}

function copy(of: CopyText, at: number): Copy {
  const { workload } = modelSpec('m');
  return {
    node: of.node ?? 'here',
    serving: of.serving ?? true,
    answered: of.answered ?? of.serving ?? true,
    leaving: of.leaving ?? false,
    record: {
      workload,
      processes: 1,
      superseded: of.superseded ?? false,
      claim: {
        id: valueOf(parseClaimId(of.id)),
        holder: {
          kind: 'replica',
          replica: valueOf(parseReplicaId(of.id)),
          model: nameOf('m'),
          modelVersion: of.version ?? 2,
        },
        node: valueOf(parseNodeName('node-a')),
        slices: [],
        cpuMillis: 0,
        memoryMib: 0,
        state: of.reclaiming === true ? 'reclaiming' : 'held',
        createdAtMs: at,
      },
    },
  };
}

interface Case {
  readonly name: string;
  readonly wanted: number;
  readonly deleting?: boolean;
  /** Replicas that changes are still to begin. */
  readonly coming?: number;
  readonly copies: readonly CopyText[];
  readonly want: {
    readonly retire?: readonly string[];
    readonly restore?: readonly string[];
    readonly place?: number;
    readonly makeRoom?: readonly string[];
  };
}

const cases: readonly Case[] = [
  { name: 'nothing yet: place all', wanted: 2, copies: [], want: { place: 2 } },
  { name: 'all there: nothing', wanted: 1, copies: [{ id: 'a' }], want: {} },
  {
    name: 'too many: the one that does not serve goes first, then the newest',
    wanted: 1,
    copies: [{ id: 'a', serving: false }, { id: 'b' }, { id: 'c' }],
    want: { retire: ['a', 'c'] },
  },
  {
    name: 'too many, and none is seen: the one that never answered goes first',
    wanted: 1,
    copies: [
      { id: 'a', node: 'away', serving: false },
      { id: 'b', node: 'away', serving: false, answered: true },
    ],
    want: { retire: ['a'] },
  },
  {
    name: 'what a change ends is left to it, and its successor counts',
    wanted: 1,
    copies: [{ id: 'a', leaving: true }, { id: 'b' }],
    want: {},
  },
  {
    name: 'nobody is placed for those that a change is still to begin',
    wanted: 2,
    coming: 1,
    copies: [{ id: 'a', leaving: true }],
    want: { place: 1 },
  },
  {
    name: 'a deletion does not wait for a change',
    wanted: 1,
    deleting: true,
    copies: [{ id: 'a', leaving: true }],
    want: { retire: ['a'] },
  },
  {
    name: 'what is ending does not count',
    wanted: 1,
    copies: [{ id: 'a', reclaiming: true }],
    want: { place: 1 },
  },
  {
    name: 'an update begins with one more copy',
    wanted: 2,
    copies: [
      { id: 'a', version: 1 },
      { id: 'b', version: 1 },
    ],
    want: { place: 1, makeRoom: ['b', 'a'] },
  },
  {
    name: 'an update waits for its first copy to serve',
    wanted: 2,
    copies: [
      { id: 'a', version: 1 },
      { id: 'b', version: 1 },
      { id: 'c', serving: false },
    ],
    want: { place: 0 },
  },
  {
    name: 'an update ends one old copy when the new one serves',
    wanted: 2,
    copies: [{ id: 'a', version: 1 }, { id: 'b', version: 1 }, { id: 'c' }],
    want: { retire: ['b'], place: 1 },
  },
  {
    name: 'an old copy that serves nobody goes as soon as its successor has a place',
    wanted: 1,
    copies: [
      { id: 'a', version: 1, serving: false },
      { id: 'b', serving: false },
    ],
    want: { retire: ['a'] },
  },
  {
    name: 'an old copy that we cannot see is not ended',
    wanted: 1,
    copies: [{ id: 'a', version: 1, node: 'away', serving: false }, { id: 'b' }],
    want: {},
  },
  {
    name: 'a drained copy stays until another serves',
    wanted: 1,
    copies: [
      { id: 'a', node: 'draining' },
      { id: 'b', serving: false },
    ],
    want: {},
  },
  {
    name: 'a drained copy goes when another serves',
    wanted: 1,
    copies: [{ id: 'a', node: 'draining' }, { id: 'b' }],
    want: { retire: ['a'] },
  },
  {
    name: 'a drained copy without a successor asks for one and stays, serving or not',
    wanted: 1,
    copies: [{ id: 'a', node: 'draining', serving: false }],
    want: { place: 1 },
  },
  {
    name: 'a copy on a failed card is replaced first and ended then, serving or not',
    wanted: 1,
    copies: [{ id: 'a', node: 'failed' }],
    want: { place: 1 },
  },
  {
    name: 'a copy on a failed card goes when another serves',
    wanted: 1,
    copies: [{ id: 'a', node: 'failed' }, { id: 'b' }],
    want: { retire: ['a'] },
  },
  {
    name: 'a copy that a failed card has ended goes as soon as its successor has a place',
    wanted: 1,
    copies: [
      { id: 'a', node: 'failed', serving: false },
      { id: 'b', serving: false },
    ],
    want: { retire: ['a'] },
  },
  {
    name: 'a lost copy is replaced, and not ended',
    wanted: 1,
    copies: [{ id: 'a', node: 'lost', serving: false }],
    want: { place: 1 },
  },
  {
    name: 'a silent copy is not replaced yet',
    wanted: 1,
    copies: [{ id: 'a', node: 'away', serving: false }],
    want: {},
  },
  {
    name: 'a copy that came back stays until its replacement serves',
    wanted: 1,
    copies: [
      { id: 'a', superseded: true },
      { id: 'b', serving: false },
    ],
    want: {},
  },
  {
    name: 'a copy that came back goes when its replacement serves',
    wanted: 1,
    copies: [{ id: 'a', superseded: true }, { id: 'b' }],
    want: { retire: ['a'] },
  },
  {
    name: 'a copy that came back is taken into service when its replacement is gone',
    wanted: 1,
    copies: [{ id: 'a', superseded: true }],
    want: { restore: ['a'] },
  },
  {
    name: 'a deleted model ends everything, lost copies too',
    wanted: 2,
    deleting: true,
    copies: [{ id: 'a' }, { id: 'b', node: 'lost' }, { id: 'c', reclaiming: true }],
    want: { retire: ['a', 'b'] },
  },
];

const ids = (copies: readonly Copy[]): string[] => copies.map((each) => each.record.claim.id);

test.for(cases)('$name', ({ wanted, deleting, coming, copies, want }) => {
  const moves = planModel(model(wanted, { deleting: deleting ?? false }), copies.map(copy), coming);
  expect({
    retire: moves.retire.map((move) => move.copy.record.claim.id),
    restore: ids(moves.restore),
    place: moves.place,
    makeRoom: want.makeRoom === undefined ? undefined : ids(moves.makeRoom),
  }).toEqual({ retire: [], restore: [], place: 0, makeRoom: undefined, ...want });
});

const anyCopy = fc.record({
  version: fc.constantFrom(1, 2),
  node: fc.constantFrom('here' as const, 'draining' as const, 'away' as const, 'lost' as const),
  up: fc.boolean(),
  reclaiming: fc.boolean(),
  superseded: fc.boolean(),
});

test('never ends a serving copy that leaves fewer serving than wanted', () => {
  fc.assert(
    fc.property(fc.nat({ max: 4 }), fc.array(anyCopy, { maxLength: 8 }), (wanted, drawn) => {
      const copies = drawn.map((each, at) =>
        // What is silent is not known to serve.
        copy(
          { ...each, id: `r-${at}`, serving: each.up && !['away', 'lost'].includes(each.node) },
          at,
        ),
      );
      const serving = copies.filter(
        (each) => each.serving && each.record.claim.state === 'held',
      ).length;
      const moves = planModel(model(wanted), copies);
      const ended = moves.retire.filter((move) => move.copy.serving).length;
      expect(serving - ended).toBeGreaterThanOrEqual(Math.min(serving, wanted));
      for (const { copy: each } of moves.retire) expect(each.record.claim.state).toBe('held');
      for (const each of moves.makeRoom) expect(each.node).toBe('here');
      expect(moves.place).toBeLessThanOrEqual(wanted);
    }),
    { numRuns: 2_000 },
  );
});

import { expect, test } from 'vitest';
import { driftOf } from '../../../../agent/layout/drift.ts';
import type { CardShape } from '../../../../shared/domain/mig-layout.ts';
import { cards, geometryOf } from '../../../../shared/domain/card.ts';
import { cardNow, instancesNow, laidOut } from '../../../fakes/agent/card-now.ts';
import { sliceId } from '../../../fakes/agent/fake-core.ts';

const card = cards.find((each) => each.name === 'A100-40GB');
const geometry = card === undefined ? null : geometryOf(card);
if (geometry === null) throw new Error('the card has a geometry');
const half = { giProfileId: 9, start: 4 };
const small = { giProfileId: 19, start: 0 };
const recorded: CardShape = { migEnabled: true, instances: [laidOut(geometry, 9, 4)] };
const seen = (placements: readonly (typeof half)[]) => instancesNow(geometry, placements);
const ours = seen([half, small]).map((each) => ({ ...each, slice: sliceId }));

const cases = [
  { name: 'as asked for', over: { instances: seen([half]) }, want: '' },
  { name: 'a slice of ours besides', over: { instances: ours }, want: '' },
  { name: 'gone', over: {}, want: '3g.20gb at 4 is missing' },
  {
    name: 'another one in its place',
    over: { instances: seen([small]) },
    want: '3g.20gb at 4 is missing, 1g.5gb at 0 is there besides',
  },
  {
    name: 'the mode',
    over: { migEnabled: false },
    want: 'MIG is off, 3g.20gb at 4 is missing',
  },
  { name: 'a card that cannot be read', over: { error: 'GPU is lost' }, want: '' },
];

test.for(cases)('$name', ({ over, want }) => {
  expect(driftOf(cardNow('A100-40GB', over), recorded)).toBe(want);
});

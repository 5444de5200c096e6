import { describe, expect, test } from 'vitest';
import type { CardNow, Holder } from '../../../../agent/layout/card-now.ts';
import { migFamilyOf } from '../../../../agent/layout/mig-family.ts';
import { planCard, renderLayoutStep } from '../../../../agent/layout/plan-card.ts';
import { planLayout } from '../../../../agent/layout/plan-layout.ts';
import type { LayoutWish } from '../../../../agent/layout/wish.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import {
  parseAllocationName,
  parseGpuUuid,
  parseReplicaId,
} from '../../../../shared/domain/ids.ts';
import { renderProblem } from '../../../../shared/domain/result.ts';
import { cardNow, instancesNow } from '../../../fakes/agent/card-now.ts';
import { must } from '../../../fakes/agent/fake-core.ts';

const geometry = migGeometries['A100-40GB'];
const replica: Holder = { kind: 'replica', replica: must(parseReplicaId('vad-1')) };
const stranger: Holder = { kind: 'process', pid: 4_711, name: 'python3' };
const client: Holder = { kind: 'allocation', allocation: must(parseAllocationName('train')) };

/** `9@4 19@0`: profile ids and starts. */
function card(list: string, holders: Readonly<Record<string, Holder>> = {}): CardNow {
  const placements = list
    .split(' ')
    .filter((each) => each !== '')
    .map((each) => {
      const [giProfileId = 0, start = 0] = each.split('@').map(Number);
      return { giProfileId, start };
    });
  const instances = instancesNow(geometry, placements).map((each) => {
    const holder = holders[`${each.giProfileId}@${each.start}`];
    return holder === undefined ? each : { ...each, holders: [holder] };
  });
  return cardNow('A100-40GB', { instances });
}

/** `3g.20gb@0 1g.5gb`: names, with a start or without. */
function wish(list: string, over: Partial<LayoutWish> = {}): LayoutWish {
  const instances = list
    .split(' ')
    .filter((each) => each !== '')
    .map((each) => {
      const [profile = '', start] = each.split('@');
      return { profile, start: start === undefined ? null : Number(start), compute: null };
    });
  return { place: 'test', cards: 'all', deviceIds: null, mig: true, instances, ...over };
}

const off = wish('', { mig: false });

interface Case {
  readonly name: string;
  readonly now: CardNow;
  readonly wish: LayoutWish;
  readonly interrupt?: boolean;
  readonly steps: readonly string[];
  readonly blocks?: readonly string[];
  readonly kept?: number;
  readonly seconds?: number;
}

const cases: readonly Case[] = [
  {
    name: 'nothing to do',
    now: card('9@4'),
    wish: wish('3g.20gb@4'),
    steps: [],
    kept: 1,
    seconds: 0,
  },
  {
    name: 'nothing to do where the start is left open',
    now: card('9@4'),
    wish: wish('3g.20gb'),
    steps: [],
    kept: 1,
  },
  {
    name: 'an empty card stays as it is without MIG',
    now: cardNow('A100-40GB', { migEnabled: false }),
    wish: off,
    steps: [],
  },
  {
    name: 'what is there and wished stays, the rest is exchanged',
    now: card('9@4 19@0'),
    wish: wish('3g.20gb 2g.10gb 2g.10gb'),
    steps: ['destroy 1g.5gb at 0', 'create 2g.10gb at 0', 'create 2g.10gb at 2'],
    kept: 1,
    seconds: 3,
  },
  {
    name: 'MIG goes on first',
    now: cardNow('A100-40GB', { migEnabled: false }),
    wish: wish('7g.40gb'),
    steps: ['turn MIG on', 'create 7g.40gb at 0'],
    seconds: 11,
  },
  {
    name: 'Hopper needs no reset',
    now: cardNow('H100-80GB', { migEnabled: false }),
    wish: wish('7g.80gb'),
    steps: ['turn MIG on', 'create 7g.80gb at 0'],
    seconds: 3,
  },
  {
    name: 'MIG goes off last',
    now: card('9@4 19@0'),
    wish: off,
    steps: ['destroy 1g.5gb at 0', 'destroy 3g.20gb at 4', 'turn MIG off'],
  },
  {
    name: 'of two places the one in use is kept',
    now: card('9@0 9@4', { '9@4': replica }),
    wish: wish('3g.20gb'),
    steps: ['destroy 3g.20gb at 0'],
    kept: 1,
  },
  {
    name: 'a replica is not interrupted unasked',
    now: card('9@0', { '9@0': replica }),
    wish: wish('4g.20gb'),
    steps: ['stop replica vad-1', 'destroy 3g.20gb at 0', 'create 4g.20gb at 0'],
    blocks: ['replica-holds'],
  },
  {
    name: 'a replica is stopped first',
    now: card('9@0', { '9@0': replica }),
    wish: wish('4g.20gb'),
    interrupt: true,
    steps: ['stop replica vad-1', 'destroy 3g.20gb at 0', 'create 4g.20gb at 0'],
    seconds: 7,
  },
  {
    name: 'a process that is not ours is never interrupted',
    now: card('9@0', { '9@0': stranger }),
    wish: wish('4g.20gb'),
    interrupt: true,
    steps: ['destroy 3g.20gb at 0', 'create 4g.20gb at 0'],
    blocks: ['process-holds'],
  },
  {
    name: 'what a client has is never taken, whether or not it runs',
    now: card('9@0', { '9@0': client }),
    wish: wish('4g.20gb'),
    interrupt: true,
    steps: ['destroy 3g.20gb at 0', 'create 4g.20gb at 0'],
    blocks: ['allocation-holds'],
  },
  {
    name: 'a process on what stays is in nobody’s way',
    now: card('9@0 19@4', { '9@0': stranger }),
    wish: wish('3g.20gb'),
    steps: ['destroy 1g.5gb at 4'],
    kept: 1,
  },
  {
    name: 'a process that nobody can place is in the way of a destroy',
    now: { ...card('19@4'), holders: [stranger] },
    wish: wish(''),
    steps: ['destroy 1g.5gb at 4'],
    blocks: ['process-holds'],
  },
  {
    name: 'and not of a create',
    now: { ...card('19@4'), holders: [stranger] },
    wish: wish('1g.5gb@4 1g.5gb@0'),
    steps: ['create 1g.5gb at 0'],
    kept: 1,
  },
  {
    name: 'authority',
    now: { ...card(''), authority: 'place' },
    wish: wish('7g.40gb'),
    steps: ['create 7g.40gb at 0'],
    blocks: ['authority'],
  },
  {
    name: 'no authority is needed for nothing',
    now: { ...card('0@0'), authority: 'observe' },
    wish: wish('7g.40gb'),
    steps: [],
    kept: 1,
  },
  {
    name: 'our MPS daemon',
    now: cardNow('A100-40GB', { migEnabled: false, mpsRunning: true }),
    wish: wish('7g.40gb'),
    steps: ['turn MIG on', 'create 7g.40gb at 0'],
    blocks: ['mps-running'],
  },
  {
    name: 'a mode that waits for a reset',
    now: { ...card('9@0'), migPending: false },
    wish: wish('3g.20gb 3g.20gb'),
    steps: ['create 3g.20gb at 4'],
    blocks: ['mode-pending'],
    kept: 1,
  },
  {
    name: 'no MIG at all',
    now: cardNow('L40S'),
    wish: wish('1g.5gb'),
    steps: [],
    blocks: ['mig-unsupported'],
  },
  { name: 'no MIG wished where there is none', now: cardNow('L40S'), wish: off, steps: [] },
  {
    name: 'an unreadable card',
    now: { ...card(''), error: 'GPU is lost' },
    wish: wish('7g.40gb'),
    steps: [],
    blocks: ['card-unreadable'],
  },
  {
    name: 'a profile that the card has not',
    now: card(''),
    wish: wish('3g.40gb'),
    steps: [],
    blocks: ['profile-unknown'],
  },
  {
    name: 'more than fits',
    now: card(''),
    wish: wish('4g.20gb 4g.20gb'),
    steps: [],
    blocks: ['layout-impossible'],
  },
  {
    name: 'a start that the profile has not',
    now: card(''),
    wish: wish('2g.10gb@1'),
    steps: [],
    blocks: ['layout-impossible'],
  },
  {
    name: 'no geometry',
    now: { ...card(''), geometry: null },
    wish: wish('1g.5gb'),
    steps: [],
    blocks: ['geometry-unknown'],
  },
];

describe('what a card takes to be as wished', () => {
  test.for(cases)('$name', ({ now, wish: wished, interrupt = false, ...want }) => {
    const plan = planCard(now, wished, { interrupt });
    expect(plan.steps.map(renderLayoutStep)).toEqual(want.steps);
    expect(plan.blocks.map((each) => each.reason)).toEqual(want.blocks ?? []);
    expect(plan.kept).toHaveLength(want.kept ?? 0);
    if (want.seconds !== undefined) expect(plan.seconds).toBe(want.seconds);
  });

  test('a divided instance is not the same as a whole one', () => {
    const divided = wish('');
    const instances = [{ profile: '3g.20gb', start: 0, compute: ['1c.3g.20gb', '2c.3g.20gb'] }];
    const plan = planCard(card('9@0'), { ...divided, instances }, { interrupt: false });
    expect(plan.steps.map(renderLayoutStep)).toEqual([
      'destroy 3g.20gb at 0',
      'create 3g.20gb at 0 with 1c.3g.20gb, 2c.3g.20gb',
    ]);
    const whole = [{ profile: '3g.20gb', start: 0, compute: ['3g.20gb'] }];
    expect(
      planCard(card('9@0'), { ...divided, instances: whole }, { interrupt: false }).steps,
    ).toEqual([]);
  });

  test.for([
    { list: '4g.20gb 4g.20gb', want: /no room.*most of it that fits is 4g\.20gb$/ },
    {
      list: '3g.20gb@0 4g.20gb@0',
      want: /overlaps.*leave the starts out: 3g\.20gb, 4g\.20gb fits/,
    },
    { list: '2g.10gb@0 1g.5gb@0', want: /overlaps.*leave the starts out: 2g\.10gb, 1g\.5gb fits/ },
    { list: '7g.40gb 1g.5gb', want: /most of it that fits is 7g\.40gb$/ },
    { list: '1g.5gb+me 1g.5gb+me', want: /most of it that fits is 1g\.5gb\+me$/ },
  ])('$list does not fit, and what would is told', ({ list, want }) => {
    const [block] = planCard(card(''), wish(list), { interrupt: false }).blocks;
    expect(block?.reason).toBe('layout-impossible');
    expect(block?.detail).toMatch(want);
  });

  test('an absurd wish is refused quickly', () => {
    const list = Array.from(
      { length: 64 },
      (_, at) => ['1g.5gb', '1g.5gb+me', '1g.10gb', '2g.10gb'][at % 4],
    );
    const plan = planCard(card(''), wish(list.join(' ')), { interrupt: false });
    expect(plan.blocks.map((each) => each.reason)).toEqual(['layout-impossible']);
  });
});

describe('which cards a document means', () => {
  const second = must(parseGpuUuid('GPU-00000001'));
  const node = [
    card('9@0'),
    { ...cardNow('H100-80GB'), gpu: second, index: 1 },
    cardNow('L40S', { gpu: must(parseGpuUuid('GPU-00000002')), index: 2 }),
  ];
  const planned = (...wishes: LayoutWish[]) => planLayout({ wishes }, node, { interrupt: false });

  test.for([
    { name: 'all of those with MIG', cards: 'all', want: [0, 1] },
    { name: 'by index', cards: ['1'], want: [1] },
    { name: 'by UUID', cards: ['GPU-00000001'], want: [1] },
    { name: 'by product', cards: ['H100-80GB', 'a100-40gb'], want: [0, 1] },
  ] as const)('$name', ({ cards, want }) => {
    const plan = planned(wish('', { cards }));
    expect(plan.ok && plan.value.cards.map((each) => each.index)).toEqual(want);
  });

  test('a filter of mig-parted leaves out other products', () => {
    const plan = planned(wish('', { deviceIds: ['0x233010de'] }));
    expect(plan.ok && plan.value.cards.map((each) => each.index)).toEqual([1]);
  });

  test.for([
    {
      name: 'a name that means nobody',
      wishes: [wish('', { cards: ['7'] })],
      want: /no card is called "7"; there is 0 \(GPU-00000000\)/,
    },
    {
      name: 'a card that is named twice',
      wishes: [wish(''), wish('', { cards: ['0'], place: 'there' })],
      want: /there: names GPU 0 .* which is named at test too/,
    },
  ])('$name', ({ wishes, want }) => {
    const plan = planned(...wishes);
    expect(plan.ok ? '' : plan.problem.map(renderProblem).join()).toMatch(want);
  });

  test('the id of a plan changes with the cards, and not with what is only told', () => {
    const id = (now: CardNow, list: string): string => {
      const plan = planLayout({ wishes: [wish(list)] }, [now], { interrupt: false });
      return plan.ok ? plan.value.id : '';
    };
    const one = id(card('9@0'), '3g.20gb 1g.5gb');
    expect(id(card('9@0'), '3g.20gb 1g.5gb')).toBe(one);
    expect(id({ ...card('9@0'), authority: 'place' }, '3g.20gb 1g.5gb')).toBe(one);
    expect(id({ ...card('9@0'), layoutRevision: 2 }, '3g.20gb 1g.5gb')).not.toBe(one);
    expect(id(card('9@4'), '3g.20gb 1g.5gb')).not.toBe(one);
  });
});

test.for([
  ['NVIDIA A100-SXM4-40GB', 'Ampere'],
  ['NVIDIA A100-PCIE-40GB', 'Ampere'],
  ['NVIDIA A800-SXM4-80GB', 'Ampere'],
  ['NVIDIA H100 80GB HBM3', 'Hopper or later'],
  ['NVIDIA H20', 'Hopper or later'],
  ['NVIDIA GB200', 'Hopper or later'],
  ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 'Hopper or later'],
  ['NVIDIA Something New', 'unknown'],
] as const)('%s is of the family %s', ([product, family]) => {
  expect(migFamilyOf(product).name).toBe(family);
});

import { describe, expect, test } from 'vitest';
import { cardLayoutView, cardPlanView } from '../../../../agent/api/layout-views.ts';
import type { CardLayoutRecord, LayoutPlanRecord } from '../../../../agent/cli/api/layout-api.ts';
import {
  isAsWished,
  isBlocked,
  renderLayoutPlan,
  renderLayouts,
} from '../../../../agent/cli/render-layout.ts';
import type { CardNow } from '../../../../agent/layout/card-now.ts';
import { planCard } from '../../../../agent/layout/plan-card.ts';
import type { LayoutWish } from '../../../../agent/layout/wish.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import { parseGpuUuid } from '../../../../shared/domain/ids.ts';
import { cardNow, instancesNow } from '../../../fakes/agent/card-now.ts';
import { must } from '../../../fakes/agent/fake-core.ts';

const geometry = migGeometries['A100-40GB'];
const [half, small] = instancesNow(geometry, [
  { giProfileId: 9, start: 4 },
  { giProfileId: 19, start: 0 },
]).toSorted((a, b) => b.start - a.start);
if (half === undefined || small === undefined) throw new Error('two instances');
const stranger = { kind: 'process', pid: 4_711, name: 'python3' } as const;
const cut = cardNow('A100-40GB', {
  instances: [
    { ...small, memoryMib: 4_864, compute: [], computeInstanceIds: [], uuid: null },
    { ...half, memoryMib: 19_968, holders: [stranger] },
  ],
});
const plain = cardNow('L40S', { index: 1, gpu: must(parseGpuUuid('GPU-00000001')) });
const pending = cardNow('A30', {
  index: 2,
  gpu: must(parseGpuUuid('GPU-00000002')),
  migEnabled: false,
  migPending: true,
});

/** As the socket carries it: every field is there. */
function record(now: CardNow): CardLayoutRecord {
  return cardLayoutView({ now, recorded: null, lastChange: null }) as CardLayoutRecord;
}

test('cards and their instances, one a line', () => {
  const text = renderLayouts([cut, plain, pending].map(record), { profiles: false });
  expect(text).toBe(
    `GPU  PRODUCT                MIG                     MEMORY   GI/CI  COMPUTE  SLICE  UUID          USED-BY
0    NVIDIA A100-SXM4-40GB  on                      -        -      -        -      GPU-00000000  -
0    NVIDIA A100-SXM4-40GB  1g.5gb@0                4.8GiB   2/-    -        -      -             -
0    NVIDIA A100-SXM4-40GB  3g.20gb@4               19.5GiB  1/0    -        -      MIG-9-4       process 4711 (python3)
1    NVIDIA L40S            no MIG                  -        -      -        -      GPU-00000001  -
2    NVIDIA A30             off (on after a reset)  -        -      -        -      GPU-00000002  -
`,
  );
});

test('profiles, with what is free beside what is there', () => {
  const text = renderLayouts([record(cut)], { profiles: true });
  const rows = text.split('\n').filter((line) => /^0 +(1g\.10gb|3g\.20gb|7g\.40gb) +\d/.test(line));
  expect(rows.map((row) => row.split(/ {2,}/).slice(1))).toEqual([
    ['1g.10gb', '15', '9.6GiB', '1', '4', '2', '0,2,4,6', '2'],
    ['3g.20gb', '9', '19.5GiB', '0', '2', '4', '0,4', '-'],
    ['7g.40gb', '0', '39.3GiB', '0', '1', '8', '0', '-'],
  ]);
});

function planned(now: CardNow, list: readonly string[], mig = true): LayoutPlanRecord {
  const instances = list.map((profile) => ({ profile, start: null, compute: null }));
  const wish: LayoutWish = { place: 't', cards: 'all', deviceIds: null, mig, instances };
  const view = cardPlanView(planCard(now, wish, { interrupt: false }));
  return { planId: 'p', cards: [view] } as LayoutPlanRecord;
}

describe('a plan says', () => {
  test('what is done, what stays, and about how long it takes', () => {
    const plan = planned(cut, ['3g.20gb', '2g.10gb']);
    expect(renderLayoutPlan(plan)).toBe(`GPU 0  NVIDIA A100-SXM4-40GB  GPU-00000000
  1. destroy 1g.5gb at 0
  2. create 2g.10gb at 0
  keeps 3g.20gb at 4
  about 2 s
`);
    expect([isAsWished(plan), isBlocked(plan)]).toEqual([false, false]);
  });

  test('what it interrupts and what is in its way', () => {
    const plan = planned(cut, [], false);
    expect(renderLayoutPlan(plan)).toContain('  interrupts process 4711 (python3)\n');
    expect(renderLayoutPlan(plan)).toMatch(
      /BLOCKED \(process-holds\): process 4711 \(python3\) uses/,
    );
    expect(isBlocked(plan)).toBe(true);
  });

  test('that there is nothing to do, or nothing that it means', () => {
    const plan = planned(plain, [], false);
    expect(renderLayoutPlan(plan)).toMatch(/nothing to do\n$/);
    expect(isAsWished(plan)).toBe(true);
    expect(renderLayoutPlan({ planId: '', cards: [] })).toMatch(/names no card/);
  });
});

test('what is not as somebody asked for it stands below the table', () => {
  const shown = (over: Partial<CardLayoutRecord>): readonly string[] =>
    renderLayouts([{ ...record(plain), ...over }], { profiles: false })
      .split('\n')
      .filter((line) => /^GPU \d+: /.test(line));
  expect(shown({})).toEqual([]);
  expect(shown({ lastChangeState: 'done', lastChangeDetail: '' })).toEqual([]);
  expect(shown({ drift: '3g.20gb at 4 is missing' })).toEqual([
    expect.stringContaining('not as applied last: 3g.20gb at 4 is missing; agentctl mig apply'),
  ]);
  expect(
    shown({ lastChangeState: 'parked', lastChangeDetail: 'no reset here', drift: 'x' }),
  ).toEqual([expect.stringMatching(/: the last change waits for the next reboot: no reset here$/)]);
});

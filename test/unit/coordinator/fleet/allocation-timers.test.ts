import { expect, test } from 'vitest';
import { AllocationTimers } from '../../../../coordinator/fleet/allocation-timers.ts';
import type { AllocationRecord } from '../../../../coordinator/store/values.ts';
import { parseAllocationName, parseClaimId } from '../../../../shared/domain/ids.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';
import { valueOf } from '../../../fakes/coordinator/fake-agent.ts';
import { migNeed } from '../../../fakes/coordinator/sim-fleet.ts';

function record(leftMs: number, clock: ManualClock, over: Partial<AllocationRecord> = {}) {
  const ttlMs = over.ttlMs ?? 60_000;
  return {
    spec: {
      name: valueOf(parseAllocationName('train')),
      labels: {},
      gpu: migNeed,
      cpuMillis: 0,
      memoryMib: 0,
      constraints: {},
      priority: 100,
      ttlMs,
    },
    claim: valueOf(parseClaimId('allocation:train-1')),
    createdAtMs: clock.wallMs(),
    deadlineMs: clock.wallMs() + leftMs,
    ttlMs,
    ended: null,
    ...over,
  };
}

/** After how many seconds it ends, at the earliest. */
async function endsAfter(
  timers: AllocationTimers,
  of: AllocationRecord,
  clock: ManualClock,
): Promise<number> {
  for (let seconds = 0; seconds <= 4_000; seconds += 1) {
    if (timers.isDue(of)) return seconds;
    await clock.advance(1_000);
  }
  return Infinity;
}

const inherited: readonly {
  readonly name: string;
  readonly leftMs: number;
  readonly over?: Partial<AllocationRecord>;
  readonly want: number;
}[] = [
  { name: 'time left', leftMs: 50_000, want: 50 },
  { name: 'less left than the grace', leftMs: 5_000, want: 30 },
  { name: 'a deadline long over', leftMs: -3_600_000, want: 30 },
  { name: 'a deadline beyond what was granted: a clock was wrong', leftMs: 9e8, want: 60 },
  { name: 'a grant that is shorter than the grace', leftMs: 1, over: { ttlMs: 10_000 }, want: 10 },
  { name: 'a wait for room', leftMs: 120_000, over: { claim: null }, want: 120 },
  {
    name: 'a wait whose clock was set back since: it lasts as long as was asked for',
    leftMs: 9e8,
    over: { claim: null, createdAtMs: new ManualClock().wallMs() + 9e8 - 20_000 },
    want: 20,
  },
];

test.for(inherited)('a new leader inherits $name', async ({ leftMs, over = {}, want }) => {
  const clock = new ManualClock();
  expect(await endsAfter(new AllocationTimers(clock), record(leftMs, clock, over), clock)).toBe(
    want,
  );
});

test('what was granted here ends exactly when it was said to, unless it is renewed', async () => {
  const clock = new ManualClock();
  const timers = new AllocationTimers(clock);
  const granted = record(10_000, clock, { ttlMs: 10_000 });
  timers.start(granted);
  await clock.advance(9_000);
  expect(timers.isDue(granted)).toBe(false);
  const renewed = { ...granted, deadlineMs: clock.wallMs() + 10_000 };
  timers.start(renewed);
  expect(await endsAfter(timers, renewed, clock)).toBe(10);
});

test('in a new term everybody has time to renew once more', async () => {
  const clock = new ManualClock();
  const timers = new AllocationTimers(clock);
  timers.useEpoch(1);
  const granted = record(10_000, clock);
  timers.start(granted);
  await clock.advance(10_000);
  expect(timers.isDue(granted)).toBe(true);
  timers.useEpoch(2);
  expect(await endsAfter(timers, granted, clock)).toBe(30);
});

import { expect, test } from 'vitest';
import { LoadGate } from '../../../../coordinator/telemetry/load-gate.ts';

/** A clock whose sleeps take longer than asked, by what each turn is told. */
function lateClock(lateMs: readonly number[], over: AbortController) {
  let nowMs = 0;
  let turn = 0;
  return {
    monotonicMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms + (lateMs[turn] ?? 0);
      turn += 1;
      if (turn >= lateMs.length) over.abort();
    },
  };
}

async function play(lateMs: readonly number[]) {
  const over = new AbortController();
  const gate = new LoadGate(lateClock(lateMs, over));
  let resumed = 0;
  await gate.run(() => void (resumed += 1), over.signal);
  return { shedding: gate.shedding, resumed, lagMs: gate.lagMs };
}

const calm = (turns: number): number[] => Array.from({ length: turns }, () => 1);

const cases = [
  { name: 'a punctual loop sheds nothing', late: calm(20), want: { shedding: false, resumed: 0 } },
  {
    name: 'a little late sheds nothing',
    late: [90, 90, 90],
    want: { shedding: false, resumed: 0 },
  },
  { name: 'one late timer sheds nothing', late: [150], want: { shedding: false, resumed: 0 } },
  { name: 'one long block sheds', late: [600], want: { shedding: true, resumed: 0 } },
  {
    name: 'being late again and again sheds',
    late: [150, 150, 150, 150, 150],
    want: { shedding: true, resumed: 0 },
  },
  {
    name: 'it sheds until the block is forgotten',
    late: [600, ...calm(7)],
    want: { shedding: true, resumed: 0 },
  },
  {
    name: 'once it was calm it takes again',
    late: [600, ...calm(8)],
    want: { shedding: false, resumed: 1 },
  },
  {
    name: 'what is late meanwhile makes it wait for longer',
    late: [600, ...calm(6), 90, ...calm(2)],
    want: { shedding: true, resumed: 0 },
  },
];

test.for(cases)('$name', async ({ late, want }) => {
  expect(await play(late)).toMatchObject(want);
});

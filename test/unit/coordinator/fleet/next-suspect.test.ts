import { expect, test } from 'vitest';
import { msToNextSuspect } from '../../../../coordinator/fleet/next-suspect.ts';

const at = { nowMs: 10_000, suspectAfterMs: 1_800 };
const heard = (heardAtMs: number, connected = true) => ({ connected, life: { heardAtMs } });

test.for([
  { name: 'nobody is there', nodes: [], ms: Infinity },
  { name: 'the one heard longest ago is first', nodes: [heard(9_000), heard(9_900)], ms: 800 },
  { name: 'who is suspect already is past it', nodes: [heard(8_200), heard(9_900)], ms: 1_700 },
  { name: 'who has no session is past it', nodes: [heard(9_900, false)], ms: Infinity },
])('when the next node becomes suspect: $name', ({ nodes, ms }) => {
  expect(msToNextSuspect(nodes, at)).toBe(ms);
});

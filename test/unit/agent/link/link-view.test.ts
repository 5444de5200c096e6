import { expect, test } from 'vitest';
import { joinLines, type LineView } from '../../../../agent/link/link-view.ts';

function line(address: string, now: Partial<LineView> = {}): LineView {
  return {
    address,
    connected: false,
    leading: false,
    detail: `of ${address}`,
    sessionsTotal: 1,
    batchesSentTotal: 10,
    batchesDroppedTotal: 2,
    ...now,
  };
}

const cases = [
  {
    name: 'the leader is shown',
    lines: [line('a', { connected: true }), line('b', { connected: true, leading: true })],
    shown: 'b',
    connected: true,
  },
  {
    name: 'without a leader, one that is heard',
    lines: [line('a'), line('b', { connected: true })],
    shown: 'b',
    connected: false,
  },
  { name: 'with nobody, the first', lines: [line('a'), line('b')], shown: 'a', connected: false },
  {
    name: 'who said so before its line broke leads nobody',
    lines: [line('a', { leading: true }), line('b', { connected: true })],
    shown: 'b',
    connected: false,
  },
];

test.for(cases)('$name', ({ lines, shown, connected }) => {
  const view = joinLines(lines);
  expect(view).toMatchObject({ address: shown, connected, detail: `of ${shown}` });
  expect(view).toMatchObject({ sessionsTotal: 2, batchesSentTotal: 20, batchesDroppedTotal: 4 });
  expect(view.coordinators.map((one) => one.address)).toEqual(['a', 'b']);
});

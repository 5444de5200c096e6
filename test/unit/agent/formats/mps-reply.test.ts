import { expect, test } from 'vitest';
import {
  isMemoryEcho,
  parseMpsAnswer,
  parsePercent,
  parsePidList,
} from '../../../../agent/formats/mps/mps-reply.ts';

const replies = [
  { out: '', err: 'Cannot find MPS control daemon process\n', want: { kind: 'no-daemon' } },
  { out: 'Unknown command "ps"\n', err: '', want: { kind: 'unknown-command' } },
  { out: 'Server 123 not found\n', err: '', want: { kind: 'not-found' } },
  { out: 'Server not found\n', err: '', want: { kind: 'not-found' } },
  { out: 'Server 1 not found\nServer 1 not found!\n1\n', err: '', want: { kind: 'not-found' } },
  { out: '40.0\n', err: '', want: { kind: 'text', text: '40.0' } },
  { out: '', err: '', want: { kind: 'text', text: '' } },
] as const;
test.for(replies)('$out$err is $want.kind', ({ out, err, want }) => {
  expect(parseMpsAnswer(out, err)).toEqual(want);
});

test('lists of pids hold pids alone', () => {
  expect(parsePidList('4711\n4712\n')).toEqual([4711, 4712]);
  expect(parsePidList('')).toEqual([]);
  expect(parsePidList('Server 12 not found').includes(0)).toBe(false);
});

test('percentages are compared as numbers', () => {
  expect(parsePercent('25.0\n')).toBe(25);
  expect(parsePercent('25')).toBe(25);
  expect(parsePercent('Unknown command')).toBeNull();
});

const echoes = [
  { text: '1G', setMib: 1044, want: true },
  { text: '1044M', setMib: 1044, want: true },
  { text: '2G', setMib: 1044, want: false },
  { text: '0G', setMib: 1044, want: false },
  { text: '512M', setMib: 512, want: true },
  { text: '9G', setMib: 9 * 1024, want: true },
  { text: '', setMib: 512, want: false },
  { text: '0', setMib: 512, want: false },
] as const;
test.for(echoes)('an echo of $text after $setMib MiB is $want', ({ text, setMib, want }) => {
  expect(isMemoryEcho(text, setMib)).toBe(want);
});

import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dmesg, journal } from '../../agent/drivers/kernel-log/followed-command.ts';
import { followedFile } from '../../agent/drivers/kernel-log/followed-file.ts';
import type { KernelBatch, KernelLogSource } from '../../agent/drivers/kernel-log/kernel-log.ts';
import { kmsgDevice, kmsgReadable } from '../../agent/drivers/kernel-log/kmsg-device.ts';
import { openKernelLog } from '../../agent/drivers/kernel-log/open-kernel-log.ts';
import { systemClock, type Clock } from '../../shared/platform/clock.ts';
import { needs } from '../setup/needs.ts';

/** Time that passes fifty times faster for those who wait. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 50, signal) };

let folder = '';
let file = '';
let stop = new AbortController();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kernel-log-'));
  file = join(folder, 'kern.log');
  stop = new AbortController();
});

afterEach(() => {
  stop.abort(new Error('the test is over'));
  rmSync(folder, { recursive: true, force: true });
});

const xid = (code: number): string => `NVRM: Xid (PCI:0000:01:00): ${code}, pid=7, name=x, words\n`;

/** Reads until `lines` lines have come; answers them and where the reader is. */
async function take(source: KernelLogSource, lines: number, after: number | null = null) {
  const reader = source.follow(after, stop.signal);
  return takeOn(reader, lines);
}

async function takeOn(reader: AsyncGenerator<KernelBatch, void, void>, wanted: number) {
  const texts: string[] = [];
  let position = -1;
  while (texts.length < wanted || position === -1) {
    const next = await reader.next();
    if (next.done === true) throw new Error('the log ended');
    texts.push(...next.value.lines.map((line) => line.text));
    position = next.value.position;
  }
  return { texts, position };
}

const codesOf = (texts: readonly string[]) =>
  texts.map((text) => /\): (\d+)/.exec(text)?.[1] ?? text);

test('a file is followed from where it ended when nobody had looked before', async () => {
  writeFileSync(file, xid(31));
  const reader = followedFile(hasty, file).follow(null, stop.signal);
  await takeOn(reader, 0);
  appendFileSync(file, `something else\n${xid(94)}`);
  const { texts } = await takeOn(reader, 1);
  expect(codesOf(texts)).toEqual(['94']);
});

test('a file goes on where it was left, and half a line is read when it is whole', async () => {
  writeFileSync(file, '');
  const first = followedFile(hasty, file).follow(null, stop.signal);
  await takeOn(first, 0);
  const whole = xid(63);
  appendFileSync(file, xid(48) + whole.slice(0, 20));
  const { texts, position } = await takeOn(first, 1);
  expect(codesOf(texts)).toEqual(['48']);
  await first.return();
  appendFileSync(file, whole.slice(20) + xid(95));
  const again = await take(followedFile(hasty, file), 2, position);
  expect(codesOf(again.texts)).toEqual(['63', '95']);
});

test('a file may appear late, be rotated and be cut', async () => {
  const reader = followedFile(hasty, file).follow(null, stop.signal);
  await takeOn(reader, 0);
  writeFileSync(file, xid(13));
  expect(codesOf((await takeOn(reader, 1)).texts)).toEqual(['13']);
  renameSync(file, `${file}.1`);
  writeFileSync(file, xid(31) + xid(43));
  expect(codesOf((await takeOn(reader, 2)).texts)).toEqual(['31', '43']);
  truncateSync(file, 0);
  // The reader must see it short before it is long again.
  await systemClock.sleep(100, stop.signal);
  appendFileSync(file, xid(79));
  expect(codesOf((await takeOn(reader, 1)).texts)).toEqual(['79']);
});

test('lines without an end and storms do not stop it', async () => {
  writeFileSync(file, '');
  const reader = followedFile(hasty, file).follow(null, stop.signal);
  await takeOn(reader, 0);
  appendFileSync(file, 'x'.repeat(600_000));
  appendFileSync(file, `\n${xid(31).repeat(5_000)}`);
  const { texts } = await takeOn(reader, 5_000);
  expect(texts).toHaveLength(5_000);
  expect(codesOf(texts).every((code) => code === '31')).toBe(true);
});

const printed = (lines: readonly string[], then: string) => [
  process.execPath,
  '-e',
  `process.stdout.write(${JSON.stringify(lines.join(''))}); ${then}`,
  '--',
];
const stays = 'setInterval(() => {}, 1000)';

test.for([
  ['the journal', journal, 'h kernel: '],
  ['dmesg', dmesg, ''],
] as const)('%s is read by its microseconds since boot', async ([, open, host]) => {
  const line = (seconds: string, code: number) => `[${seconds}] ${host}${xid(code)}`;
  const command = printed(
    [line('    1.000001', 31), 'no stamp\n', line('   20.500000', 94)],
    stays,
  );
  const { texts, position } = await take(open(hasty, command), 2);
  expect(codesOf(texts)).toEqual(['31', '94']);
  expect(position).toBe(20_500_000);
  const later = printed([line('   20.500000', 94), line('   21.000000', 95)], stays);
  expect(codesOf((await take(open(hasty, later), 1, position)).texts)).toEqual(['95']);
});

test('a command that dies is an error, and one that is not there, too', async () => {
  const failing = journal(hasty, printed([], 'process.exit(3)'));
  await expect(take(failing, 1)).rejects.toMatchObject({ code: 'PROCESS_FAILED' });
  const missing = dmesg(hasty, [join(folder, 'no-such-program')]);
  await expect(take(missing, 1)).rejects.toMatchObject({ code: 'DRIVER_AWAY' });
});

test('configuration names the log, and none is none', async () => {
  expect(await openKernelLog('none', stop.signal)).toBeNull();
  expect((await openKernelLog(file, stop.signal))?.name).toBe(file);
});

const kmsg = { available: kmsgReadable(), reason: 'this user may not read /dev/kmsg' };

test('the real /dev/kmsg is read once, without waiting for more', async (context) => {
  needs(context, 'kmsg', kmsg);
  const source = kmsgDevice(hasty);
  const reader = source.follow(null, stop.signal);
  let position = -1;
  // As many batches as the ring can fill.
  for (let batches = 0; batches < 100; batches += 1) {
    const next = await reader.next();
    if (next.done === true || next.value.position === position) break;
    position = next.value.position;
  }
  await reader.return();
  expect(position).toBeGreaterThanOrEqual(0);
  const again = await source.follow(position, stop.signal).next();
  if (again.done === true) throw new Error('the log ended');
  // Other programs may write meanwhile; nothing old comes twice.
  expect(again.value.position).toBeGreaterThanOrEqual(position);
});

test('a device that is not there says what to do', async () => {
  await expect(take(kmsgDevice(hasty, join(folder, 'none')), 1)).rejects.toMatchObject({
    code: 'DRIVER_AWAY',
    hint: expect.stringContaining('CAP_SYSLOG'),
  });
});

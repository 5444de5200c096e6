import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  openStateFolder,
  type StateFolder,
} from '../../../../agent/simulator/nvidia-smi/state-folder.ts';
import { initialState, type SimState } from '../../../../agent/simulator/nvidia-smi/state.ts';
import { cards } from '../../../../shared/domain/card.ts';
import { isAppError } from '../../../../shared/platform/errors.ts';

let directory = '';
let nowMs = 1_000_000;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sim-state-'));
  nowMs = Date.now();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function folder(options: { bootId?: string; pid?: number } = {}): StateFolder {
  return openStateFolder({
    directory,
    bootId: options.bootId ?? 'boot-1',
    wallMs: () => (nowMs += 100),
    pid: options.pid ?? process.pid,
  });
}

function fresh(): SimState {
  return initialState(cards.slice(0, 2), {
    seed: 's',
    driverVersion: '550.163.01',
    bootId: 'boot-1',
  });
}

test('what one invocation writes the next one reads', () => {
  folder().update(() => [fresh(), undefined]);
  expect(folder().read()).toEqual(fresh());
  expect(existsSync(join(directory, 'state.lock'))).toBe(false);
});

test('nothing is there before the first write', () => {
  expect(folder().read()).toBeUndefined();
  expect(folder().revision()).toBe('');
});

test('the lock of a dead owner is taken over', () => {
  folder().update(() => [fresh(), undefined]);
  // The kernel's own limit: never given to a process.
  writeFileSync(join(directory, 'state.lock'), '4194304');
  expect(folder().update((state) => [state, state?.gpus.length])).toBe(2);
});

test('a lock older than any invocation is taken over, whoever has its pid now', () => {
  folder().update(() => [fresh(), undefined]);
  const lock = join(directory, 'state.lock');
  writeFileSync(lock, String(process.pid));
  utimesSync(lock, (nowMs - 60_000) / 1000, (nowMs - 60_000) / 1000);
  expect(folder().update((state) => [state, 'done'])).toBe('done');
});

test('a lock of somebody alive is waited for, and then named', () => {
  folder().update(() => [fresh(), undefined]);
  writeFileSync(join(directory, 'state.lock'), String(process.pid));
  expect(() => folder().update((state) => [state, undefined])).toThrow(/is held for too long/);
});

test('the lock is given back when the change throws', () => {
  expect(() =>
    folder().update(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(existsSync(join(directory, 'state.lock'))).toBe(false);
});

test.for([
  { name: 'no JSON', text: '{"version": 1, ', why: 'it is not JSON' },
  { name: 'another version', text: '{"version": 7}', why: 'it has no version 1' },
  {
    name: 'an unknown card',
    text: JSON.stringify({ ...fresh(), gpus: [{ ...fresh().gpus[0], card: 'Z9' }] }),
    why: 'gpus[0] is not a card of ours',
  },
  {
    name: 'faults struck less than never',
    text: JSON.stringify({ ...fresh(), spent: { hang: -1 } }),
    why: 'spent is no count of faults',
  },
])('a corrupt state ($name) is one clear message', ({ text, why }) => {
  writeFileSync(join(directory, 'state.json'), text);
  try {
    folder().read();
    expect.unreachable('a corrupt state was read');
  } catch (error) {
    expect(isAppError(error, 'CONFIG_INVALID')).toBe(true);
    expect(String(error)).toContain(`${directory}/state.json: ${why}`);
  }
  expect(readFileSync(join(directory, 'state.json'), 'utf8')).toBe(text);
});

test('another boot is noticed once and written down', () => {
  folder().update(() => [
    { ...fresh(), gpus: fresh().gpus.map((gpu) => ({ ...gpu, computeMode: 'Exclusive_Process' })) },
    undefined,
  ]);
  const after = folder({ bootId: 'boot-2' }).read();
  expect(after?.bootId).toBe('boot-2');
  expect(after?.gpus.map((gpu) => gpu.computeMode)).toEqual(['Default', 'Default']);
  expect(folder({ bootId: 'boot-2' }).read()).toEqual(after);
});

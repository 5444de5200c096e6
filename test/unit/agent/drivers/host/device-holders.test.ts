import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDeviceHolders } from '../../../../../agent/drivers/host/device-holders.ts';

let proc = '';
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'tgp-'));
});
afterEach(() => {
  rmSync(proc, { recursive: true, force: true });
});

function process(pid: number, name: string, files: readonly string[]): void {
  mkdirSync(join(proc, String(pid), 'fd'), { recursive: true });
  writeFileSync(join(proc, String(pid), 'comm'), `${name}\n`);
  files.forEach((file, at) => symlinkSync(file, join(proc, String(pid), 'fd', String(at))));
}

test('a process with a card or a capability open holds it; the control device alone says nothing', async () => {
  process(1, 'init', ['/dev/null']);
  process(10, 'Xorg', ['/dev/nvidia0', '/dev/nvidia0', '/dev/nvidiactl']);
  process(11, 'nv-hostengine', ['/dev/nvidia-caps/nvidia-cap66', '/dev/nvidia1']);
  process(12, 'nvidia-persiste', ['/dev/nvidiactl', '/dev/nvidia-uvm', '/dev/nvidia-modeset']);
  mkdirSync(join(proc, 'self'));
  mkdirSync(join(proc, '13'));
  expect(await findDeviceHolders(proc)).toEqual([
    { pid: 10, name: 'Xorg', devices: ['/dev/nvidia0'] },
    { pid: 11, name: 'nv-hostengine', devices: ['/dev/nvidia-caps/nvidia-cap66', '/dev/nvidia1'] },
  ]);
});

test('a host that tells nothing has no holders', async () => {
  expect(await findDeviceHolders(join(proc, 'nowhere'))).toEqual([]);
  expect(await findDeviceHolders('/proc')).toEqual(expect.any(Array));
});

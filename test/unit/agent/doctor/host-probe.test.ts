import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  findRunning,
  isModuleLoaded,
  listDeviceNodes,
  readCardMinors,
  readCdiSpecs,
  readDisk,
  readKernelDriver,
} from '../../../../agent/drivers/host/host-probe.ts';
import { isOlder } from '../../../../agent/doctor/version.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'probe-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

test.for([
  'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.163.01  Mon Mar 10 12:00:00 UTC 2025\n',
  'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.163.01  Release Build\nGCC version: gcc 12.2.0\n',
])('the version of the kernel module is read from either flavour', (text) => {
  put('driver/nvidia/version', text);
  expect(readKernelDriver(root)).toBe('550.163.01');
});

test('a host without a driver has no version, no minors and no nodes', () => {
  expect([readKernelDriver(root), readCardMinors(root), listDeviceNodes(root)]).toEqual([
    null,
    [],
    [],
  ]);
});

test('minors are the driver’s own, whatever the order of the buses', () => {
  put('driver/nvidia/gpus/0000:3b:00.0/information', 'Model: \t NVIDIA A30\nDevice Minor: \t 1\n');
  put('driver/nvidia/gpus/0000:17:00.0/information', 'Model: \t NVIDIA A30\nDevice Minor: \t 0\n');
  expect(new Set(readCardMinors(root))).toEqual(new Set([0, 1]));
});

test('device nodes include capabilities and nothing else below /dev', () => {
  put('nvidia0', '');
  put('nvidia-caps/nvidia-cap1', '');
  put('sda', '');
  expect(listDeviceNodes(root)).toContain('nvidia-caps/nvidia-cap1');
  expect(listDeviceNodes(root)).not.toContain('sda');
});

test('modules are known by their whole name', () => {
  put('modules', 'nouveau_x 1 0 - Live 0x0\nnvidia 1 0 - Live 0x0\n');
  expect([isModuleLoaded('nouveau', root), isModuleLoaded('nvidia', root)]).toEqual([false, true]);
});

test('running programs are found by their kernel name', () => {
  put('12/comm', 'nv-hostengine\n');
  put('13/comm', 'bash\n');
  expect(findRunning(['nv-hostengine'], root)).toEqual(new Map([['nv-hostengine', [12]]]));
});

test('CDI specifications are read as YAML and JSON; a broken one is known as such', () => {
  put('cdi/a.yaml', 'cdiVersion: 0.6.0\ndevices:\n  - name: "0"\n  - name: MIG-1\n');
  put('cdi/b.json', '{"devices":[{"name":"all"}]}');
  put('cdi/c.yaml', 'devices: {');
  put('cdi/notes.txt', 'no specification');
  expect(readCdiSpecs([join(root, 'cdi'), join(root, 'none')]).map((spec) => spec.devices)).toEqual(
    [['0', 'MIG-1'], ['all'], null],
  );
});

test('a folder that does not exist yet is judged by the nearest one above it', async () => {
  const disk = await readDisk(join(root, 'not/yet'));
  expect(disk?.totalMib).toBeGreaterThan(0);
});

test.for([
  ['1.17.7', '1.17.8', true],
  ['1.17.10', '1.17.8', false],
  ['1.17.8-1', '1.17.8', false],
  ['24.0.7', '25.0.0', true],
  ['28.2', '28.2.0', false],
] as const)('%s is older than %s: %s', ([version, than, older]) => {
  expect(isOlder(version, than)).toBe(older);
});

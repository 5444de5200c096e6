import { execFileSync } from 'node:child_process';
import { beforeEach, expect, test } from 'vitest';
import { createNvidiaSmi } from '../../agent/drivers/nvidia-smi/create-nvidia-smi.ts';
import { needs } from '../setup/needs.ts';

// Looks and never touches: modes, clocks and instances of a real card stay as they are.
const smi = createNvidiaSmi({ command: ['nvidia-smi'] });
const signal = AbortSignal.timeout(120_000);

function realCards(): { readonly available: boolean; readonly reason: string } {
  try {
    const listed = execFileSync('nvidia-smi', ['-L'], { encoding: 'utf8', timeout: 60_000 });
    return { available: listed.includes('GPU-'), reason: listed.split('\n')[0] ?? '' };
  } catch (error) {
    return {
      available: false,
      reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : '',
    };
  }
}

const found = realCards();
beforeEach((context) => needs(context, 'gpu', found));

test('every real card is read with its identity, memory and driver', async () => {
  const rows = await smi.queryGpus(signal);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(row.error).toBeNull();
    expect(row.uuid).toMatch(/^GPU-/);
    expect(row.driverVersion).toMatch(/^\d+\.\d+/);
    expect(row.memoryTotalMib).toBeGreaterThan(1_000);
    expect(row.memoryUsedMib).toBeGreaterThanOrEqual(0);
  }
});

test('processes and MIG instances of real cards are lists, if only empty ones', async () => {
  expect(Array.isArray(await smi.queryProcesses(signal))).toBe(true);
  expect(Array.isArray(await smi.listMigInstances(signal))).toBe(true);
});

test('a MIG-capable card tells profiles with legal starts', async (context) => {
  const rows = await smi.queryGpus(signal);
  const capable = rows.filter((row) => row.migEnabled !== null);
  if (capable.length === 0) context.skip('needs a MIG-capable card: none here');
  const geometries = await smi.readGeometries(signal);
  for (const row of capable) {
    // Drivers before 550 tell profiles only while MIG is on: an absent geometry is honest, a wrong one is not.
    for (const profile of geometries.get(row.index)?.profiles ?? []) {
      expect(profile.memoryMib).toBeGreaterThan(0);
      expect(profile.placementStarts.length).toBeGreaterThan(0);
    }
  }
});

test('the sampling loop yields a sample a period', async () => {
  const controller = new AbortController();
  let samples = 0;
  for await (const rows of smi.sampleGpus(500, controller.signal)) {
    expect(rows.length).toBeGreaterThan(0);
    samples += 1;
    if (samples === 3) break;
  }
  controller.abort();
  expect(samples).toBe(3);
});

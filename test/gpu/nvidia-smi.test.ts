import { expect, test } from 'vitest';
import { describeWhere } from '../setup/needs.ts';
import { checkAgreement, checkEveryListing, checkSampling } from './check-readings.ts';
import { settingsOf } from './gpu-host.ts';
import { openRealHost, realCards, smi } from './real-host.ts';

const late = (): AbortSignal => AbortSignal.timeout(120_000);

describeWhere('gpu', realCards, 'nvidia-smi of real cards', () => {
  test('every card is read with its identity, memory and driver', async () => {
    const rows = await smi.queryGpus(late());
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.error).toBeNull();
      expect(row.uuid).toMatch(/^GPU-/);
      expect(row.driverVersion).toMatch(/^\d+\.\d+/);
      expect(row.memoryTotalMib).toBeGreaterThan(1_000);
      expect(row.memoryUsedMib).toBeGreaterThanOrEqual(0);
    }
  });

  test('processes and MIG instances are lists, if only empty ones', async () => {
    expect(Array.isArray(await smi.queryProcesses(late()))).toBe(true);
    expect(Array.isArray(await smi.listMigInstances(late()))).toBe(true);
  });

  test('a MIG-capable card tells profiles with legal starts', async (context) => {
    const rows = await smi.queryGpus(late());
    const capable = rows.filter((row) => row.migEnabled !== null);
    if (capable.length === 0) context.skip('needs a MIG-capable card: none here');
    const geometries = await smi.readGeometries(late());
    for (const row of capable) {
      // Drivers before 550 tell profiles only while MIG is on: an absent geometry is honest, a wrong one is not.
      for (const profile of geometries.get(row.index)?.profiles ?? []) {
        expect(profile.memoryMib).toBeGreaterThan(0);
        expect(profile.placementStarts.length).toBeGreaterThan(0);
      }
    }
  });

  test('the topology knows every card, and whom a card names names it in turn', async () => {
    const rows = await smi.queryGpus(late());
    const topology = await smi.readTopology(late());
    expect(new Set(topology.keys())).toEqual(new Set(rows.map((row) => row.index)));
    for (const [index, { nvlinks }] of topology) {
      for (const [peer, links] of nvlinks) {
        expect(links).toBeGreaterThan(0);
        expect(topology.get(peer)?.nvlinks.get(index)).toBe(links);
      }
    }
  });

  test('every listing is recognised and read, and they agree on what the cards are', async () => {
    const cards = await smi.queryGpus(late());
    const before = await settingsOf(smi);
    checkAgreement(await checkEveryListing(await openRealHost(), cards), cards);
    expect(await settingsOf(smi)).toEqual(before);
  });

  test('the sampling loop yields every card each period, and the slow report the rest', async () => {
    await checkSampling(await openRealHost(), smi, await smi.queryGpus(late()));
  });
});

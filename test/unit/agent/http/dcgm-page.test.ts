import { expect, test } from 'vitest';
import { shareOut } from '../../../../agent/attribution/share-out.ts';
import type { DcgmRow } from '../../../../agent/drivers/dcgm/dcgmi.ts';
import { expositionFormat } from '../../../../agent/formats/dcgm/exposition.ts';
import { renderDcgmPage } from '../../../../agent/http/dcgm-page.ts';
import { cardReading } from '../../../../agent/telemetry/card-reading.ts';
import type { CardUsage, NodeUsageView } from '../../../../agent/telemetry/node-usage.ts';
import { gpuA, gpuRow, modelName, replicaId, sliceId } from '../../../fakes/agent/fake-core.ts';

const dcgm: DcgmRow = {
  gpu: gpuA,
  gpuInstanceId: 1,
  engineActiveRatio: 0.5,
  smActiveRatio: null,
  smOccupancyRatio: null,
  tensorActiveRatio: 0.125,
  memoryActiveRatio: null,
  pcieSentBytesPerS: null,
  pcieReceivedBytesPerS: null,
};

function usage(over: Partial<CardUsage> = {}, view: Partial<NodeUsageView> = {}): NodeUsageView {
  const row = gpuRow({ productName: 'NVIDIA "A100"', utilizationPercent: null });
  const reading = cardReading({
    row,
    inventory: null,
    details: null,
    idleWatts: null,
    slices: [],
    processes: [],
    dcgm: [],
  });
  const card: CardUsage = {
    row,
    inventory: null,
    details: null,
    shares: shareOut(reading),
    slices: [],
    processes: [],
    dcgm: null,
    ...over,
  };
  return { atMs: 0, ageMs: 0, stale: false, cards: [card], ...view };
}

test('a card has the exporter’s names, units and labels, in its order; what is not told is left out', () => {
  const page = renderDcgmPage(usage(), 'host-1');
  expect(page).toContain(
    '# HELP DCGM_FI_DEV_GPU_TEMP GPU temperature (in C).\n# TYPE DCGM_FI_DEV_GPU_TEMP gauge\n' +
      `DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="${gpuA}",pci_bus_id="00000000:01:00.0",device="nvidia0",modelName="NVIDIA \\"A100\\"",Hostname="host-1",DCGM_FI_DRIVER_VERSION="550.163.01"} 40\n`,
  );
  expect(page).toContain('} 1024\n');
  expect(page).not.toContain('DCGM_FI_DEV_GPU_UTIL');
  expect(page).not.toContain('DCGM_FI_PROF');
});

test('an instance has its profile, its id and its holder, and the UUID of its card', () => {
  const page = renderDcgmPage(
    usage({
      slices: [
        {
          row: {
            slice: sliceId,
            gpu: gpuA,
            shape: {
              kind: 'mig',
              giProfileId: 9,
              start: 4,
              size: 4,
              profile: '3g.20gb',
              memoryMib: 19_968,
            },
            deviceUuid: 'MIG-1',
            holder: { kind: 'replica', replica: replicaId, model: modelName },
            pids: [],
            state: 'ready',
            reason: '',
          },
          gpuInstanceId: 1,
          usedMib: 700,
          dcgm,
        },
      ],
    }),
    'h',
  );
  const parsed = expositionFormat.parse(page);
  expect(parsed.ok).toBe(true);
  expect(page).toMatch(
    /DCGM_FI_PROF_GR_ENGINE_ACTIVE\{gpu="0",UUID="GPU-a[^"]*",.*GPU_I_PROFILE="3g.20gb",GPU_I_ID="1",Hostname="h",.*container="vad",namespace="",pod="vad-1a2b3c4d"\} 0.5\n/,
  );
  expect(page).toMatch(/DCGM_FI_DEV_FB_USED\{[^}]*GPU_I_ID="1"[^}]*\} 700\n/);
  expect(page).not.toContain('DCGM_FI_PROF_SM_ACTIVE');
});

test('a stale sample makes an empty page', () => {
  expect(renderDcgmPage(usage({}, { stale: true }), 'h')).toBe('');
  expect(renderDcgmPage(null, 'h')).toBe('');
});

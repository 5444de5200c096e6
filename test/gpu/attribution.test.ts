import { expect, test } from 'vitest';
import { describeWhere, needs } from '../setup/needs.ts';
import { attributionFreeMib, checkAttribution, findOwnProcesses } from './check-attribution.ts';
import { settingsOf } from './gpu-host.ts';
import { inShortFolder, openCudaHost, realCards, smi } from './real-host.ts';

describeWhere('gpu', realCards, 'a CUDA process on a real card', () => {
  test('is attributed to its model, and the card stays as it was', async (context) => {
    const { host, card } = await openCudaHost(context, attributionFreeMib);
    needs(context, 'host-pids', await findOwnProcesses(host, smi, card));
    const before = await settingsOf(smi);
    await inShortFolder((folder) => checkAttribution(host, card, folder));
    expect(await settingsOf(smi)).toEqual(before);
  }, 240_000);
});

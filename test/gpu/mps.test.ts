import { expect, test } from 'vitest';
import { describeWhere, needs } from '../setup/needs.ts';
import { checkSharedCard, mpsFreeMib } from './check-mps.ts';
import { findMps, settingsOf } from './gpu-host.ts';
import { inShortFolder, openCudaHost, realCards, smi } from './real-host.ts';

describeWhere('gpu', realCards, 'a real card that is shared through MPS', () => {
  test('two CUDA clients are served within their limits, and the card stays as it was', async (context) => {
    needs(context, 'mps', findMps());
    const { host, card } = await openCudaHost(context, mpsFreeMib);
    const before = await settingsOf(smi);
    await inShortFolder((folder) => checkSharedCard(host, card, folder));
    expect(await settingsOf(smi)).toEqual(before);
  }, 240_000);
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMpsControl } from '../../agent/drivers/mps/create-mps-control.ts';
import { createNvidiaSmi } from '../../agent/drivers/nvidia-smi/create-nvidia-smi.ts';
import {
  attributionFreeMib,
  checkAttribution,
  findOwnProcesses,
} from '../gpu/check-attribution.ts';
import { checkSharedCard, mpsFreeMib } from '../gpu/check-mps.ts';
import {
  checkAgreement,
  checkEveryListing,
  checkSampling,
  driverOf,
} from '../gpu/check-readings.ts';
import { ask, findFreeCard, settingsOf, type GpuHost } from '../gpu/gpu-host.ts';
import { openRecorder } from '../gpu/recorder.ts';
import { eventually, programs } from './cluster-harness.ts';

// What test/gpu does on a real card, done once against the stand-ins, so that it is not the checks that fail there.

const node = process.execPath;
// Short: MPS sockets lie below it.
const folder = mkdtempSync('/tmp/tgc-');
const state = join(folder, 'sim');
const smiArgv = [node, programs.smi, '--sim-state', state];
const mpsControl = [node, programs.mpsControl, '--sim-state', state];
const cudaClient = [node, fileURLToPath(new URL('../fixtures/cuda-client.mjs', import.meta.url))];
const smi = createNvidiaSmi({ command: smiArgv });
const late = (): AbortSignal => AbortSignal.timeout(60_000);

beforeAll(() => {
  const made = spawnSync(node, [...smiArgv.slice(1), '--sim-init', '2xA100-40GB,L40S']);
  if (made.status !== 0) throw new Error(String(made.stdout) + String(made.stderr));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const host: GpuHost = {
  smi: smiArgv,
  mpsControl,
  cudaClient,
  clientEnv: { MPS_CONTROL: JSON.stringify(mpsControl) },
  recorder: openRecorder(folder, '550.163.01'),
};

async function freeCard(freeMib: number) {
  const found = await findFreeCard(smi, freeMib);
  if (!('card' in found)) throw new Error(found.reason);
  return found.card;
}

test('every listing is read, agrees with the others, and is kept with its command and date', async () => {
  const cards = await smi.queryGpus(late());
  checkAgreement(await checkEveryListing(host, cards), cards);
  const index = readFileSync(join(folder, 'captures', '550.163.01', 'INDEX.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const xml = index.find((entry) => entry['kind'] === 'xml');
  expect(xml).toMatchObject({
    file: 'nvidia-smi-q-x.xml',
    command: 'nvidia-smi -q -x',
    driver: driverOf(cards),
    exit_code: 0,
    date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  const kept = join(folder, 'captures', '550.163.01', 'nvidia-smi-q-x.xml');
  expect(readFileSync(kept, 'utf8')).toContain('<nvidia_smi_log>');
});

test('listings that disagree are told', async () => {
  const cards = await smi.queryGpus(late());
  const texts = new Map(await checkEveryListing(host, cards));
  texts.set('-q -x', (texts.get('-q -x') ?? '').replaceAll('<total>46068 MiB', '<total>1 MiB'));
  expect(() => checkAgreement(texts, cards)).toThrow('-q -x');
});

test('the loop samples every card', async () => {
  await checkSampling(host, smi, await smi.queryGpus(late()));
});

test('two clients share a card through MPS within their limits', async () => {
  const before = await settingsOf(smi);
  await checkSharedCard(host, await freeCard(mpsFreeMib), folder);
  expect(await settingsOf(smi)).toEqual(before);
});

test('clients that are not held to their limits are told, and nobody is left behind', async () => {
  const card = await freeCard(mpsFreeMib);
  const unbounded = { ...host, clientEnv: {} };
  await expect(checkSharedCard(unbounded, card, folder)).rejects.toThrow(
    /^sharing GPU 0 through MPS fails\ncontrol\.log:\n\[/,
  );
  await eventually('the daemon has ended', async () => {
    const seen = await createMpsControl({ controlCommand: mpsControl, directory: folder }).observe(
      card.uuid,
      late(),
    );
    return !seen.answering && seen.orphans.length === 0;
  });
});

test('a process is attributed to its model', { timeout: 240_000 }, async () => {
  const before = await settingsOf(smi);
  const card = await freeCard(attributionFreeMib);
  expect(await findOwnProcesses(host, smi, card)).toMatchObject({ available: true });
  await checkAttribution(host, card, folder);
  expect(await settingsOf(smi)).toEqual(before);
});

test('a card that is in use, cut or not in its default mode is left alone', async () => {
  expect(await findFreeCard(smi, 1_000_000)).toEqual({
    reason: expect.stringMatching(/GPU 0 has \d+ MiB free; GPU 1 has .*; GPU 2 has /),
  });
  await ask(host, [...host.smi, '-i', '0', '-mig', '1'], { kind: 'errors', shown: 'mig on' });
  await ask(host, [...host.smi, '-i', '1', '-c', 'EXCLUSIVE_PROCESS'], {
    kind: 'errors',
    shown: 'compute mode',
  });
  expect(await findFreeCard(smi, 0)).toMatchObject({ card: { index: 2 } });
  expect(await findFreeCard(smi, 1_000_000)).toEqual({
    reason: expect.stringMatching(
      /^GPU 0 is cut by MIG; GPU 1 has compute mode Exclusive_Process; GPU 2 has /,
    ),
  });
});

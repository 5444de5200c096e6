import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cardFolders, pipeEnv, type CardFolders } from '../../agent/drivers/mps/control-pipe.ts';
import { createMpsControl } from '../../agent/drivers/mps/create-mps-control.ts';
import type { MpsControl, MpsDaemonState } from '../../agent/drivers/mps/mps-control.ts';
import type { GpuRow } from '../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import { eventually } from '../fakes/agent/drivers/eventually.ts';
import { CudaClient, outOfMemory, type ReadyClient } from './cuda-client.ts';
import { ask, type GpuHost } from './gpu-host.ts';
import type { Printed } from './recorder.ts';

/** What every client may use at most. A context of MPS takes some of it, the more the larger the card. */
const limits = { smPercent: 50, memoryMib: 4_096 };
/** What one client's environment takes away from that, as a replica's does. */
const own = { smPercent: 20, memoryMib: 2_048 };
const smallMib = 512;
/** The hardware counts SMs in steps; drivers have rounded a percentage down and to the nearest. */
const stepSms = 2;

/** Free memory of the card that this needs: what is refused must be there, or the refusal proves nothing. */
export const mpsFreeMib = 12_288;

const late = (): AbortSignal => AbortSignal.timeout(60_000);

/**
 * One daemon in `directory`, two clients that share a card within its limits, and a third with limits of its own. The card's
 * compute mode stays as it is, which must be `Default`. Ends everything that it started, also when it fails.
 */
export async function checkSharedCard(
  host: GpuHost,
  card: GpuRow,
  directory: string,
): Promise<void> {
  const folders = cardFolders(directory, card.uuid);
  const mps = createMpsControl({ controlCommand: host.mpsControl, directory });
  const clients: CudaClient[] = [];
  const client = (env: Readonly<Record<string, string>>): CudaClient => {
    const given = { ...host.clientEnv, CUDA_VISIBLE_DEVICES: card.uuid, ...env };
    const made = new CudaClient(host.cudaClient, given);
    clients.push(made);
    return made;
  };
  try {
    // A pipe directory without a daemon: this one has the card as it is.
    const alone = client({ CUDA_MPS_PIPE_DIRECTORY: join(directory, 'none') });
    const { multiprocessors } = await alone.ready();
    expect(await alone.end()).toBe(0);
    expect(await mps.start(card.uuid, late())).toBe('started');
    await mps.setDefaults(card.uuid, limits, late());
    const pair = [client(pipeEnv(folders)), client(pipeEnv(folders))];
    const ready = [];
    for (const each of pair) ready.push(await each.ready());
    const seen = await bothServed(
      mps,
      card,
      ready.map((each) => each.pid),
    );
    await checkServer(mps, card, seen);
    for (const each of ready) checkSms(each.multiprocessors, multiprocessors, limits.smPercent);
    host.recorder.keep(saidBy(ready));
    for (const each of pair) {
      expect(await each.allocate(smallMib), 'below the limit').toBe(0);
      expect(await each.allocate(limits.memoryMib), 'above the limit').toBe(outOfMemory);
      expect(await each.allocate(smallMib), 'after a refusal').toBe(0);
    }
    await recordSharing(host, folders, seen);
    await checkOwnLimits(client, folders, multiprocessors);
    for (const each of pair) expect(await each.end()).toBe(0);
    await eventually('the daemon has no client left', async () =>
      (await mps.observe(card.uuid, late())).clientPids.length === 0 ? true : null,
    );
    expect(await mps.stop(card.uuid, late())).toBe('stopped');
    expect(await mps.observe(card.uuid, late())).toMatchObject({ answering: false, orphans: [] });
  } catch (error) {
    const logs = (['control.log', 'server.log'] as const)
      .map((name) => `${name}:\n${mps.tailLog(card.uuid, name, 40)}`)
      .join('\n');
    throw new Error(`sharing GPU ${card.index} through MPS fails\n${logs}`, { cause: error });
  } finally {
    for (const each of clients) await each.end();
    recordLogs(host, mps, card);
    endEverybodyOf(folders);
  }
}

/** A bounded client is shown its share of the SMs, and not the card's. */
function checkSms(shown: number, all: number, percent: number): void {
  expect(shown, `SMs of ${all} at ${percent}%`).toBeGreaterThan(0);
  expect(shown).toBeLessThan(all);
  expect(shown, `SMs of ${all} at ${percent}%`).toBeLessThanOrEqual(
    Math.ceil((all * percent) / 100) + stepSms,
  );
}

function saidBy(clients: readonly ReadyClient[]): Printed {
  const text = clients.map((each) => `${JSON.stringify(each)}\n`).join('');
  const command = `cuda_client.py at ${limits.smPercent} percent`;
  return { kind: 'cuda-client', command, exitCode: null, text };
}

/** The daemon tells of exactly these clients. */
async function bothServed(
  mps: MpsControl,
  card: GpuRow,
  pids: readonly number[],
): Promise<MpsDaemonState> {
  const wanted = JSON.stringify([...pids].sort((a, b) => a - b));
  return eventually(`the clients ${wanted} are served`, async () => {
    const seen = await mps.observe(card.uuid, late());
    return JSON.stringify(seen.clientPids) === wanted ? seen : null;
  });
}

/** One server for both, healthy, of our own user. */
async function checkServer(mps: MpsControl, card: GpuRow, seen: MpsDaemonState): Promise<void> {
  const { serverStatus } = await mps.capabilities([card.uuid], late());
  expect(seen.servers).toMatchObject([
    { uid: process.getuid?.() ?? null, status: serverStatus === true ? 'ACTIVE' : null },
  ]);
  expect(seen).toMatchObject({ answering: true, fault: null, waiting: [], orphans: [] });
}

/** A client's own environment asks for less than the daemon allows, and is held to it. */
async function checkOwnLimits(
  client: (env: Readonly<Record<string, string>>) => CudaClient,
  folders: CardFolders,
  multiprocessors: number,
): Promise<void> {
  const third = client({
    ...pipeEnv(folders),
    CUDA_MPS_ACTIVE_THREAD_PERCENTAGE: String(own.smPercent),
    CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: `0=${own.memoryMib}M`,
  });
  const ready = await third.ready();
  checkSms(ready.multiprocessors, multiprocessors, own.smPercent);
  expect(await third.allocate(smallMib), 'below its own limit').toBe(0);
  expect(await third.allocate(own.memoryMib), 'above its own limit').toBe(outOfMemory);
  expect(await third.end()).toBe(0);
}

/** What daemon and card print while they are shared, for fixtures. */
async function recordSharing(
  host: GpuHost,
  folders: CardFolders,
  seen: MpsDaemonState,
): Promise<void> {
  const [server] = seen.servers;
  const commands = [
    'get_server_list',
    'ps',
    'get_default_active_thread_percentage',
    'get_default_device_pinned_mem_limit 0',
    ...(server === undefined
      ? []
      : [`get_client_list ${server.pid}`, `get_server_status ${server.pid}`]),
  ];
  for (const command of commands) {
    const shown = `mps ${command.replace(String(server?.pid ?? ''), 'PID').trim()}`;
    const env = pipeEnv(folders);
    await ask(host, host.mpsControl, { kind: 'mps', shown, env, input: `${command}\n` });
  }
  const apps = '--query-compute-apps=gpu_uuid,pid,used_memory,process_name';
  for (const { args, kind } of [
    { args: [], kind: 'smi-table' },
    { args: ['-q', '-x'], kind: 'xml' },
    { args: [apps, '--format=csv'], kind: 'smi-csv' },
    { args: ['pmon', '-c', '1'], kind: 'dmon-pmon' },
  ]) {
    const shown = ['shared nvidia-smi', ...args].join(' ');
    await ask(host, [...host.smi, ...args], { kind, shown });
  }
}

function recordLogs({ recorder }: GpuHost, mps: MpsControl, card: GpuRow): void {
  for (const name of ['control.log', 'server.log'] as const) {
    const text = mps.tailLog(card.uuid, name, 500);
    if (text !== '') recorder.keep({ kind: 'mps', command: name, exitCode: null, text });
  }
}

/** Daemon, server and clients all have the pipe directory in their environment, and nobody else has. */
function endEverybodyOf({ pipe }: CardFolders): void {
  const entry = `CUDA_MPS_PIPE_DIRECTORY=${pipe}`;
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (environment.includes(entry)) process.kill(Number(name), 'SIGKILL');
    } catch {
      // It has ended meanwhile, or is another user's.
    }
  }
}

import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { CardSample, TopRecord } from '../../agent/cli/api/top-record.ts';
import type { GpuRow, NvidiaSmi } from '../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import { eventually as observed } from '../fakes/agent/drivers/eventually.ts';
import { Daemon, eventually, programs, type Ran } from '../integration/cluster-harness.ts';
import type { Found } from '../setup/needs.ts';
import { CudaClient } from './cuda-client.ts';
import type { GpuHost } from './gpu-host.ts';
import type { Printed } from './recorder.ts';

const heldMib = 512;
const model = 'cuda-holder';

/** Free memory of the card that this needs. */
export const attributionFreeMib = 4_096;

const listedMsMax = 10_000;

/**
 * Whether the tool names our own processes: in a container with pids of its own it tells those of the host, or none, and
 * nobody could attribute them.
 */
export async function findOwnProcesses(
  host: GpuHost,
  smi: Pick<NvidiaSmi, 'queryProcesses'>,
  card: GpuRow,
): Promise<Found> {
  const env = { ...host.clientEnv, CUDA_VISIBLE_DEVICES: card.uuid };
  const client = new CudaClient(host.cudaClient, env);
  const pids: number[] = [];
  try {
    const { pid } = await client.ready();
    const listed = await observed(
      `process ${pid} is listed`,
      async () => {
        const all = await smi.queryProcesses(AbortSignal.timeout(60_000));
        pids.splice(0, pids.length, ...all.map((each) => each.pid));
        return pids.includes(pid) ? true : null;
      },
      listedMsMax,
    ).catch(() => false);
    const reason = `nvidia-smi lists pids [${pids.join(', ')}] and not our own ${pid}`;
    return { available: listed, reason };
  } finally {
    await client.end();
  }
}

/**
 * An agent of the built programs, with authority over one card alone, launches the CUDA client as a model; `agentctl top`
 * must say that the card's memory is that model's, and measured. Ends model and agent, also when it fails.
 */
export async function checkAttribution(host: GpuHost, card: GpuRow, folder: string): Promise<void> {
  const agent = await startAgent(host, card, folder);
  const agentctl = (...args: readonly string[]): Ran => runAgentctl(folder, args);
  try {
    const ran = agentctl('run', '-f', manifest(host, folder), '--yes', '--timeout', '60s');
    const told = `${ran.stdout}${agentctl('ps').stdout}${agentctl('events').stdout}`;
    expect(ran, told).toMatchObject({ code: 0, stderr: '' });
    const pid = Number(/"runtimeId":\s*"(\d+)"/.exec(agentctl('ps', '--json').stdout)?.[1]);
    const seen = await eventually('the memory is measured', () => {
      const { stdout } = agentctl('top', '--once', '--json');
      const found = (JSON.parse(stdout) as TopRecord).gpus.find((gpu) => gpu.uuid === card.uuid);
      const held = found?.users.find((user) => user.model === model)?.memoryMib;
      if (held?.basis === 'measured') host.recorder.keep(topOf(stdout));
      return held?.basis === 'measured' ? found : undefined;
    });
    checkShares(seen, pid);
    expect(agentctl('top', '--once').stdout).toContain(model);
    expect(agentctl('rm', model, '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(`/proc/${pid}`), 'the model has ended').toBe(false);
  } catch (error) {
    throw new Error(`attribution fails; the agent says\n${agent.log().slice(-4_000)}`, {
      cause: error,
    });
  } finally {
    agentctl('rm', model, '--yes');
    await agent.end('SIGTERM');
  }
}

function topOf(text: string): Printed {
  return { kind: 'agentctl', command: 'agentctl top --once --json', exitCode: 0, text };
}

/** The model has the process and its memory, and the parts add up to the card. */
function checkShares(seen: CardSample, pid: number): void {
  const user = seen.users.find((each) => each.model === model);
  expect(user?.memoryMib?.value).toBeGreaterThanOrEqual(heldMib);
  expect(seen.processes).toContainEqual(
    expect.objectContaining({ pid, owner: 'replica', model, replica: user?.replica }),
  );
  const { memory } = seen;
  const used = seen.users.map(
    (each) => (each.memoryMib?.value ?? 0) + (each.serverMib?.value ?? 0),
  );
  const parts =
    (memory?.overheadMib ?? 0) +
    (memory?.unattributedMib ?? 0) +
    (memory?.strandedMib ?? 0) +
    (memory?.idleMib ?? 0);
  const sum = used.reduce((all, each) => all + each, parts);
  expect(Math.abs(sum - (memory?.totalMib ?? 0)), 'parts against the card, MiB').toBeLessThan(1);
  expect(memory?.totalMib).toBe(seen.memoryTotalMib);
}

async function startAgent(host: GpuHost, card: GpuRow, folder: string): Promise<Daemon> {
  const readyFile = join(folder, 'agent.ready.json');
  const config = join(folder, 'agent.yaml');
  writeFileSync(
    config,
    stringify({
      node: 'gpu-check',
      stateDir: join(folder, 'agent'),
      socket: socketOf(folder),
      http: '127.0.0.1:0',
      authority: 'observe',
      gpuAuthority: { [card.uuid]: 'place' },
      nvidiaSmi: { command: host.smi },
      dcgm: { enabled: false },
      mps: { enabled: false, computeMode: 'keep' },
      runtime: 'process',
      policy: 'policy.yaml',
      readyFile,
    }),
  );
  writeFileSync(join(folder, 'policy.yaml'), 'processRuntime: allow\n');
  const agent = new Daemon(folder, 'gpu-check', [programs.agent, '--config', config]);
  await eventually('the agent listens', () => {
    if (!agent.running) throw new Error(`the agent ended: ${agent.log().slice(-2_000)}`);
    return existsSync(readyFile);
  });
  return agent;
}

function manifest({ cudaClient, clientEnv }: GpuHost, folder: string): string {
  const file = join(folder, 'model.yaml');
  const command = [...cudaClient, '--serve', '--alloc', String(heldMib)];
  const spec = {
    process: { command },
    env: clientEnv,
    health: { path: '/' },
    gpu: { memory: '2GiB', isolation: 'whole' },
  };
  writeFileSync(
    file,
    stringify({ apiVersion: 'tangram/v1', kind: 'Model', metadata: { name: model }, spec }),
  );
  return file;
}

function socketOf(folder: string): string {
  return join(folder, 'agent.sock');
}

function runAgentctl(folder: string, args: readonly string[]): Ran {
  const ran = spawnSync(process.execPath, [programs.agentctl, ...args], {
    encoding: 'utf8',
    env: { ...process.env, TANGRAM_SOCKET: socketOf(folder) },
    timeout: 90_000,
  });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

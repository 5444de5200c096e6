import { execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentNodeFlags } from '../../packaging/start/agent-flags.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { pause } from './measured-process.ts';

const startMsMax = 60_000;

/** The simulated `nvidia-smi`, behind a script that counts its starts. */
export interface LoggedTool {
  readonly path: string;
  /** How often it has been started so far. */
  starts(): number;
}

/** Makes the cards (`8xA100-80GB`) and the tool that tells of them. */
export function loggedTool(folder: string, cards: string): LoggedTool {
  const path = join(folder, 'nvidia-smi');
  const log = join(folder, 'starts');
  const program = [process.execPath, simulator(), ...state(folder)];
  execFileSync(process.execPath, [...program.slice(1), '--sim-init', cards]);
  const quoted = program.map((word) => `'${word}'`).join(' ');
  writeFileSync(path, `#!/bin/sh\necho >> '${log}'\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return { path, starts: () => (existsSync(log) ? readFileSync(log, 'utf8').length : 0) };
}

/** What the agent itself keeps running to read the cards, as arguments of node, on a state of its own. */
export function samplingLoop(folder: string): string[] {
  const query =
    '--query-gpu=index,uuid,memory.used,utilization.gpu,utilization.memory,temperature.gpu,power.draw,clocks.sm,clocks.mem';
  const format = '--format=csv,noheader,nounits';
  return [simulator(), ...state(folder), query, format, '-lms', '1000'];
}

export interface StartedAgent {
  readonly child: ChildProcess;
  /** `http://127.0.0.1:…/metrics`. */
  readonly metrics: string;
}

/** Starts the built agent as its unit does, and waits until its doors are open. */
export async function startAgent(
  folder: string,
  reached: { readonly coordinator: string | null; readonly tool: LoggedTool },
  start: (...argv: string[]) => ChildProcess,
): Promise<StartedAgent> {
  const config = join(folder, 'agent.yaml');
  const ready = join(folder, 'ready.json');
  writeFileSync(
    config,
    [
      'node: bench',
      ...(reached.coordinator === null ? [] : [`coordinator: ${reached.coordinator}`]),
      `nvidiaSmi: { command: [${reached.tool.path}] }`,
      'dcgm: { enabled: false }',
      `stateDir: ${folder}/state`,
      `socket: ${folder}/agent.sock`,
      'http: 127.0.0.1:0',
      `mps: { dir: ${folder}/mps }`,
      'docker: { enabled: false }',
      'policy: policy.yaml',
      `readyFile: ${ready}`,
      '',
    ].join('\n'),
  );
  writeFileSync(join(folder, 'policy.yaml'), 'processRuntime: allow\n');
  const child = start(...agentNodeFlags, built('agent/main.js'), '--config', config);
  const deadline = systemClock.monotonicMs() + startMsMax;
  while (!existsSync(ready)) {
    if (child.exitCode !== null || systemClock.monotonicMs() > deadline) {
      throw new Error(`the agent did not start (exit ${String(child.exitCode)})`);
    }
    await pause(50);
  }
  const told: unknown = JSON.parse(readFileSync(ready, 'utf8'));
  const metrics: unknown = Reflect.get(Object(told), 'metrics');
  return { child, metrics: String(metrics) };
}

function simulator(): string {
  return built('agent/simulator/nvidia-smi/bin.js');
}

function state(folder: string): string[] {
  return ['--sim-state', join(folder, 'simulator')];
}

function built(path: string): string {
  return fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
}

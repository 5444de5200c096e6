import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../shared/platform/clock.ts';
import { ended, pause } from '../measured-process.ts';

export interface RunningCoordinator {
  readonly child: ChildProcess;
  /** `host:port` for agents, and for clients where TLS is off. */
  readonly grpc: string;
  /** `host:port` of `/metrics`. */
  readonly http: string;
  readonly startedAtMs: number;
  stop(): Promise<void>;
}

const startMsMax = 60_000;
const program = fileURLToPath(new URL('../../../dist/coordinator/main.js', import.meta.url));

/** Starts the built coordinator on a state of its own, and waits until its doors are open. */
export async function startCoordinator(
  stateDir: string,
  tls: 'on' | 'off',
): Promise<RunningCoordinator> {
  const ready = join(stateDir, 'ready.json');
  const config = join(stateDir, 'coordinator.yaml');
  const lines = [
    `stateDir: ${stateDir}`,
    'grpc: 127.0.0.1:0',
    'join: 127.0.0.1:0',
    'http: 127.0.0.1:0',
    `tls: ${tls}`,
    'log: { level: error }',
    `readyFile: ${ready}`,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const startedAtMs = systemClock.monotonicMs();
  // By its own first line, which has the flags that Node is given for users, too.
  const child = spawn(program, ['--config', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (!existsSync(ready)) {
    const late = systemClock.monotonicMs() - startedAtMs > startMsMax;
    if (child.exitCode !== null || late) {
      child.kill('SIGKILL');
      throw new Error(`the coordinator did not start (exit ${String(child.exitCode)})`);
    }
    await pause(5);
  }
  const told: unknown = JSON.parse(readFileSync(ready, 'utf8'));
  const addressOf = (door: string): string => String(Reflect.get(Object(told), door));
  return {
    child,
    grpc: addressOf('grpc'),
    http: addressOf('http'),
    startedAtMs,
    stop: async () => {
      child.kill('SIGKILL');
      await ended(child);
    },
  };
}

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';

const quitMsMax = 15_000;

/**
 * Ends the MPS daemons of this cluster once nothing uses them: they outlive the agent on purpose, and here they would
 * be left behind on somebody's machine. The next start makes them again. `control` is the argv that the agent uses.
 */
export async function quitMpsDaemons(layout: Layout, control: readonly string[]): Promise<void> {
  if (!existsSync(layout.mpsDir)) return;
  const pipes = readdirSync(layout.mpsDir)
    .map((card) => join(layout.mpsDir, card, 'pipe'))
    .filter((pipe) => existsSync(join(pipe, 'control')));
  await Promise.all(pipes.map((pipe) => quit(control, pipe)));
}

/** Resolves also when no daemon answers there: it is gone, which is what was wanted. */
async function quit(control: readonly string[], pipe: string): Promise<void> {
  const [file = 'nvidia-cuda-mps-control', ...args] = control;
  await new Promise<void>((resolve) => {
    const child = spawn(file, args, {
      env: { ...process.env, CUDA_MPS_PIPE_DIRECTORY: pipe },
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: quitMsMax,
    });
    child.once('error', () => resolve());
    child.once('close', () => resolve());
    child.stdin.on('error', () => undefined);
    child.stdin.end('quit\n');
  });
}

import { expect, test } from 'vitest';
import { createSlowQueries } from '../../../../../agent/drivers/nvidia-smi/slow-queries.ts';
import type { Tool } from '../../../../../agent/drivers/nvidia-smi/tool.ts';
import { systemClock } from '../../../../../shared/platform/clock.ts';

const matrix = [
  '\tGPU0\tGPU1\tGPU2\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID',
  'GPU0\t X \tNV4\tSYS\t0-31\t0\tN/A',
  'GPU1\tNV4\t X \tNODE\t0-31\t0\tN/A',
  'GPU2\tSYS\tNODE\t X \t32-63\t1\tN/A',
  '',
].join('\n');

function toolSaying(stdout: string, exitCode: number): { tool: Tool; asked: string[] } {
  const asked: string[] = [];
  const tool: Tool = {
    clock: systemClock,
    options: { command: ['nvidia-smi'] },
    run: (args) => {
      asked.push(args.join(' '));
      return Promise.resolve({ exitCode, stdout, stderr: '' });
    },
  };
  return { tool, asked };
}

const { signal } = new AbortController();

test('NVLink peers are read from the topology, direct or through a switch', async () => {
  const { tool, asked } = toolSaying(matrix, 0);
  const peers = await createSlowQueries(tool).readNvlinkPeers(signal);
  expect(asked).toEqual(['topo -m']);
  expect([...peers]).toEqual([
    [0, [1]],
    [1, [0]],
    [2, []],
  ]);
});

test('a refusal and rubbish are errors, not cards without links', async () => {
  for (const [text, code] of [
    ['Failed to initialize NVML: Driver/library version mismatch\n', 18],
    ['rubbish\n', 0],
  ] as const) {
    const { tool } = toolSaying(text, code);
    await expect(createSlowQueries(tool).readNvlinkPeers(signal)).rejects.toThrow(/topo/);
  }
});

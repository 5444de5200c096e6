import { expect, test } from 'vitest';
import { createSlowQueries } from '../../../../../agent/drivers/nvidia-smi/slow-queries.ts';
import type { Tool } from '../../../../../agent/drivers/nvidia-smi/tool.ts';
import { systemClock } from '../../../../../shared/platform/clock.ts';
import { openSimHost } from '../../simulator/harness.ts';

const matrix = [
  '\tGPU0\tGPU1\tGPU2\tGPU3\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID',
  'GPU0\t X \tNV4\tSYS\tPHB\t0-31\t0\t\tN/A',
  'GPU1\tNV4\t X \tNODE\tPHB\t0-31\t0\t\tN/A',
  'GPU2\tSYS\tNODE\t X \tNV18\t32-63\t1\t\tN/A',
  'GPU3\tPHB\tPHB\tNV18\t X \t0-63\t0-1\t\tN/A',
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

test('NVLinks are counted card by card; of two NUMA nodes none is the nearest', async () => {
  const { tool, asked } = toolSaying(matrix, 0);
  const topology = await createSlowQueries(tool).readTopology(signal);
  expect(asked).toEqual(['topo -m']);
  expect([...topology]).toEqual([
    [0, { nvlinks: new Map([[1, 4]]), numaNode: 0 }],
    [1, { nvlinks: new Map([[0, 4]]), numaNode: 0 }],
    [2, { nvlinks: new Map([[3, 18]]), numaNode: 1 }],
    [3, { nvlinks: new Map([[2, 18]]), numaNode: null }],
  ]);
});

test('the simulated DGX is one island over two NUMA nodes; cards of PCI Express are none', async () => {
  const read = async (cards: string) => {
    const host = await openSimHost(cards);
    const { out, exitCode } = await host.smi('topo', '-m');
    host.close();
    const topology = await createSlowQueries(toolSaying(out, exitCode).tool).readTopology(signal);
    return [...topology.values()].map(
      ({ nvlinks, numaNode }) => `${[...nvlinks.values()].join(' ')} on ${numaNode}`,
    );
  };
  const seven = Array.from({ length: 7 }, () => '12').join(' ');
  expect(await read('8xA100-40GB')).toEqual([
    ...Array.from({ length: 4 }, () => `${seven} on 0`),
    ...Array.from({ length: 4 }, () => `${seven} on 1`),
  ]);
  expect(await read('2xL40S')).toEqual([' on 0', ' on 0']);
});

test('a refusal and rubbish are errors, not cards without links', async () => {
  for (const [text, code] of [
    ['Failed to initialize NVML: Driver/library version mismatch\n', 18],
    ['rubbish\n', 0],
  ] as const) {
    const { tool } = toolSaying(text, code);
    await expect(createSlowQueries(tool).readTopology(signal)).rejects.toThrow(/topo/);
  }
});

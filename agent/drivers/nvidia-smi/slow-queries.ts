import type { GpuReport } from '../../formats/report/report.ts';
import { monitorFormat } from '../../formats/listings/monitor.ts';
import { topoFormat } from '../../formats/listings/topo.ts';
import { xmlFormat } from '../../formats/report/xml.ts';
import { parseToolFailure, toolError } from './error-output.ts';
import { readable, type Tool } from './tool.ts';

/** How much of a card's SMs one process used over the tool's last period. */
export interface ProcessUse {
  /** Of the moment: the tool does not tell the UUID here. */
  readonly gpuIndex: number;
  readonly pid: number;
  /** 0 to 1, of the whole card; null: not told, as for every process under MIG. */
  readonly smRatio: number | null;
}

/** Questions that cost too much to be asked each second. Both start the tool anew and wait for their turn. */
export interface SlowQueries {
  /** `-q -x`: everything that the tool knows of every card. It may take seconds. Throws as `NvidiaSmi` does. */
  readReport(signal: AbortSignal): Promise<GpuReport>;
  /** `pmon -c 1 -s u`. Empty where no card supports it. Throws as `NvidiaSmi` does. */
  readProcessUse(signal: AbortSignal): Promise<readonly ProcessUse[]>;
  /** `topo -m`: how the cards are joined, by index. Throws as `NvidiaSmi` does. */
  readTopology(signal: AbortSignal): Promise<CardTopologies>;
}

/** How one card is joined with the others and with the host. */
export interface CardTopology {
  /** The index of each card that NVLink joins with this one, directly or through a switch, and how many links do. */
  readonly nvlinks: ReadonlyMap<number, number>;
  /** The nearest NUMA node; null: the tool does not tell, or several are as near. */
  readonly numaNode: number | null;
}

export type CardTopologies = ReadonlyMap<number, CardTopology>;

export function createSlowQueries(tool: Tool): SlowQueries {
  return {
    readReport: async (signal) => {
      const { exitCode, stdout } = await tool.run(['-q', '-x'], 'query', signal);
      // 15: a card is lost, and the report of the others is printed all the same.
      if (exitCode !== 0 && !xmlFormat.recognises(stdout)) {
        throw toolError('cannot read the report of the cards', stdout, exitCode);
      }
      return readable(xmlFormat.parse(stdout), 'nvidia-smi -q -x');
    },
    readTopology: async (signal) => {
      const { exitCode, stdout } = await tool.run(['topo', '-m'], 'query', signal);
      if (exitCode !== 0) throw toolError('cannot read the topology', stdout, exitCode);
      const { gpus } = readable(topoFormat.parse(stdout), 'nvidia-smi topo -m');
      return new Map(
        gpus.map(({ index, links, numaAffinity }) => [
          index,
          {
            nvlinks: new Map(
              gpus.flatMap((other) => {
                const count = nvlinksOf(links[other.name]);
                return count === 0 ? [] : [[other.index, count] as const];
              }),
            ),
            numaNode:
              numaAffinity !== null && /^\d+$/.test(numaAffinity) ? Number(numaAffinity) : null,
          },
        ]),
      );
    },
    readProcessUse: async (signal) => {
      const result = await tool.run(['pmon', '-c', '1', '-s', 'u'], 'query', signal);
      if (result.exitCode !== 0) {
        const { kind } = parseToolFailure(result.stdout, result.exitCode);
        if (kind === 'no-device' || kind === 'refused') return [];
        throw toolError('cannot read the use of the processes', result.stdout, result.exitCode);
      }
      return processUses(readable(monitorFormat.parse(result.stdout), 'nvidia-smi pmon').rows);
    },
  };
}

/** `NV12`: so many links, direct or through a switch. */
function nvlinksOf(cell: string | undefined): number {
  return Number(/^NV(\d+)$/.exec(cell ?? '')?.[1] ?? 0);
}

/**
 * `-` is said of a process that did not run in the period and of one that cannot be measured (MIG). Where any process of
 * the same card is told, the others did not run: the figures of such cards add up to that of the card (H200, driver 590).
 */
function processUses(
  rows: readonly Readonly<Record<string, number | string | null>>[],
): readonly ProcessUse[] {
  const uses: ProcessUse[] = [];
  for (const row of rows) {
    const { gpu, pid, smPct } = row;
    if (typeof gpu !== 'number' || typeof pid !== 'number') continue;
    const smRatio = typeof smPct === 'number' ? smPct / 100 : null;
    uses.push({ gpuIndex: gpu, pid, smRatio });
  }
  const measured = new Set(uses.filter((use) => use.smRatio !== null).map((use) => use.gpuIndex));
  return uses.map((use) =>
    use.smRatio === null && measured.has(use.gpuIndex) ? { ...use, smRatio: 0 } : use,
  );
}

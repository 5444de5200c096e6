import { AppError } from '../../../shared/platform/errors.ts';
import { parseGpuQuery } from '../../formats/gpu-query.ts';
import { streamLines } from '../process/stream-lines.ts';
import { toolError } from './error-output.ts';
import type { GpuRow } from './nvidia-smi.ts';
import { gpuQueryArgs, queryGpus, type ColumnLadder } from './query-gpus.ts';
import type { RecentSample } from './recent-sample.ts';
import type { SamplerGate } from './sampler-gate.ts';
import { readable, type Tool } from './tool.ts';

const stallPeriods = 5;
const stallMsMin = 5_000;

export interface Sampling {
  readonly tool: Tool;
  readonly ladder: ColumnLadder;
  readonly gate: SamplerGate;
  readonly recent: RecentSample;
}

/**
 * Samples of all cards, one a period. While a card's MIG mode is changed the child is ended, because it holds the
 * device, and started again afterwards: a gap, not a failure.
 */
export async function* sampleGpus(
  options: Sampling,
  periodMs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly GpuRow[], void, void> {
  for (;;) {
    const { released, letGo } = await options.gate.hold(signal);
    try {
      yield* sampleWithOneChild(options, periodMs, AbortSignal.any([signal, released]));
    } catch (error) {
      signal.throwIfAborted();
      if (released.aborted) continue;
      options.recent.forget();
      throw error;
    } finally {
      letGo();
    }
  }
}

/**
 * One child that prints all cards each period. The very first sample, and the one after a failure, comes from an
 * ordinary query, which also finds the columns that this driver knows and the number of cards; a sample is complete
 * when it has that many rows, or when a card repeats.
 */
async function* sampleWithOneChild(
  { tool, ladder, recent }: Sampling,
  periodMs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly GpuRow[], void, void> {
  if (recent.cardCount === null) {
    const { gpus } = await queryGpus(tool, ladder, signal);
    recent.counted(gpus.length);
    recent.keep(gpus);
    yield gpus;
  }
  const cardCount = recent.cardCount ?? 0;
  const { columns } = ladder;
  const lines = streamLines(
    {
      argv: [...tool.options.command, ...gpuQueryArgs(columns), '-lms', String(periodMs)],
      ...(tool.options.env === undefined ? {} : { env: tool.options.env }),
      stallMs: Math.max(stallMsMin, stallPeriods * periodMs),
      clock: tool.clock,
    },
    signal,
  );
  let sample: GpuRow[] = [];
  for await (const line of lines) {
    const row = readRow(line, columns);
    if (row === null) continue;
    if (sample.some((each) => each.uuid === row.uuid && each.index === row.index)) {
      recent.keep(sample);
      yield sample;
      sample = [];
    }
    sample.push(row);
    if (sample.length >= cardCount) {
      recent.keep(sample);
      yield sample;
      sample = [];
    }
  }
  throw new AppError('PROCESS_FAILED', 'the sampling nvidia-smi ended by itself');
}

/** One line of the loop; null for a blank one. What is no row of a card we know ends the loop. */
function readRow(line: string, columns: readonly string[]): GpuRow | null {
  if (line.trim() === '') return null;
  if (/^(NVIDIA-SMI|Failed to initialize|Field |ERROR)/.test(line)) {
    throw toolError('the sampling nvidia-smi failed', line, 255);
  }
  const query = readable(parseGpuQuery(line, columns), 'a sample of nvidia-smi --query-gpu -lms');
  const complaint = query.unreadable[0];
  if (complaint !== undefined) {
    throw new AppError('OUTPUT_UNREADABLE', 'the sampling nvidia-smi lost a card', {
      cause: new Error(complaint),
    });
  }
  return query.gpus[0] ?? null;
}

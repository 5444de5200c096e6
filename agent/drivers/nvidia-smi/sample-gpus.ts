import { AppError } from '../../../shared/platform/errors.ts';
import { parseGpuQuery } from '../../formats/csv/gpu-query.ts';
import { streamLines } from '../process/stream-lines.ts';
import { toolError } from './error-output.ts';
import { SampleGatherer } from './gather-sample.ts';
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
 * ordinary query, which also finds the columns that this driver knows and the cards that there are.
 */
async function* sampleWithOneChild(
  { tool, ladder, recent }: Sampling,
  periodMs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly GpuRow[], void, void> {
  if (recent.expected === null) {
    const query = await queryGpus(tool, ladder, signal);
    recent.counted(query);
    recent.keep(query.gpus);
    yield query.gpus;
  }
  const expected = recent.expected ?? { cards: [], complaints: [] };
  const { columns } = ladder;
  const stallMs = Math.max(stallMsMin, stallPeriods * periodMs);
  const lines = streamLines(
    {
      argv: [...tool.options.command, ...gpuQueryArgs(columns), '-lms', String(periodMs)],
      ...(tool.options.env === undefined ? {} : { env: tool.options.env }),
      stallMs,
      clock: tool.clock,
    },
    signal,
  );
  const gatherer = new SampleGatherer({ expected, periodMs, stallMs }, tool.clock.monotonicMs());
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const nowMs = tool.clock.monotonicMs();
    const { row, complaint } = readLine(line, columns);
    if (complaint !== null) gatherer.complaint(complaint, nowMs);
    if (row === null) continue;
    const sample = gatherer.row(row, nowMs);
    if (sample === null) continue;
    recent.keep(sample);
    yield sample;
  }
  throw new AppError('PROCESS_FAILED', 'the sampling nvidia-smi ended by itself');
}

/** One line of the loop: a row, a complaint among the rows, or neither. A refusal of the tool ends the loop. */
function readLine(
  line: string,
  columns: readonly string[],
): { readonly row: GpuRow | null; readonly complaint: string | null } {
  if (/^(NVIDIA-SMI|Failed to initialize|Field |ERROR)/.test(line)) {
    throw toolError('the sampling nvidia-smi failed', line, 255);
  }
  const query = readable(parseGpuQuery(line, columns), 'a sample of nvidia-smi --query-gpu -lms');
  return { row: query.gpus[0] ?? null, complaint: query.unreadable[0] ?? null };
}

import { Pace } from '../../../../coordinator/simulate/pace.ts';
import { readTrace, type Trace } from '../../../../coordinator/simulate/trace.ts';
import type { TraceFile } from '../../../../coordinator/simulate/trace-table.ts';
import type { Clock } from '../../../../shared/platform/clock.ts';

export function file(path: string, text: string): TraceFile {
  return { path, bytes: Buffer.from(text) };
}

export const nodeHeader = 'sn,cpu_milli,memory_mib,gpu,model';
export const requestHeader = 'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec';

/** A trace of rows below the usual headers. */
export function trace(nodes: readonly string[], requests: readonly string[]): Trace {
  return readTrace(
    {
      nodes: file('nodes.csv', [nodeHeader, ...nodes, ''].join('\n')),
      requests: file('requests.csv', [requestHeader, ...requests, ''].join('\n')),
    },
    { skipBad: false, note: () => undefined },
  );
}

/** Every look at it takes 3 µs, and nobody waits. */
export function tickingClock(): Clock {
  let looks = 0;
  const nowMs = (): number => {
    looks += 1;
    return looks * 0.003;
  };
  return {
    wallMs: nowMs,
    monotonicMs: nowMs,
    sleep: async (_, signal) => {
      signal.throwIfAborted();
    },
  };
}

export function quietPace(): Pace {
  return new Pace(tickingClock(), () => undefined, new AbortController().signal);
}

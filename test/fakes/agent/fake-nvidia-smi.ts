import type {
  ComputeProcess,
  GpuRow,
  NvidiaSmi,
} from '../../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import { BoundedQueue } from '../../../shared/platform/bounded-queue.ts';

/** A tool whose sampling command prints what a test pushes, and dies when a test says so. */
export class FakeSampling {
  readonly starts: number[] = [];
  /** When a single query was asked. */
  readonly queries: number[] = [];
  /** What a single query answers. */
  cards: readonly GpuRow[] = [];
  running = 0;
  processes: readonly ComputeProcess[] = [];
  processReads = 0;
  failProcesses = false;
  readonly #now: () => number;
  #queue: BoundedQueue<readonly GpuRow[] | Error> | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  push(cards: readonly GpuRow[]): void {
    this.#queue?.push(cards);
  }

  die(why: string): void {
    this.#queue?.push(new Error(why));
  }

  tool(): NvidiaSmi {
    const unused = async (): Promise<never> => {
      throw new Error('not used here');
    };
    return {
      queryGpus: async () => {
        this.queries.push(this.#now());
        return this.cards;
      },
      listMigInstances: unused,
      readGeometries: unused,
      setMigMode: unused,
      createMigInstance: unused,
      destroyMigInstance: unused,
      setComputeMode: unused,
      queryProcesses: async () => {
        this.processReads += 1;
        if (this.failProcesses) throw new Error('nvidia-smi hangs');
        return this.processes;
      },
      sampleGpus: (_periodMs, signal) => this.#samples(signal),
    };
  }

  async *#samples(signal: AbortSignal): AsyncGenerator<readonly GpuRow[]> {
    this.starts.push(this.#now());
    this.running += 1;
    const queue = new BoundedQueue<readonly GpuRow[] | Error>(16);
    this.#queue = queue;
    signal.addEventListener('abort', () => queue.end());
    try {
      for await (const next of queue) {
        if (next instanceof Error) throw next;
        yield next;
      }
      signal.throwIfAborted();
    } finally {
      this.running -= 1;
    }
  }
}

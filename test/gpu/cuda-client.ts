import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What a CUDA client says of itself once it has a context. */
export interface ReadyClient {
  readonly pid: number;
  readonly name: string;
  /** As many as it is shown: fewer than the card has where MPS bounds it. */
  readonly multiprocessors: number;
  readonly totalMib: number;
}

/** CUDA_ERROR_OUT_OF_MEMORY. */
export const outOfMemory = 2;
const answerMsMax = 120_000;
const endMsMax = 20_000;

type Said =
  | ({ readonly event: 'ready' } & ReadyClient)
  | { readonly event: 'allocated'; readonly mib: number; readonly error: number }
  | { readonly event: 'failed'; readonly call: string; readonly error: number | string };

/** A process that holds memory of a card until `end`; it speaks as `test/fixtures/cuda_client.py` says. */
export class CudaClient {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #exited: Promise<number | null>;
  #complaint = '';

  constructor(argv: readonly string[], env: Readonly<Record<string, string>>) {
    const [program = '', ...args] = argv;
    const { PATH = '' } = process.env;
    const child = spawn(program, args, { env: { PATH, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#exited = new Promise((resolve) => {
      child.once('exit', resolve);
      child.once('error', (error) => {
        this.#complaint += error.message;
        resolve(null);
      });
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-2_000);
    });
    // It may have failed already; what it said tells why.
    child.stdin.on('error', () => undefined);
  }

  async ready(): Promise<ReadyClient> {
    const said = await this.#next();
    if (said.event === 'ready') return said;
    throw new Error(`a CUDA client cannot begin: ${JSON.stringify(said)}`);
  }

  /** The driver's error number; 0: it has the memory. */
  async allocate(mib: number): Promise<number> {
    this.#child.stdin.write(`alloc ${mib}\n`);
    const said = await this.#next();
    if (said.event === 'allocated' && said.mib === mib) return said.error;
    throw new Error(`asked for ${mib} MiB, a CUDA client says ${JSON.stringify(said)}`);
  }

  /** Lets it end by itself, as MPS wants it; kills it when it does not. */
  async end(): Promise<number | null> {
    this.#child.stdin.end();
    const code = await within(this.#exited, endMsMax).catch(() => {
      this.#child.kill('SIGKILL');
      return this.#exited;
    });
    return code;
  }

  async #next(): Promise<Said> {
    const { done, value } = await within(this.#lines.next(), answerMsMax);
    if (done === true) {
      const code = await this.#exited;
      throw new Error(`a CUDA client ended with ${code ?? 'a signal'}: ${this.#complaint}`);
    }
    return JSON.parse(value) as Said;
  }
}

async function within<T>(task: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`a CUDA client gives no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([task, late]);
  } finally {
    clearTimeout(timer);
  }
}

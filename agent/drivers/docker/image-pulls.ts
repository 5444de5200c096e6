import type Docker from 'dockerode';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../../shared/platform/clock.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { dockerError, engineWords } from './docker-errors.ts';

export type PullState =
  | { readonly kind: 'pulling'; readonly detail: string }
  | { readonly kind: 'failed'; readonly error: AppError };

interface Pull {
  state: PullState;
  readonly done: Promise<void>;
}

/** No progress for so long: the registry or the network hangs. */
const inactivityMsMax = 120_000;
const progressLineMax = 64 * 1024;

/**
 * Image pulls in the background, one for each reference at a time.
 * Invariants: a pull is observed, never awaited by a round; a failure is told once and then forgotten, so that the
 * next request begins a new pull; `close` ends all of them and waits.
 */
export class ImagePulls {
  readonly #docker: Docker;
  readonly #clock: Clock;
  readonly #pulls = new Map<string, Pull>();
  readonly #closing = new AbortController();

  constructor(docker: Docker, clock: Clock) {
    this.#docker = docker;
    this.#clock = clock;
  }

  /** Begins a pull, or tells how the one under way is doing. Call it only for an image that is absent. */
  request(reference: string): PullState {
    const present = this.#pulls.get(reference);
    if (present !== undefined) {
      if (present.state.kind === 'failed') this.#pulls.delete(reference);
      return present.state;
    }
    const pull: Pull = {
      state: { kind: 'pulling', detail: `pulling ${reference}` },
      done: Promise.resolve(),
    };
    this.#pulls.set(reference, {
      ...pull,
      done: this.#run(reference, (state) => {
        const at = this.#pulls.get(reference);
        if (at !== undefined) at.state = state;
      }),
    });
    return pull.state;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the agent is stopping'));
    await Promise.all([...this.#pulls.values()].map((pull) => pull.done));
  }

  async #run(reference: string, tell: (state: PullState) => void): Promise<void> {
    const idle = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, idle.signal]);
    let lastMs = this.#clock.monotonicMs();
    const watchdog = this.#watch(() => lastMs, idle);
    try {
      const stream = await this.#docker.pull(reference, { abortSignal: signal });
      await readProgress(stream, (detail) => {
        lastMs = this.#clock.monotonicMs();
        tell({ kind: 'pulling', detail: `${reference}: ${detail}` });
      });
      this.#pulls.delete(reference);
    } catch (cause) {
      tell({ kind: 'failed', error: pullError(reference, cause, idle.signal.aborted) });
    } finally {
      idle.abort();
      await watchdog;
    }
  }

  async #watch(lastMs: () => number, idle: AbortController): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, idle.signal]);
    try {
      for (;;) {
        await this.#clock.sleep(inactivityMsMax / 8, signal);
        if (this.#clock.monotonicMs() - lastMs() > inactivityMsMax) {
          idle.abort(new Error(`no progress for ${inactivityMsMax / 1_000} s`));
          return;
        }
      }
    } catch {
      // The pull is over.
    }
  }
}

/**
 * Reads a pull's progress to its end; an error inside the stream is thrown. Not `followProgress`: it keeps every
 * line, and a line that is no JSON would end the process.
 */
async function readProgress(
  stream: NodeJS.ReadableStream,
  tell: (detail: string) => void,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.write(chunk);
    const lines = rest.split('\n');
    rest = (lines.pop() ?? '').slice(-progressLineMax);
    for (const line of lines) readProgressLine(line, tell);
  }
  readProgressLine(rest, tell);
}

/** One line of progress. Newer engines have no `error` text any more, only `errorDetail`. */
function readProgressLine(line: string, tell: (detail: string) => void): void {
  if (line.trim() === '') return;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return; // Progress is for people; the image is inspected afterwards.
  }
  if (typeof value !== 'object' || value === null) return;
  const error = 'error' in value ? value.error : undefined;
  const detail = 'errorDetail' in value ? value.errorDetail : undefined;
  if (typeof detail === 'object' && detail !== null && 'message' in detail) {
    throw new Error(String(detail.message));
  }
  if (typeof error === 'string') throw new Error(error);
  const id = 'id' in value && typeof value.id === 'string' ? `${value.id} ` : '';
  if ('status' in value && typeof value.status === 'string') tell(`${id}${value.status}`);
}

const refusedWords =
  /not found|manifest unknown|access denied|unauthorized|no such image|repository does not exist/i;

function pullError(reference: string, cause: unknown, idle: boolean): AppError {
  const words = engineWords(cause);
  const doing = `cannot pull ${reference}`;
  if (refusedWords.test(words)) {
    return new AppError('IMAGE_UNKNOWN', doing, {
      cause: new Error(words),
      hint: 'check the name and tag; from a registry that asks for a login, docker pull it here by hand first',
    });
  }
  if (idle) {
    return new AppError('DOCKER_REFUSED', doing, {
      cause: new Error('the registry sent nothing for two minutes'),
      hint: 'check the network between this host and the registry',
    });
  }
  // An error inside the stream has no status, and yet the engine is there.
  return words.includes('connect') && words.includes('docker.sock')
    ? dockerError(doing, cause)
    : new AppError('DOCKER_REFUSED', doing, { cause: new Error(words) });
}

import type { NodeName, ReplicaId } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { shortSignal } from '../../shared/platform/short-signal.ts';

export interface LogsQuestion {
  readonly id: number;
  readonly replica: ReplicaId;
  readonly tailLines: number;
}

export interface LogsAnswer {
  readonly id: number;
  readonly text: string;
  /** Empty: no error. */
  readonly error: string;
}

interface Waiting {
  readonly node: NodeName;
  readonly resolve: (text: string) => void;
  readonly reject: (error: AppError) => void;
}

const limits = { waitingMax: 64, timeoutMs: 10_000 } as const;

/**
 * Carries questions about a replica's output to its node's control stream, and the answers back.
 * Invariants: at most `waitingMax` questions wait; each ends by an answer, a time-out, an abort or its node's leaving.
 */
export class LogsDesk {
  readonly #clock: Clock;
  readonly #nodes = new Map<NodeName, (question: LogsQuestion) => void>();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A node's control stream is up. Answers how to take it away again. */
  connect(node: NodeName, send: (question: LogsQuestion) => void): () => void {
    this.#nodes.set(node, send);
    return () => {
      if (this.#nodes.get(node) !== send) return;
      this.#nodes.delete(node);
      for (const [id, waiting] of this.#waiting) {
        if (waiting.node === node) this.#finish(id)?.reject(away(node, 'left before it answered'));
      }
    };
  }

  answer(node: NodeName, answer: LogsAnswer): void {
    // A node speaks only of what it was asked itself.
    if (this.#waiting.get(answer.id)?.node !== node) return;
    const waiting = this.#finish(answer.id);
    if (answer.error === '') waiting?.resolve(answer.text);
    else {
      waiting?.reject(
        new AppError('REPLICA_UNKNOWN', `node ${node} has no such output: ${answer.error}`),
      );
    }
  }

  /** Throws AGENT_AWAY, LIMIT_REACHED, REPLICA_UNKNOWN. */
  async ask(
    node: NodeName,
    question: Omit<LogsQuestion, 'id'>,
    signal: AbortSignal,
  ): Promise<string> {
    const send = this.#nodes.get(node);
    if (send === undefined) throw away(node, 'is not connected');
    if (this.#waiting.size >= limits.waitingMax) {
      throw new AppError('LIMIT_REACHED', `${limits.waitingMax} questions for logs wait already`, {
        hint: 'try again in a moment',
      });
    }
    this.#lastId += 1;
    const id = this.#lastId;
    const patience = shortSignal(signal);
    const answered = new Promise<string>((resolve, reject) => {
      this.#waiting.set(id, { node, resolve, reject });
    });
    const timeout = this.#clock.sleep(limits.timeoutMs, patience.signal).then(
      () => this.#finish(id)?.reject(away(node, `did not answer in ${limits.timeoutMs / 1_000} s`)),
      () => this.#finish(id)?.reject(away(node, 'was not waited for')),
    );
    try {
      send({ id, ...question });
      return await answered;
    } finally {
      patience.end();
      await timeout;
    }
  }

  #finish(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

function away(node: NodeName, what: string): AppError {
  return new AppError('AGENT_AWAY', `node ${node} ${what}`, {
    hint: `see: tangram describe node ${node}`,
  });
}

import type { Txn } from '../../coordinator/store/store.ts';
import { generationCodec } from '../../coordinator/store/values.ts';
import type { NodeTarget } from '../../shared/domain/node-target.ts';
import { Records } from './records.ts';
import type { SimAgent } from './sim-agent.ts';

/** What epochs and generations promise: who commands, and that nothing old is obeyed. */
export class CommandRules {
  readonly #say: (rule: string, what: string) => void;
  readonly #generations = new Records('generations/', generationCodec);
  readonly #epochOf = new Map<number, string>();
  readonly #taken = new Map<string, { epoch: number; generation: number }>();
  readonly #contents = new Map<string, string>();

  constructor(say: (rule: string, what: string) => void) {
    this.#say = say;
  }

  /** After each transaction that the store did. */
  done(txn: Txn): void {
    for (const { key, before, after } of this.#generations.take(txn)) {
      if (before !== undefined && after !== undefined && after.generation <= before.generation) {
        this.#say('I6', `${key} goes from ${before.generation} to ${after.generation}`);
      }
    }
  }

  /** A coordinator's target has reached a node. */
  commanded(coordinator: string, epoch: number): void {
    const before = this.#epochOf.get(epoch);
    if (before === undefined) this.#epochOf.set(epoch, coordinator);
    else if (before !== coordinator) {
      this.#say('I6', `${before} and ${coordinator} both command in epoch ${epoch}`);
    }
  }

  /** An agent obeys a target from now on. */
  accepted(agent: SimAgent, target: NodeTarget): void {
    const { epoch, generation } = target;
    const last = this.#taken.get(agent.name);
    this.#taken.set(agent.name, { epoch, generation });
    const now = `${epoch}.${generation}`;
    if (last !== undefined) {
      const then = `${last.epoch}.${last.generation}`;
      if (epoch < last.epoch) this.#say('I6', `${agent.name} obeys ${now} after ${then}`);
      if (generation < last.generation) {
        this.#say('I6', `${agent.name} obeys generation ${now} after ${then}`);
      }
      if (epoch === last.epoch && generation === last.generation) {
        this.#say('I6', `${agent.name} takes ${now} twice`);
      }
    }
    const stored = this.#generations.rows.get(`generations/${agent.name}`)?.generation ?? 0;
    if (generation > stored) {
      this.#say(
        'I3',
        `${agent.name} obeys generation ${generation}, and the store knows ${stored}`,
      );
    }
    const content = JSON.stringify({ ...target, epoch: 0 });
    const key = `${agent.name}/${generation}`;
    const known = this.#contents.get(key);
    if (known === undefined) this.#contents.set(key, content);
    else if (known !== content) this.#say('I6', `${key} has two contents`);
  }

  /** The generation that the store holds for a host and that it does not obey yet; null: it does. */
  due(agent: SimAgent): number | null {
    const stored = this.#generations.rows.get(`generations/${agent.name}`)?.generation ?? 0;
    return stored > (this.#taken.get(agent.name)?.generation ?? 0) ? stored : null;
  }
}

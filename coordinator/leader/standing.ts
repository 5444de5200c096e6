import { AppError } from '../../shared/platform/errors.ts';

/** Who leads, as this coordinator knows it. */
export interface Standing {
  readonly leading: boolean;
  /** The term that it leads in, or the last one that it knows of; 0: none. */
  readonly epoch: number;
  /** `host:port` where callers reach the leader; null: not known. */
  readonly leader: string | null;
}

/** Where doors see who leads. */
export interface StandingSource {
  standing(): Standing;
  /** Called at once when it changes. Answers how to stop listening. */
  onStanding(listener: (standing: Standing) => void): () => void;
}

/** The standing of this moment, for everybody who must act on a change of it at once. */
export class StandingBoard implements StandingSource {
  readonly #listeners = new Set<(standing: Standing) => void>();
  #now: Standing = { leading: false, epoch: 0, leader: null };

  standing(): Standing {
    return this.#now;
  }

  set(standing: Standing): void {
    const { leading, epoch, leader } = this.#now;
    const same =
      leading === standing.leading && epoch === standing.epoch && leader === standing.leader;
    if (same) return;
    this.#now = standing;
    for (const listener of this.#listeners) listener(standing);
  }

  onStanding(listener: (standing: Standing) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** What a standby answers to whoever wants a leader. */
export function notLeader({ leader }: Standing): AppError {
  if (leader === null) {
    return new AppError('NOT_LEADER', 'this coordinator is a standby, and none is known to lead', {
      hint: 'ask again in a few seconds: the coordinators elect one',
    });
  }
  return new AppError('NOT_LEADER', `this coordinator is a standby; ${leader} leads`, {
    hint: `ask ${leader}`,
    facts: { leader },
  });
}

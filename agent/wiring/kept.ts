import type { Log } from '../../shared/platform/log.ts';
import type { AgentStore } from '../store/agent-store.ts';

/** What outlives every part: the log and the store. */
export interface Kept {
  readonly log: Log;
  readonly store: AgentStore;
}

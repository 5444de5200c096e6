import type { Log } from '../../shared/platform/log.ts';
import type { AgentStore } from '../store/agent-store.ts';

/** What outlives every part. */
export interface Kept {
  readonly log: Log;
  readonly store: AgentStore;
  /** Where the configuration was read; absolute. */
  readonly configFile: string;
}

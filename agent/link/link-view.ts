/** How the agent stands with its coordinator, for `agentctl`, metrics and logs. */
export interface LinkView {
  /** `host:port`. */
  readonly address: string;
  /** The coordinator has welcomed this agent, and is heard. */
  readonly connected: boolean;
  /** One line for people: since when, or why not. */
  readonly detail: string;
  readonly sessionsTotal: number;
  readonly batchesSentTotal: number;
  readonly batchesDroppedTotal: number;
}

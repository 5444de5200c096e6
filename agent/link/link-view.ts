/** How the agent stands with its coordinators, for `agentctl`, metrics and logs. */
export interface LinkView {
  /** `host:port` of the coordinator that leads; none does: of the first that is heard, or the first of all. */
  readonly address: string;
  /** A coordinator that leads has welcomed this agent, and is heard. */
  readonly connected: boolean;
  /** One line for people: since when, or why not. */
  readonly detail: string;
  readonly sessionsTotal: number;
  readonly batchesSentTotal: number;
  readonly batchesDroppedTotal: number;
  /** Every one that is configured, in that order. */
  readonly coordinators: readonly CoordinatorView[];
}

/** One coordinator as this agent sees it. */
export interface CoordinatorView {
  /** `host:port`. */
  readonly address: string;
  /** It has welcomed this agent, and is heard. */
  readonly connected: boolean;
  /** It says that it leads. */
  readonly leading: boolean;
  readonly detail: string;
}

/** One line's share of the whole. */
export interface LineView extends CoordinatorView {
  readonly sessionsTotal: number;
  readonly batchesSentTotal: number;
  readonly batchesDroppedTotal: number;
}

/** All lines as one; there is at least one. */
export function joinLines(lines: readonly LineView[]): LinkView {
  const leader = lines.find((line) => line.connected && line.leading);
  const shown = leader ?? lines.find((line) => line.connected) ?? lines[0];
  const sum = (of: (line: LineView) => number): number =>
    lines.reduce((total, line) => total + of(line), 0);
  return {
    address: shown?.address ?? '',
    connected: leader !== undefined,
    detail: shown?.detail ?? '',
    sessionsTotal: sum((line) => line.sessionsTotal),
    batchesSentTotal: sum((line) => line.batchesSentTotal),
    batchesDroppedTotal: sum((line) => line.batchesDroppedTotal),
    coordinators: lines.map(({ address, connected, leading, detail }) => ({
      address,
      connected,
      leading,
      detail,
    })),
  };
}

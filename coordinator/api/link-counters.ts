/** What the link counts for `/metrics`; only ever grows. */
export interface LinkCounters {
  sessionsTotal: number;
  /** Reports that were refused because they could not be read. */
  rejectedTotal: number;
  /** Batches of samples that were dropped unread because the coordinator was behind. */
  telemetryShedTotal: number;
}

export function createLinkCounters(): LinkCounters {
  return { sessionsTotal: 0, rejectedTotal: 0, telemetryShedTotal: 0 };
}

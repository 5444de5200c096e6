import type { GuardCounts } from '../access/guard.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { MetricRow } from './metric-row.ts';

/** What the doors say of who came. */
export interface AccessSource {
  readonly audit: Pick<AuditLog, 'head'>;
  /** undefined: the doors are not open yet. */
  readonly calls: () => GuardCounts | undefined;
}

/** Who came, and the newest record of the audit log with its hash: kept elsewhere it proves what came before. */
export function accessRows({ audit, calls }: AccessSource): readonly MetricRow[] {
  const { number, hash } = audit.head;
  const head: MetricRow = {
    name: 'tangram_audit_head',
    help: 'Number of the newest record of the audit log; the label is its hash.',
    type: 'gauge',
    label: 'hash',
    values: { [hash]: number },
  };
  const counts = calls();
  if (counts === undefined) return [head];
  const { live, ...outcomes } = counts;
  return [
    head,
    {
      name: 'tangram_calls_total',
      help: 'Calls of the API and of agents, by what became of them at the door.',
      type: 'counter',
      label: 'outcome',
      values: outcomes,
    },
    {
      name: 'tangram_calls_live',
      help: 'Calls and streams that are open.',
      type: 'gauge',
      label: null,
      values: { '': live },
    },
  ];
}

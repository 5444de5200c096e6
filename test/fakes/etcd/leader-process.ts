import { createInterface } from 'node:readline';
import { openEtcdStore } from '../../../coordinator/store/etcd/etcd-store.ts';
import { systemClock } from '../../../shared/platform/clock.ts';
import { isAppError } from '../../../shared/platform/errors.ts';
import { silentLog } from '../../../shared/platform/log.ts';

/**
 * A process that leads, for tests that stop or kill it. Arguments: prefix, endpoints… It says `leads EPOCH` once elected,
 * and answers each line on standard input with the outcome of one fenced write.
 */
const [prefix = '/t', ...endpoints] = process.argv.slice(2);
const store = await openEtcdStore({
  endpoints,
  prefix,
  tls: null,
  leaseTtlMs: 2_000,
  clock: systemClock,
  log: silentLog,
});
const term = await store.lead('main', { holder: 'child' });
const fenced = store.fenced(term);
process.stdout.write(`leads ${term.epoch}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const put = { op: 'put', key: 'by-child', value: new TextEncoder().encode(line) } as const;
  const outcome = await fenced.txn({ if: [], do: [put] }).then(
    () => 'written',
    (error: unknown) => (isAppError(error) ? error.code : 'failed'),
  );
  process.stdout.write(`${outcome} lost=${String(term.lost.aborted)}\n`);
}
await store.close();

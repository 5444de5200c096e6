import { systemClock } from '../../../shared/platform/clock.ts';
import type { BenchRow } from '../bench-row.ts';
import { pause } from '../measured-process.ts';

const scrapes = 5;
const calmMs = 1_000;
const targets = { scrapeMs: 1_000, waitMs: 50 } as const;

/** How long `/metrics` takes, and for how long it keeps others waiting, at the address `http`. */
export async function scrapeRows(http: string, what: string): Promise<readonly BenchRow[]> {
  const calm = await longestWait(http, async () => pause(calmMs));
  const took: number[] = [];
  const waits: number[] = [];
  for (let at = 0; at < scrapes; at += 1) {
    const beganMs = systemClock.monotonicMs();
    waits.push(await longestWait(http, async () => ask(http, '/metrics')));
    took.push(systemClock.monotonicMs() - beganMs);
  }
  return [
    {
      metric: `longest of ${scrapes} scrapes of /metrics, ${what}`,
      value: Math.max(...took),
      unit: 'ms',
      yardstick: 'rendered in slices of 8 ms',
      target: `<= ${targets.scrapeMs}`,
      ok: Math.max(...took) <= targets.scrapeMs,
    },
    {
      metric: `longest wait of another call meanwhile, ${what}`,
      value: Math.max(...waits),
      unit: 'ms',
      yardstick: `${calm.toFixed(1)} without a scrape`,
      target: `<= ${targets.waitMs}`,
      ok: Math.max(...waits) <= targets.waitMs,
    },
  ];
}

/** The longest that an answer which needs no work took, asked for again and again until `task` is over. */
async function longestWait(http: string, task: () => Promise<void>): Promise<number> {
  const over = new AbortController();
  const done = task().finally(() => over.abort());
  let longest = 0;
  while (!over.signal.aborted) {
    const beganMs = systemClock.monotonicMs();
    await ask(http, '/healthz');
    longest = Math.max(longest, systemClock.monotonicMs() - beganMs);
  }
  await done;
  return longest;
}

async function ask(http: string, path: string): Promise<void> {
  const answer = await fetch(`http://${http}${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  await answer.text();
}

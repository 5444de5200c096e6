import { expect, test } from 'vitest';
import {
  failuresToUnhealthy,
  healthyPeriodMs,
  Prober,
} from '../../../../agent/reconcile/prober.ts';
import { probeHealth, type HttpGet } from '../../../../agent/reconcile/probe.ts';
import { replicaId } from '../../../fakes/agent/fake-core.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const run = { replica: replicaId, runtimeId: 'run-1', address: '127.0.0.1:9', path: '/healthz' };

test.for([
  { name: '200', get: () => Promise.resolve({ status: 200 }), want: { healthy: true } },
  { name: 'a redirect', get: () => Promise.resolve({ status: 302 }), want: { healthy: true } },
  {
    name: '503',
    get: () => Promise.resolve({ status: 503 }),
    want: { healthy: false, reason: '/healthz answers 503' },
  },
  {
    name: 'nothing',
    get: () => Promise.reject(new Error('connection refused')),
    want: { healthy: false, reason: '/healthz does not answer: connection refused' },
  },
])('a probe that finds $name', async ({ get, want }) => {
  expect(await probeHealth(get, run, new AbortController().signal)).toEqual(want);
});

function proberWith(httpGet: HttpGet) {
  const clock = new ManualClock();
  const changes: number[] = [];
  const onChange = (): void => {
    changes.push(clock.monotonicMs());
  };
  return { clock, changes, prober: new Prober({ clock, httpGet, onChange }) };
}

test('asks often until the first healthy answer, then rarely', async () => {
  const asked: number[] = [];
  const { clock, changes, prober } = proberWith(() => {
    asked.push(clock.monotonicMs());
    return Promise.resolve({ status: clock.monotonicMs() < 1_500 ? 503 : 200 });
  });
  prober.follow([run], new AbortController().signal);
  await clock.advance(12_000);
  expect(asked).toEqual([0, 250, 750, 1_500, 6_500, 11_500]);
  expect(changes).toEqual([0, 1_500]);
  expect(prober.state('run-1')).toEqual({ healthy: true, reason: '' });
  await prober.close();
});

test('one lost answer does not make a run unhealthy, three do', async () => {
  let status = 200;
  const { clock, prober } = proberWith(() => Promise.resolve({ status }));
  prober.follow([run], new AbortController().signal);
  await clock.advance(100);
  status = 500;
  await clock.advance(healthyPeriodMs);
  expect(prober.state('run-1')?.healthy).toBe(true);
  await clock.advance(250 * failuresToUnhealthy);
  expect(prober.state('run-1')).toEqual({ healthy: false, reason: '/healthz answers 500' });
  expect(prober.healthyRuns()).toEqual(new Set());
  status = 200;
  await clock.advance(2_000);
  expect(prober.healthyRuns()).toEqual(new Set(['run-1']));
  await prober.close();
});

test('a run that is no longer followed is not asked, and a new run is asked anew', async () => {
  let asked = 0;
  const { clock, prober } = proberWith(() => {
    asked += 1;
    return Promise.resolve({ status: 200 });
  });
  const signal = new AbortController().signal;
  prober.follow([run], signal);
  await clock.advance(0);
  prober.follow([], signal);
  await clock.advance(60_000);
  expect(asked).toBe(1);
  expect(prober.state('run-1')).toBeUndefined();
  prober.follow([{ ...run, runtimeId: 'run-2' }], signal);
  await prober.askedOnce();
  expect(prober.state('run-2')?.healthy).toBe(true);
  await prober.close();
});

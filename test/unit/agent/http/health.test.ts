import { expect, test } from 'vitest';
import { checkHealth, renderHealth } from '../../../../agent/http/health.ts';
import { createHttpServer, listenHttp } from '../../../../agent/http/server.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { FakeCore } from '../../../fakes/agent/fake-core.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

function wellCore(clock: ManualClock): FakeCore {
  const core = new FakeCore();
  core.round = {
    outcome: 'converged',
    startedAtMs: clock.wallMs(),
    durationMs: 10,
    steps: [],
    blindParts: [],
    refusal: null,
  };
  core.numbers = { ...core.numbers, drivers: { host: { success: true, durationMs: 3 } } };
  return core;
}

test('every check has one line and says what it found', () => {
  const clock = new ManualClock();
  expect(renderHealth(checkHealth({ core: wellCore(clock), clock, sampler: null }))).toBe(
    'ok loop: last round converged, 0 s ago\nok store: readable\nok driver host: answered in 3 ms\n',
  );
});

test('a driver that does not answer comes first and fails the whole', () => {
  const clock = new ManualClock();
  const core = wellCore(clock);
  core.numbers = { ...core.numbers, drivers: { 'nvidia-smi': { success: false, durationMs: 9 } } };
  expect(renderHealth(checkHealth({ core, clock, sampler: null })).split('\n')[0]).toBe(
    'FAILED driver nvidia-smi: does not answer',
  );
});

test('a loop that has not turned for minutes is stuck', async () => {
  const clock = new ManualClock();
  const core = wellCore(clock);
  await clock.advance(121_000);
  expect(checkHealth({ core, clock, sampler: null })[0]).toEqual({
    name: 'loop',
    ok: false,
    detail: 'last round converged, 121 s ago',
  });
});

test('an unreadable store fails with its reason', () => {
  const clock = new ManualClock();
  const core = wellCore(clock);
  core.events = () => {
    throw new Error('disk I/O error');
  };
  expect(checkHealth({ core, clock, sampler: null })[1]).toEqual({
    name: 'store',
    ok: false,
    detail: 'disk I/O error',
  });
});

function server(ok: boolean) {
  return createHttpServer({
    metrics: { contentType: 'text/plain; version=0.0.4', render: async () => 'x 1\n' },
    dcgmPage: async () => 'DCGM_FI_DEV_GPU_TEMP{gpu="0"} 40\n',
    health: () => [{ name: 'loop', ok, detail: 'said' }],
    sampler: null,
    log: silentLog,
  });
}

test('/healthz answers 200 or 503, /metrics the page, /samples what it lacks', async () => {
  const well = server(true);
  expect((await well.inject('/healthz')).statusCode).toBe(200);
  expect((await well.inject('/metrics')).body).toBe('x 1\n');
  const samples = await well.inject('/samples?gpu=GPU-1');
  expect([samples.statusCode, samples.json().code]).toEqual([404, 'GPU_UNKNOWN']);
  const ill = await server(false).inject('/healthz');
  expect([ill.statusCode, ill.body]).toEqual([503, 'FAILED loop: said\n']);
});

test('a taken port is named', async () => {
  const first = server(true);
  const address = await listenHttp(first, { host: '127.0.0.1', port: 0 });
  const port = Number(address.split(':')[1]);
  const second = server(true);
  await expect(listenHttp(second, { host: '127.0.0.1', port })).rejects.toThrow(
    `cannot listen on ${address}`,
  );
  await Promise.all([first.close(), second.close()]);
});

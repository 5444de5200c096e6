import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLinkCounters } from '../../coordinator/api/link-counters.ts';
import { startApiServer, type ApiServer } from '../../coordinator/api/server.ts';
import { connectCoordinator, type CoordinatorClient } from '../../coordinator/cli/client.ts';
import { openDecisionLog, type DecisionLog } from '../../coordinator/store/decision-log.ts';
import { openTelemetry } from '../../coordinator/telemetry/telemetry.ts';
import { open } from '../../shared/placement/open.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import { silentLog } from '../../shared/platform/log.ts';
import { FakeCore } from '../fakes/coordinator/fake-core.ts';
import { noSnapshots } from '../fakes/coordinator/no-snapshots.ts';
import { openAccessTo } from '../fakes/coordinator/open-access.ts';

let server: ApiServer;
let decisionLog: DecisionLog;
let client: CoordinatorClient;

beforeEach(async () => {
  decisionLog = openDecisionLog(':memory:', { rowsMax: 100 });
  const core = new FakeCore();
  server = await startApiServer('127.0.0.1:0', {
    core,
    access: await openAccessTo(core),
    decisionLog,
    open,
    telemetry: openTelemetry(':memory:', { clock: systemClock, log: silentLog }),
    snapshots: noSnapshots,
    counters: createLinkCounters(),
    clock: systemClock,
    log: silentLog,
    version: '0.1.0',
    heartbeatMs: 200,
  });
  client = connectCoordinator(server.address, () => new Date(Date.now() + 20_000));
});

afterEach(async () => {
  client.close();
  await server.stop();
  decisionLog.close();
});

test.for([
  {
    name: 'a plan id that is none',
    ask: () => client.applyPlan('no id'),
    code: 'REQUEST_INVALID',
    says: 'plan: "no id" is no plan id',
  },
  {
    name: 'a plan that nobody keeps',
    ask: () => client.applyPlan('plan-x'),
    code: 'PLAN_UNKNOWN',
    says: 'no plan plan-x is kept',
  },
  {
    name: 'a change id that is none',
    ask: () => client.getChange(''),
    code: 'REQUEST_INVALID',
    says: 'change: "" is no change id',
  },
  {
    name: 'a change that never was',
    ask: () => client.getChange('change-x'),
    code: 'CHANGE_UNKNOWN',
    says: 'there is no change "change-x"',
  },
  {
    name: 'an abort of a change that never was',
    ask: () => client.abortChange('change-x'),
    code: 'CHANGE_UNKNOWN',
    says: 'there is no change change-x',
  },
  {
    name: 'a budget below nothing',
    ask: () => client.planDefrag({ interruptionMs: -1 }),
    code: 'REQUEST_INVALID',
    says: 'budget.interruption_ms: -1 is out of range',
  },
  {
    name: 'a budget of years',
    ask: () => client.planDefrag({ interruptionMs: 1e14 }),
    code: 'REQUEST_INVALID',
    says: 'give 0 to 86400000 milliseconds',
  },
])('$name is refused in one line', async ({ ask, code, says }) => {
  await expect(ask()).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
});

test('no changes are an empty list, and a plan without stages is no error', async () => {
  expect(await client.listChanges()).toEqual([]);
  expect(await client.planDefrag({})).toMatchObject({
    kind: 'defrag',
    stages: [],
    cards: [],
    fitsIf: '',
    expiresAtMs: '0',
  });
});

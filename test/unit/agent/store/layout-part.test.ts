import { expect, test } from 'vitest';
import { openAgentStore } from '../../../../agent/store/sqlite-store.ts';
import { parseBootId, parseReplicaId } from '../../../../shared/domain/ids.ts';
import type { LayoutChange } from '../../../../shared/domain/mig-layout.ts';
import { gpu } from '../../../fakes/agent/card-now.ts';
import { must } from '../../../fakes/agent/fake-core.ts';

const bootId = must(parseBootId('boot-1'));
const instance = { giProfileId: 9, start: 4, profile: '3g.20gb', compute: null };
const change: Omit<LayoutChange, 'id'> = {
  gpu,
  bootId,
  startedAtMs: 5,
  origin: 'apply',
  planId: 'p',
  before: { migEnabled: true, instances: [{ ...instance, compute: ['1c.3g.20gb'] }] },
  kept: [{ giProfileId: 9, start: 4, gpuInstanceId: 1, uuid: null }],
  steps: [
    { kind: 'stop-replica', replica: must(parseReplicaId('vad-1')) },
    { kind: 'destroy', instance },
    { kind: 'set-mode', enabled: false },
    { kind: 'create', instance },
  ],
  cursor: 0,
  begun: false,
  reset: 'untried',
  failures: 0,
  dcgmStopped: false,
  state: 'running',
  detail: '',
};

test('a change is open until it is over, and until DCGM runs again', () => {
  const store = openAgentStore(':memory:');
  const id = store.beginLayoutChange(change);
  expect(store.openLayoutChanges()).toEqual([{ id, ...change }]);
  store.saveLayoutChange({ ...change, id, state: 'done', dcgmStopped: true });
  expect(store.openLayoutChanges()).toMatchObject([{ state: 'done' }]);
  store.saveLayoutChange({ ...change, id, state: 'done' });
  expect(store.openLayoutChanges()).toEqual([]);
  expect(store.lastLayoutChange(gpu)).toEqual({ ...change, id, state: 'done' });
  store.close();
});

test('old changes are forgotten, open ones never', () => {
  const store = openAgentStore(':memory:');
  const open = store.beginLayoutChange(change);
  for (let count = 0; count < 500; count += 1) {
    store.beginLayoutChange({ ...change, state: 'undone', detail: String(count) });
  }
  expect(store.openLayoutChanges().map((each) => each.id)).toEqual([open]);
  expect(store.lastLayoutChange(gpu)?.detail).toBe('499');
  store.close();
});

test('a recorded layout is one a card, and can be forgotten', () => {
  const store = openAgentStore(':memory:');
  const shape = { migEnabled: true, instances: [instance] };
  store.saveRecordedLayout({ gpu, bootId, shape });
  store.saveRecordedLayout({ gpu, bootId, shape: { migEnabled: true, instances: [] } });
  expect(store.recordedLayouts()).toEqual([
    { gpu, bootId, shape: { migEnabled: true, instances: [] } },
  ]);
  store.removeRecordedLayout(gpu);
  expect(store.recordedLayouts()).toEqual([]);
  store.close();
});

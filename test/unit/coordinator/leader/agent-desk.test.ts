import { expect, test } from 'vitest';
import { AgentDesk } from '../../../../coordinator/leader/agent-desk.ts';
import { parseBootId, parseClusterId } from '../../../../shared/domain/ids.ts';
import { silentLog } from '../../../../shared/platform/log.ts';
import { gpuInventory, inventoryOf, must } from '../../../fakes/agent/fake-core.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const agent = { clusterId: null, epochSeen: 0 };
const send = (): void => undefined;

function booted(boot: string) {
  return { ...inventoryOf([gpuInventory()]), bootId: must(parseBootId(boot)) };
}

function deskAt(clock: ManualClock): AgentDesk {
  const clusterId = must(parseClusterId('cluster-1'));
  return new AgentDesk({ clusterId, clock, log: silentLog, suspectAfterMs: 1_800 });
}

test('an agent whose stream was replaced by one that it dialled earlier must dial anew, and is heard then', () => {
  const desk = deskAt(new ManualClock());
  const living = desk.open(booted('after'), agent, send);
  living.heartbeat();
  const late = desk.open(booted('before'), agent, send);
  late.closed('the connection broke');
  expect(() => living.heartbeat()).toThrow('a newer stream speaks for node');
  living.closed('refused');
  const again = desk.open(booted('after'), agent, send);
  again.heartbeat();
  expect(desk.inventories().map(({ bootId }) => bootId)).toEqual(['after']);
});

test('a second agent of the same boot is refused while the first speaks, and takes over once it is silent', async () => {
  const clock = new ManualClock();
  const desk = deskAt(clock);
  const first = desk.open(booted('one'), agent, send);
  expect(() => desk.open(booted('one'), agent, send)).toThrow('another agent speaks for node');
  first.heartbeat();
  await clock.advance(1_800);
  const second = desk.open(booted('one'), agent, send);
  first.closed('the connection broke');
  second.heartbeat();
  expect(desk.inventories()).toHaveLength(1);
});

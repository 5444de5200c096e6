import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs, realCaptures } from '../../../setup/needs.ts';
import { answerMps, type MpsWorld } from '../../../../agent/simulator/mps-control/commands.ts';

const captures = process.env['TANGRAM_CAPTURES'];

const empty: MpsWorld = {
  major: 550,
  server: undefined,
  defaults: { activeThreadPercentage: 100, pinnedMemory: new Map(), clientPriority: 0 },
  gpu: 'GPU-215de323-0c15-4775-9e72-c3aa57fb3680',
  card: { name: 'NVIDIA L40S', busId: '00000000:07:00.0' },
};
const busy: MpsWorld = {
  ...empty,
  server: {
    pid: 50,
    uid: 1000,
    status: 'ACTIVE',
    activeThreadPercentage: 40,
    pinnedMemory: new Map([['0', '2G']]),
    clients: [
      { pid: 61, uid: 1000, name: 'node' },
      { pid: 62, uid: 1000, name: 'python' },
    ],
  },
};

const faulty: MpsWorld = {
  ...busy,
  server: {
    pid: 50,
    uid: 1000,
    status: 'FAULT',
    activeThreadPercentage: 40,
    pinnedMemory: new Map(),
    clients: [],
  },
};

test.for([
  { line: 'get_server_list', world: empty, lines: [] },
  { line: 'get_server_list', world: busy, lines: ['50'] },
  { line: 'get_server_status 50', world: busy, lines: ['ACTIVE'] },
  { line: 'get_server_status 51', world: busy, lines: ['Server 51 not found'] },
  { line: 'get_client_list 50', world: busy, lines: ['61', '62'] },
  { line: 'get_client_list 123', world: empty, lines: ['Server 123 not found'] },
  { line: 'get_device_client_list', world: busy, lines: ['GPU-215de323-0c15-4775:', '61', '62'] },
  { line: 'get_active_thread_percentage 50', world: busy, lines: ['40.0'] },
  { line: 'get_device_pinned_mem_limit 50 0', world: busy, lines: ['2G'] },
  { line: 'get_device_pinned_mem_limit 50 1', world: busy, lines: [] },
  { line: 'get_device_pinned_mem_limit 51 0', world: busy, lines: ['Server 51 not found'] },
  { line: 'set_device_pinned_mem_limit 51 0 1G', world: busy, lines: ['Server 51 not found'] },
  { line: 'ps', world: empty, lines: ['Server not found'] },
  { line: 'ps -p 3', world: empty, lines: ['Server 3 not found', 'Server 3 not found', ''] },
  {
    line: 'ps',
    world: busy,
    lines: [
      'PID       ID        SERVER         DEVICE                                       NAMESPACE      COMMAND        ',
      '61        0         50             GPU-215de323-0c15-4775-9e72-c3aa57fb3680     4026531836     node           ',
      '62        1         50             GPU-215de323-0c15-4775-9e72-c3aa57fb3680     4026531836     python         ',
    ],
  },
  { line: 'get_server_status', world: busy, lines: ['A server PID is required'] },
  { line: 'get_server_status 50', world: faulty, lines: ['FAULT'] },
  { line: 'get_device_client_list 5', world: busy, lines: ['Server 5 not found'] },
  { line: 'get_default_client_priority', world: empty, lines: ['0'] },
  {
    line: 'set_default_client_priority 7',
    world: empty,
    lines: ['Invalid priority value - must be 0 or 1!'],
  },
  {
    line: 'start_server -uid abc',
    world: empty,
    lines: ['A user id (UID) is required to start a new server'],
  },
  { line: 'shutdown_server', world: empty, lines: ['Server 0 not found'] },
  { line: 'device_query', world: busy, lines: ['Unknown command "device_query"'] },
  {
    line: 'device_query --csv',
    world: { ...busy, major: 580 },
    lines: [
      'Device Ordinal,PCI ID,UUID,Name',
      '0,00000000:07:00.0,GPU-215de323-0c15-4775-9e72-c3aa57fb3680,NVIDIA L40S',
    ],
  },
  {
    line: 'terminate_client 1 2',
    world: empty,
    lines: ['Server 1 not found', 'Server 1 not found!', '1'],
  },
  { line: 'bogus', world: empty, lines: ['Unknown command "bogus"'] },
])('$line', ({ line, world, lines }) => {
  expect(answerMps(line, world)).toMatchObject({ lines, effect: { kind: 'none' } });
});

test('a good percentage is echoed and kept; a bad one answers the old value', () => {
  expect(answerMps('set_default_active_thread_percentage 40', empty)).toEqual({
    lines: ['40.0'],
    logged: ['40.0'],
    effect: { kind: 'defaults', defaults: { ...empty.defaults, activeThreadPercentage: 40 } },
  });
  expect(answerMps('set_default_active_thread_percentage 400', empty)).toEqual({
    lines: ['100.0'],
    logged: ['Invalid percentage, expected between (0.0, 100.0]', '100.0'],
    effect: { kind: 'none' },
  });
});

test.for([
  { set: '2G', read: ['2G'] },
  { set: '1044M', read: ['1G'] },
  { set: '512M', read: ['512M'] },
  { set: 'much', read: [] },
])('a pinned-memory limit of $set reads back as $read', ({ set, read }) => {
  const { effect, lines } = answerMps(`set_default_device_pinned_mem_limit 0 ${set}`, empty);
  expect(lines).toEqual([]);
  const defaults = effect.kind === 'defaults' ? effect.defaults : empty.defaults;
  expect(answerMps('get_default_device_pinned_mem_limit 0', { ...empty, defaults }).lines).toEqual(
    read,
  );
});

test("a server's own limit is kept apart from the default", () => {
  expect(answerMps('set_device_pinned_mem_limit 50 0 512M', busy)).toEqual({
    lines: [],
    logged: [],
    effect: { kind: 'server-pinned', pinnedMemory: new Map([['0', '512M']]) },
  });
});

test.for([
  { line: 'quit', waitMs: undefined },
  { line: 'quit -t 5', waitMs: 5_000 },
])('$line', ({ line, waitMs }) => {
  expect(answerMps(line, empty).effect).toEqual({ kind: 'quit', waitMs });
});

test.for([
  { file: 'get-server-list', line: 'get_server_list' },
  { file: 'ps', line: 'ps' },
  { file: 'get-default-pct', line: 'get_default_active_thread_percentage' },
  { file: 'set-default-pct-40', line: 'set_default_active_thread_percentage 40' },
  { file: 'get-pct-noserver', line: 'get_active_thread_percentage 123' },
  { file: 'get-client-list-noserver', line: 'get_client_list 123' },
  { file: 'set-pinned', line: 'set_default_device_pinned_mem_limit 0 2G' },
  { file: 'get-server-status-noserver', line: 'get_server_status 123' },
  { file: 'device-client-list', line: 'get_device_client_list' },
  { file: 'terminate-client-noserver', line: 'terminate_client 1 2' },
  { file: 'quit-bad', line: 'shutdown_server 123' },
  { file: 'bogus', line: 'bogus' },
])('$line answers as the real daemons of 470 and 550', ({ file, line }, context) => {
  needs(context, 'captures', realCaptures);
  for (const driver of ['470.256.02', '550.163.01']) {
    const real = readFileSync(join(captures ?? '', `mps/${file}-${driver}.txt`), 'utf8');
    const said = answerMps(line, { ...empty, major: Number(driver.slice(0, 3)) }).lines;
    expect(said.map((each) => `${each}\n`).join('')).toBe(real);
  }
});

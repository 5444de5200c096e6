import { expect, test } from 'vitest';
import { mpsLogFormat, parseMpsLogLine } from '../../../../agent/formats/mps/mps-log.ts';
import { mpsReplyFormat } from '../../../../agent/formats/mps/mps-reply.ts';

const facts = [
  ['Control', 'NEW CLIENT 11801 from user 1000: Server is not ready, push client to pending list', { type: 'new-client', client: 11801, user: 1000, pending: true }],
  ['Control', 'NEW CLIENT 11801 from user 1000: Server already exists', { type: 'new-client', client: 11801, user: 1000, pending: false }],
  ['Control', 'Starting new server 11803 for user 1000', { type: 'server-starting', server: 11803, user: 1000 }],
  ['Control', 'NEW SERVER 11803: Ready', { type: 'server-ready', server: 11803 }],
  ['Control', 'Server 11803 exited with status 1', { type: 'server-exited', server: 11803, status: 1 }],
  ['Control', 'Cmd:get_server_list', { type: 'command', command: 'get_server_list' }],
  ['Control', 'Invalid percentage, expected between (0.0, 100.0]', { type: 'refused-value', reason: 'Invalid percentage, expected between (0.0, 100.0]' }],
  ['Control', 'User did not send valid credentials', { type: 'connection' }],
  ['Server', 'Client process disconnected', { type: 'client-disconnected' }],
  ['Server', 'Active Threads Percentage set to 33.0', { type: 'limit-set', limit: 'active-thread-percentage', value: 33 }],
  ['Server', 'Device pinned memory limit for device 0 set to 0x140000000 bytes', { type: 'limit-set', limit: 'device-pinned-memory', value: 5_368_709_120 }],
  ['Server', 'Server encountered a fatal exception. Shutting down', { type: 'fault', reason: 'Server encountered a fatal exception. Shutting down' }],
  ['Legacy Server', 'Volta MPS Server: Failed to start : no device', { type: 'fault', reason: 'Failed to start : no device' }],
  ['Other', 'Using log directory: /x', { type: 'other' }],
] as const; // prettier-ignore
test.for(facts)('%s says %s', ([writer, text, fact]) => {
  expect(parseMpsLogLine(`[2026-04-28 18:20:41.699 ${writer}    3511] ${text}`)).toMatchObject({
    at: '2026-04-28 18:20:41.699',
    writer,
    pid: 3511,
    ...fact,
  });
});

test('lines of no known form are kept', () => {
  const read = mpsLogFormat.parse(
    'cut by a rotation\n[2026-04-28 18:20:41.699 Control 1] UI closed\n',
  );
  expect(read).toMatchObject({ ok: true, value: { unknownLines: ['cut by a rotation'] } });
  expect(mpsLogFormat.parse('nothing of it\n').ok).toBe(false);
});

const replies = [
  ['', { reply: 'empty' }],
  ['\n', { reply: 'empty' }],
  ['40.0\n', { reply: 'percent', percent: 40 }],
  ['2G\n', { reply: 'memory', mib: 2048 }],
  ['1044M\n', { reply: 'memory', mib: 1044 }],
  ['4711\n', { reply: 'pids', pids: [4711] }],
  ['4711\n4712\n', { reply: 'pids', pids: [4711, 4712] }],
  ['ACTIVE\n', { reply: 'server-status', status: 'ACTIVE' }],
  ['FAULT\n', { reply: 'server-status', status: 'FAULT' }],
] as const;
test.for(replies)('the reply %j', ([text, value]) => {
  expect(mpsReplyFormat.parse(text)).toEqual({ ok: true, value });
});

test('ps names the clients of every server', () => {
  const text =
    'PID       ID    SERVER  DEVICE  NAMESPACE  COMMAND\n9741      0     6472    GPU-cb1213a3-d6a4-be7f  4026531836  ./nbody -benchmark\n';
  expect(mpsReplyFormat.recognises(text)).toBe(true);
  expect(mpsReplyFormat.parse(text)).toEqual({
    ok: true,
    value: {
      reply: 'table',
      columns: ['PID', 'ID', 'SERVER', 'DEVICE', 'NAMESPACE', 'COMMAND'],
      rows: [
        {
          PID: '9741',
          ID: '0',
          SERVER: '6472',
          DEVICE: 'GPU-cb1213a3-d6a4-be7f',
          NAMESPACE: '4026531836',
          COMMAND: './nbody -benchmark',
        },
      ],
    },
  });
});

const refused = [
  ['Server 123 not found\n', 'MPS_NOT_FOUND'],
  ['Server not found\n', 'MPS_NOT_FOUND'],
  ['Unknown command "ps"\n', 'MPS_UNKNOWN_COMMAND'],
  ['Cannot find MPS control daemon process\n', 'MPS_DAEMON_AWAY'],
  ['Cannot access CUDA_MPS_PIPE_DIRECTORY=/nonexistent/x\n', 'MPS_DIRECTORY'],
  ['An instance of this daemon is already running\n', 'MPS_ALREADY_RUNNING'],
] as const;
test.for(refused)('%s is a refusal', ([text, code]) => {
  expect(mpsReplyFormat.recognises(text)).toBe(true);
  expect(mpsReplyFormat.parse(text)).toMatchObject({ ok: false, problem: { code } });
});

test('rubbish is no reply', () => {
  expect(mpsReplyFormat.parse('hello\n')).toMatchObject({ problem: { code: 'UNREADABLE' } });
});

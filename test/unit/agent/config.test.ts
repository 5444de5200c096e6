import { expect, test } from 'vitest';
import { z } from 'zod';
import { agentConfigSchema, parseAgentConfig } from '../../../agent/config.ts';
import { defaultPolicy } from '../../../agent/policy/policy.ts';

test('an empty file is a complete configuration that only observes', () => {
  expect(parseAgentConfig('node: n1', '/etc/tangram/agent.yaml')).toEqual({
    node: 'n1',
    coordinator: [],
    tls: 'on',
    stateDir: '/var/lib/tangram/agent',
    socket: '/run/tangram/agent.sock',
    http: { text: '127.0.0.1:9420', host: '127.0.0.1', port: 9420 },
    authority: 'observe',
    gpuAuthority: {},
    dcgm: {
      enabled: true,
      command: ['dcgmi'],
      stopCommands: [['systemctl', 'stop', 'nvidia-dcgm.service']],
      startCommands: [['systemctl', 'start', '--no-block', 'nvidia-dcgm.service']],
    },
    cdi: { refresh: 'none' },
    nvidiaSmi: { enabled: true, command: ['nvidia-smi'], timeout: 30_000 },
    mps: {
      enabled: true,
      controlCommand: ['nvidia-cuda-mps-control'],
      dir: '/run/tangram/mps',
      computeMode: 'exclusive',
      multiUser: false,
      shm: 'host',
    },
    health: { xid: {}, kernelLog: 'auto', autoReset: 'never' },
    docker: { enabled: true, socket: '/var/run/docker.sock' },
    runtime: 'auto',
    policy: defaultPolicy,
    stopGrace: 10_000,
    gpu: { handout: 'toolkit' },
    labels: {},
    telemetry: { interval: 1_000, details: 60_000 },
    log: { level: 'info' },
  });
});

test('relative paths are seen from the directory of the file', () => {
  const config = parseAgentConfig(
    'node: n1\nstateDir: state\nsocket: ./a.sock\nreadyFile: r.json',
    '/srv/x.yaml',
  );
  expect([config.stateDir, config.socket, config.readyFile]).toEqual([
    '/srv/state',
    '/srv/a.sock',
    '/srv/r.json',
  ]);
});

test('what is done about an Xid is said by its number, and a log by its path', () => {
  const text = 'node: n1\nhealth: { xid: { 63: ignore, 109: restart-app }, kernelLog: kern.log }';
  expect(parseAgentConfig(text, '/srv/x.yaml').health).toEqual({
    xid: { 63: 'ignore', 109: 'restart-app' },
    kernelLog: '/srv/kern.log',
    autoReset: 'never',
  });
});

interface Bad {
  readonly name: string;
  readonly text: string;
  readonly code: string;
  readonly message: RegExp;
}

const bad: readonly Bad[] = [
  {
    name: 'an unknown key is refused by name',
    text: 'authoritty: cut',
    code: 'CONFIG_INVALID',
    message: /authoritty/,
  },
  {
    name: 'an unknown key of a section is refused by name',
    text: 'nvidiaSmi: { comand: [x] }',
    code: 'CONFIG_INVALID',
    message: /nvidiaSmi: .*comand/,
  },
  {
    name: 'another address than loopback is refused',
    text: 'http: 0.0.0.0:9420',
    code: 'ADDRESS_REFUSED',
    message: /refused to use 0\.0\.0\.0:9420: it is not a loopback address/,
  },
  {
    name: 'a coordinator elsewhere is refused without TLS',
    text: 'coordinator: tangram.example:7000\ntls: off',
    code: 'ADDRESS_REFUSED',
    message: /tangram\.example:7000/,
  },
  {
    name: 'an address without a port is refused with an example',
    text: 'http: localhost',
    code: 'CONFIG_INVALID',
    message: /http: "localhost" is no address; write host:port/,
  },
  {
    name: 'a duration without a unit is refused with an example',
    text: 'telemetry: { interval: "5" }',
    code: 'CONFIG_INVALID',
    message: /telemetry\.interval: "5" is not a duration; write/,
  },
  {
    name: 'a sampling interval that would burn the host is refused',
    text: 'telemetry: { interval: 1ms }',
    code: 'CONFIG_INVALID',
    message: /between 100 and 60000 ms/,
  },
  {
    name: 'a GPU index is no name of a card',
    text: 'gpuAuthority: { "0": cut }',
    code: 'CONFIG_INVALID',
    message: /gpuAuthority.*GPU UUID/s,
  },
  {
    name: 'a socket path that the kernel would cut off is refused',
    text: `socket: /${'x'.repeat(120)}`,
    code: 'CONFIG_INVALID',
    message: /socket: .* has 121 bytes/,
  },
  {
    name: 'an Xid that is no number is refused',
    text: 'health: { xid: { sixty: ignore } }',
    code: 'CONFIG_INVALID',
    message: /health\.xid.*sixty/s,
  },
  {
    name: 'what nobody can do about an Xid is refused',
    text: 'health: { xid: { 63: explode } }',
    code: 'CONFIG_INVALID',
    message: /health\.xid\.63/,
  },
  {
    name: 'text that is not YAML is refused with its line',
    text: 'node: [',
    code: 'CONFIG_INVALID',
    message: /agent\.yaml:1:\d+ is not YAML/,
  },
];

test.for(bad)('$name', ({ text, code, message }) => {
  const parse = (): unknown => parseAgentConfig(text, 'agent.yaml');
  expect(parse).toThrow(message);
  expect(parse).toThrow(expect.objectContaining({ code }));
});

test('two mistakes are told at once', () => {
  expect(() => parseAgentConfig('runtime: podman\nauthority: all', 'a.yaml')).toThrow(
    /authority: .*runtime: /s,
  );
});

interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

test('every key says what it means', () => {
  const undescribed: string[] = [];
  const walk = (node: SchemaNode, path: string): void => {
    for (const [key, inner] of Object.entries(node.properties ?? {})) {
      if ((inner.description ?? '') === '') undescribed.push(`${path}${key}`);
      walk(inner, `${path}${key}.`);
    }
  };
  // What toJSONSchema answers is a JSON Schema of objects, read here by two of its keys.
  const schema = z.toJSONSchema(agentConfigSchema, { io: 'input' }) as SchemaNode;
  walk(schema, '');
  expect(Object.keys(schema.properties ?? {}).length).toBeGreaterThan(10);
  expect(undescribed).toEqual([]);
});

test('one coordinator is a list of one, and up to five are told apart', () => {
  const coordinators = (text: string) =>
    parseAgentConfig(`node: n1\ncoordinator: ${text}`, '/etc/tangram/agent.yaml').coordinator.map(
      (one) => one.text,
    );
  expect(coordinators('127.0.0.1:7443')).toEqual(['127.0.0.1:7443']);
  expect(coordinators('[127.0.0.1:1, 127.0.0.1:2]')).toEqual(['127.0.0.1:1', '127.0.0.1:2']);
  expect(() => coordinators('[127.0.0.1:1, 127.0.0.1:1]')).toThrow(/one twice/);
  expect(() => coordinators('[]')).toThrow(/coordinator/);
  expect(() => coordinators('[127.0.0.1:1, here]')).toThrow(/coordinator\.1.*no address/);
  const six = Array.from({ length: 6 }, (_, at) => `127.0.0.1:${at + 1}`).join(', ');
  expect(() => coordinators(`[${six}]`)).toThrow(/coordinator/);
});

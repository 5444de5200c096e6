import { expect, test } from 'vitest';
import { accessLimits } from '../../../coordinator/access/limits.ts';
import { coordinatorConfigSchema, readCoordinatorConfig } from '../../../coordinator/config.ts';
import { parseConfig } from '../../../shared/platform/config-file.ts';

test('without a file every key has its default', () => {
  expect(readCoordinatorConfig(undefined)).toEqual({
    stateDir: '/var/lib/tangram/coordinator',
    store: { kind: 'sqlite' },
    grpc: '127.0.0.1:7443',
    join: '127.0.0.1:7442',
    tls: 'on',
    hosts: [],
    peers: [],
    ca: { nodeCertificateLife: 86_400_000 },
    http: '127.0.0.1:7480',
    httpProxy: false,
    lostAfter: 60_000,
    placement: { policy: 'tangram', demandHalfLife: 1_000 },
    limits: accessLimits,
    audit: { recordsMax: 1_000_000 },
    log: { level: 'info' },
  });
});

test('every key can be said', () => {
  const text =
    'stateDir: /s\nstore: { kind: etcd, endpoints: ["e1:2379", "[::1]:2379"], prefix: /site-1, tls: { ca: /ca, cert: /cert, key: /key }, leaseTtl: 3s }\ngrpc: 127.0.0.1:1\njoin: 127.0.0.1:3\ntls: off\nhosts: [c.example]\npeers: ["d.example:7443"]\nca: { keyFile: /k, nodeCertificateLife: 2h }\nhttp: 127.0.0.1:2\nhttpProxy: true\nlostAfter: 90s\nplacement: { policy: fgd, demandHalfLife: 50 }\nlog: { level: debug }\nreadyFile: /r\n';
  expect(parseConfig(text, 'c.yaml', coordinatorConfigSchema)).toEqual({
    stateDir: '/s',
    store: {
      kind: 'etcd',
      endpoints: ['e1:2379', '[::1]:2379'],
      prefix: '/site-1',
      tls: { ca: '/ca', cert: '/cert', key: '/key' },
      leaseTtl: 3_000,
    },
    grpc: '127.0.0.1:1',
    join: '127.0.0.1:3',
    tls: 'off',
    hosts: ['c.example'],
    peers: ['d.example:7443'],
    ca: { keyFile: '/k', nodeCertificateLife: 7_200_000 },
    http: '127.0.0.1:2',
    httpProxy: true,
    lostAfter: 90_000,
    placement: { policy: 'fgd', demandHalfLife: 50 },
    limits: accessLimits,
    audit: { recordsMax: 1_000_000 },
    log: { level: 'debug' },
    readyFile: '/r',
  });
});

test.for([
  { text: 'lostAfter: 1s', want: /lostAfter: 1s is out of range; give 3s to 24h/ },
  { text: 'lostAfter: soon', want: /lostAfter: "soon" is not a duration/ },
  { text: 'grcp: 127.0.0.1:1', want: /grcp/ },
  { text: 'log: { levle: debug }', want: /levle/ },
  {
    text: 'placement: { policy: best }',
    want: /placement\.policy: unknown policy "best"; known are tangram, fgd, bestfit/,
  },
  { text: 'placement: { demandHalfLife: 5 }', want: /placement\.demandHalfLife/ },
  { text: 'stateDir: ""', want: /stateDir/ },
  { text: 'store: { kind: redis }', want: /store\.kind/ },
  { text: 'store: { kind: sqlite, endpoints: [a:1] }', want: /endpoints/ },
  { text: 'store: { kind: etcd, endpoints: [] }', want: /store\.endpoints/ },
  {
    text: 'store: { kind: etcd, endpoints: ["https://e1:2379"] }',
    want: /store\.endpoints\.0: give host:port/,
  },
  {
    text: 'store: { kind: etcd, endpoints: [a:1], prefix: t }',
    want: /store\.prefix: give a path/,
  },
  {
    text: 'store: { kind: etcd, endpoints: [a:1], tls: { ca: /ca, cert: /c } }',
    want: /store\.tls: give cert and key together/,
  },
  {
    text: 'store: { kind: etcd, endpoints: [a:1], leaseTtl: 1s }',
    want: /store\.leaseTtl: 1s is out of range; give 2s to 60s/,
  },
  { text: 'stateDir: [', want: /c\.yaml:\d+:\d+ is not YAML/ },
])('$text is refused with its place', ({ text, want }) => {
  expect(() => parseConfig(text, 'c.yaml', coordinatorConfigSchema)).toThrow(want);
});

test('every key says what it is for', () => {
  for (const [key, schema] of Object.entries(coordinatorConfigSchema.shape)) {
    if (!['log', 'placement', 'limits', 'audit'].includes(key))
      expect(schema.description ?? '', key).not.toBe('');
  }
});

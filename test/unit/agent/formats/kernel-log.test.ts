import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createKernelReader,
  normalPciAddress,
  parseKernelLine,
} from '../../../../agent/formats/kernel/kernel-line.ts';
import { kernelLogFormat } from '../../../../agent/formats/kernel/kernel-log.ts';

const body =
  "NVRM: Xid (PCI:0000:9b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.";
const prefixes = [
  ['', null],
  ['[  101.000001] ', '101.000001'],
  ['[Sun Feb 23 16:24:18 2025] ', 'Sun Feb 23 16:24:18 2025'],
  ['2024-11-15T12:02:03,470068+00:00 ', '2024-11-15T12:02:03,470068+00:00'],
  ['Nov 22 08:27:44 host kernel: ', 'Nov 22 08:27:44'],
  ['Nov 22 08:27:44 host kernel: [123.450000] ', 'Nov 22 08:27:44'],
  ['2024-11-15T12:02:03+0000 host kernel: ', '2024-11-15T12:02:03+0000'],
  ['3,3964,206764307,-;', '206.764307'],
  ['kern  :err   : [  101.000001] ', '101.000001'],
] as const;
test.for(prefixes)('an Xid behind %j was at %s', ([prefix, at]) => {
  expect(parseKernelLine(prefix + body)).toEqual({
    kind: 'xid',
    code: 79,
    pciBusId: '0000:9b:00',
    pid: null,
    process: null,
    gpuInstanceId: null,
    computeInstanceId: null,
    message: 'GPU has fallen off the bus.',
    at,
    nvlink5: null,
    recovery: null,
  });
});

const xids = [
  ['NVRM: Xid (PCI:0000:9b:00): 119, pid=2024380, name=nvidia-smi, Timeout after 6s', { code: 119, pid: 2024380, process: 'nvidia-smi', message: 'Timeout after 6s' }],
  ['NVRM: Xid (PCI:0000:10:1c): 63, pid=1896, Row Remapper: New row', { code: 63, pid: 1896, process: null, message: 'Row Remapper: New row' }],
  ['NVRM: Xid (0000:03:00): 31, Ch 00000010', { code: 31, pciBusId: '0000:03:00', pid: null, message: 'Ch 00000010' }],
  ['NVRM: Xid (PCI:0000:65:00 GPU-I:05 GPU-CI:01): 94, pid=7, name=python3, Contained', { code: 94, gpuInstanceId: 5, computeInstanceId: 1 }],
  ['NVRM: Xid (PCI:0008:01:00): 145, pid=876767, name=ray::WorkerDict, RLW_RXPIPE Nonfatal XC0 i0 Link 13 (0x0409a0c2 0x00000008)', { process: 'ray::WorkerDict', nvlink5: { unit: 'RLW_RXPIPE', fatal: false, link: 13, subCode: 0, words: [0x0409a0c2, 8] } }],
  ['NVRM: Xid (PCI:0008:01:00): 149, NETIR_LINK_EVT  Fatal   XC0 i0 Link -1 (0x004505c6 0x00000000)', { nvlink5: { unit: 'NETIR_LINK_EVT', fatal: true, link: null, subCode: 4, words: [0x004505c6, 0] } }],
  ['NVRM: Xid (PCI:0000:9b:00): 154, GPU recovery action changed from 0x0 (None) to 0x4 (Drain and Reset)', { recovery: { fromCode: 0, from: 'None', toCode: 4, to: 'Drain and Reset' } }],
] as const; // prettier-ignore
test.for(xids)('%s', ([line, want]) => {
  expect(parseKernelLine(line)).toMatchObject({ kind: 'xid', ...want });
});

test('SXids are another numbering, from the switches', () => {
  expect(
    parseKernelLine(
      '[6781753.400584] nvidia-nvswitch1: SXid (PCI:0000:06:00.0): 20034, Fatal, Link 48 LTSSM Fault Up',
    ),
  ).toEqual({
    kind: 'sxid',
    code: 20034,
    pciBusId: '0000:06:00',
    nvSwitch: 1,
    fatal: true,
    link: 48,
    message: 'Fatal, Link 48 LTSSM Fault Up',
    at: '6781753.400584',
  });
  expect(
    parseKernelLine(
      'nvidia-nvswitch2: SXid (PCI:0000:07:00.0): 20034, Severity 1 Engine instance 60',
    ),
  ).toMatchObject({ fatal: null, link: null });
  expect(
    parseKernelLine('nvidia-nvswitch2: SXid (PCI:0000:07:00.0): 12028, Non-fatal, Link 5 x'),
  ).toMatchObject({ fatal: false, link: 5 });
});

test('a card that falls off the bus while the driver loads has no Xid, and its name two lines before', () => {
  const read = createKernelReader();
  const events = [
    'NVRM: The NVIDIA GPU 0000:18:00.0',
    'NVRM: (PCI ID: 10de:2901) installed in this system has',
    'NVRM: fallen off the bus and is not responding to commands.',
    'NVRM: GPU 0000:91:00.0: GPU has fallen off the bus.',
    'NVRM: GPU at PCI:0000:92:00: GPU-b6c3b2be-c55b-d076-fa0e-d464e4c7e08b',
  ].map((line) => read(line));
  expect(events).toMatchObject([
    null,
    null,
    { kind: 'fallen-off-bus', pciBusId: '0000:18:00' },
    { kind: 'fallen-off-bus', pciBusId: '0000:91:00' },
    null,
  ]);
});

test('one address has one spelling', () => {
  expect(
    ['00000000:4F:00.0', '0000:4f:00', '0008:01:00.0', '10000:01:00.0'].map(normalPciAddress),
  ).toEqual(['0000:4f:00', '0000:4f:00', '0008:01:00', '10000:01:00']);
});

test('a kernel log without a word about a card is a good one', () => {
  const text =
    '6,3972,206764326,-;usb 1-1: new device\n6,3973,227986636,-;IPv6: link becomes ready\n';
  expect(kernelLogFormat.recognises(text)).toBe(true);
  expect(kernelLogFormat.parse(text)).toEqual({
    ok: true,
    value: { log: 'kernel', events: [], otherLines: 2 },
  });
});

test('of the fabric manager only what is no information', () => {
  const text = [
    '[Feb 25 2025 13:59:45] [INFO] [tid 1803] Received an inband message',
    'Message payload details',
    '[Feb 27 2025 15:10:02] [ERROR] [tid 12] detected NVSwitch non-fatal error 12028',
    '',
  ].join('\n');
  expect(kernelLogFormat.recognises(text)).toBe(true);
  expect(kernelLogFormat.parse(text)).toEqual({
    ok: true,
    value: {
      log: 'fabric-manager',
      events: [
        {
          kind: 'fabric-manager',
          at: 'Feb 27 2025 15:10:02',
          level: 'ERROR',
          message: 'detected NVSwitch non-fatal error 12028',
        },
      ],
      otherLines: 2,
    },
  });
});

test('prose is no kernel log', () => {
  expect(kernelLogFormat.recognises('dear support\nwe saw an Xid yesterday\n')).toBe(false);
  expect(kernelLogFormat.parse('dear support\n').ok).toBe(false);
});

test('no line throws, whatever it is, and every Xid keeps its number', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat({ max: 99_999 }), fc.string(), (before, code, after) => {
      parseKernelLine(before + after);
      const prefix = before.replaceAll(/[\r\n]|Xid/g, ' ');
      const rest = after.replaceAll(/[\r\n]/g, ' ');
      const event = parseKernelLine(`${prefix}NVRM: Xid (PCI:0000:9b:00): ${code}, ${rest}`);
      expect(event).toMatchObject({ kind: 'xid', code, pciBusId: '0000:9b:00' });
    }),
  );
});

test('a log of all programs is a kernel log where it tells of a card, and else none', () => {
  const others = 'Nov 22 08:00:00 host sshd[7]: Accepted publickey\n'.repeat(9);
  const xid = 'Nov 22 08:00:04 host kernel: NVRM: Xid (PCI:0000:01:00): 43, pid=7, x\n';
  expect(kernelLogFormat.recognises(others)).toBe(false);
  expect(kernelLogFormat.recognises(others + xid)).toBe(true);
});

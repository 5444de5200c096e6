import { expect, test } from 'vitest';
import { formatKinds } from '../../../../agent/formats/format.ts';
import { inspectText } from '../../../../agent/formats/inspect.ts';
import { kindOfFile } from '../../../../agent/formats/recognise.ts';
import { formats } from '../../../../agent/formats/registry.ts';
import { samples } from '../../../fuzz/samples.ts';

test('every kind has a format, and a sample here', () => {
  const kinds = [...formatKinds].sort();
  expect([...new Set(formats.map(({ kind }) => kind))].sort()).toEqual(kinds);
  expect([...new Set(samples.map(({ kind }) => kind))].sort()).toEqual(kinds);
});

const refusals = new Set(['no-driver.txt', 'mig-cgi.txt', 'mps-refused.txt']);
test.for(samples)('$file is $kind', ({ file, kind, text }) => {
  const inspection = inspectText({ file: `/tmp/case 7/${file}`, text });
  expect(inspection).toMatchObject({
    file: `/tmp/case 7/${file}`,
    kind,
    ok: !refusals.has(file),
  });
});

test.for(samples.filter(({ file }) => file !== 'mps-percent.txt'))(
  '$file is $kind by its own marks, even with Windows line ends and a mark at its beginning',
  ({ kind, text }) => {
    const windows = `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    expect(inspectText({ file: '-', text }).kind).toBe(kind);
    expect(inspectText({ file: '-', text: windows }).kind).toBe(kind);
  },
);

test('the text decides before the name does', () => {
  const text = samples.find(({ file }) => file === 'dmesg.txt')?.text ?? '';
  expect(inspectText({ file: 'mps/control.log', text }).kind).toBe('kmsg');
});

const hinted = [
  ['mps/get-server-list.txt', '', 'mps', { reply: 'empty' }],
  ['host7-mps-status.txt', 'ACTIVE\n', 'mps', { reply: 'server-status', status: 'ACTIVE' }],
  ['logs/mps/x', '2G\n', 'mps', { reply: 'memory', mib: 2048 }],
  ['get_server_list.txt', '', 'mps', { reply: 'empty' }],
  ['kmsg/quiet.log', '', 'kmsg', { log: 'kernel', events: [], otherLines: 0 }],
] as const;
test.for(hinted)('%s with %j is %s', ([file, text, kind, value]) => {
  expect(inspectText({ file, text })).toEqual({ file, kind, ok: true, value });
});

const names = [
  ['captures/smi-csv/a.txt', 'smi-csv'],
  ['C:\\logs\\smi-q\\x.txt', 'smi-q'],
  ['node-dmon.txt', 'dmon-pmon'],
  ['node-pmon.txt', 'dmon-pmon'],
  ['var/log/control.log', 'mps'],
  ['scrape.prom', 'dcgm-exporter'],
  ['dmesg', 'kmsg'],
  ['n1-q.txt', 'smi-q'],
  ['n1-topo-m.txt', 'topo'],
  ['n1-L.txt', 'smi-list'],
  ['dcgmi-health.txt', 'dcgm'],
  ['n1-query-gpu.txt', 'smi-csv'],
  ['help-query-gpu.txt', 'smi-help'],
  ['n1.xml', 'xml'],
  ['n1.xml.gz', 'xml'],
  ['notes.txt', null],
  ['-', null],
] as const;
test.for(names)('the name %s suggests %s', ([file, kind]) => {
  expect(kindOfFile(file)).toBe(kind);
});

test('the kind that a person names overrides everything', () => {
  expect(inspectText({ file: 'x', text: '40.0\n', kind: 'mps' })).toMatchObject({
    kind: 'mps',
    ok: true,
  });
  expect(inspectText({ file: 'x.xml', text: '40.0\n', kind: 'kmsg' })).toMatchObject({
    kind: 'kmsg',
    ok: false,
  });
  const text = samples[0]?.text ?? '';
  expect(inspectText({ file: 'x', text, kind: 'smi-q' })).toMatchObject({
    kind: 'smi-q',
    ok: false,
    problem: { code: 'DRIVER_NOT_LOADED' },
  });
});

test('a refusal of the driver is errors wherever it lies; one of a command line is the command’s', () => {
  const noDriver = samples[0]?.text ?? '';
  expect(inspectText({ file: 'xml/n1-q-x.xml', text: noDriver })).toMatchObject({
    kind: 'errors',
    ok: false,
    problem: { code: 'DRIVER_NOT_LOADED' },
  });
  const option = "ERROR: Option -m is missing its value. Please run 'nvidia-smi -h' for help.\n";
  expect(inspectText({ file: 'n1-topo-m.txt', text: option })).toMatchObject({
    kind: 'topo',
    ok: false,
    problem: { code: 'BAD_OPTION' },
  });
  expect(inspectText({ file: 'n1.txt', text: option }).kind).toBe('errors');
});

const unreadable = [
  ['', 'EMPTY'],
  [' \r\n\t\n', 'EMPTY'],
  ['hello world\n', 'UNKNOWN_FORMAT'],
  ['{"a": 1}\n', 'UNKNOWN_FORMAT'],
  ['<html><body>404</body></html>', 'UNKNOWN_FORMAT'],
  ['ACTIVE\n', 'UNKNOWN_FORMAT'],
  ['a\u0000b', 'BINARY'],
  ['\uFFFD\uFFFDPK\uFFFD', 'BINARY'],
] as const;
test.for(unreadable)('%j is of no kind: %s', ([text, code]) => {
  const inspection = inspectText({ file: 'notes.txt', text });
  expect(inspection).toMatchObject({ kind: null, ok: false, problem: { code } });
  if (!inspection.ok) expect(inspection.problem.hint).not.toBe('');
});

test('an empty file that its name explains is still empty', () => {
  expect(inspectText({ file: 'n1-q-x.xml', text: '' })).toMatchObject({
    kind: 'xml',
    ok: false,
    problem: { code: 'EMPTY' },
  });
});

test('lines that grep found in a kernel log are one', () => {
  const text =
    '/var/log/kern.log:Nov 22 08:27:44 host kernel: NVRM: Xid (PCI:0000:9b:00): 31, pid=7, x\n';
  expect(inspectText({ file: '-', text })).toMatchObject({ kind: 'kmsg', ok: true });
});

test('one odd character does not hide a report', () => {
  const text = samples.find(({ kind }) => kind === 'xml')?.text.replace('a &amp; b', 'caf\uFFFD');
  expect(inspectText({ file: '-', text: text ?? '' })).toMatchObject({ kind: 'xml', ok: true });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { describeWhere, realCaptures } from '../../../setup/needs.ts';
import { openSimHost, uuidsIn, type SimHost } from './harness.ts';

/** The real tool's outputs, where the machine has them: they are read in place and never copied. */
const captures = process.env['TANGRAM_CAPTURES'];

let open: SimHost | undefined;
afterEach(() => {
  open?.close();
  open = undefined;
});

async function host(cards: string, driver: string, mig: readonly (readonly string[])[] = []) {
  open = await openSimHost(cards, driver);
  if (mig.length > 0) await open.smi('-mig', '1');
  for (const argv of mig) await open.smi('mig', ...argv);
  return open;
}

function captured(file: string): string {
  return readFileSync(join(captures ?? '', file), 'utf8');
}

/** Trailing blanks and line ends were lost in some transcripts. */
function lines(text: string): readonly string[] {
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => line.trimEnd());
}

describeWhere('captures', realCaptures, 'word for word as the real tool', () => {
  test.for([
    {
      file: 'mig/ug-a100-lgipp.txt',
      cards: 'A100-40GB',
      driver: '550.163.01',
      mig: [],
      argv: ['mig', '-lgipp'],
    },
    {
      file: 'mig/kf-gh200-lgip.txt',
      cards: 'GH200-96GB',
      driver: '550.163.01',
      mig: [],
      argv: ['mig', '-lgip'],
    },
    {
      file: 'mig/prickle-h100-default-20260729-mig-profiles.txt',
      cards: 'H100-80GB',
      driver: '580.173.02',
      mig: [],
      argv: ['mig', '-lgip'],
    },
    {
      file: 'mig/prickle-h100-mig-mixed-20260729-mig-profiles.txt',
      cards: 'H100-80GB',
      driver: '580.173.02',
      mig: [['-cgi', '19:6,9:0,20:4']],
      argv: ['mig', '-lgip'],
    },
    {
      file: 'mig/prickle-h100-mig-mixed-20260729-mig-gi.txt',
      cards: 'H100-80GB',
      driver: '580.173.02',
      mig: [['-cgi', '19:6,9:0,20:4']],
      argv: ['mig', '-lgi'],
    },
    {
      file: 'mig/prickle-h100-mig-mixed-20260729-mig-ci.txt',
      cards: 'H100-80GB',
      driver: '580.173.02',
      mig: [
        ['-cgi', '19:6,20:4', '-C'],
        ['-cgi', '9:0'],
        ['-cci', '0', '-gi', '1'],
      ],
      argv: ['mig', '-lci'],
    },
    {
      file: 'mig/a100-570-lgi-two.txt',
      cards: 'A100-40GB',
      driver: '570.86.15',
      mig: [['-cgi', '19,9']],
      argv: ['mig', '-lgi'],
    },
    {
      file: 'mig/gh200-lci-7x.txt',
      cards: 'GH200-96GB',
      driver: '550.163.01',
      mig: [['-cgi', '19,19,19,19,19,19,19', '-C']],
      argv: ['mig', '-lci'],
    },
    {
      file: 'mig/gh200-cgi-7x-1g12gb.txt',
      cards: 'GH200-96GB',
      driver: '550.163.01',
      mig: [['-lgi']],
      argv: ['mig', '-cgi', '19,19,19,19,19,19,19', '-C'],
    },
    {
      file: 'mig/kf-gh200-cgi-ok.txt',
      cards: 'GH200-96GB',
      driver: '550.163.01',
      mig: [['-lgi']],
      argv: ['mig', '-cgi', '15,15,15', '-C'],
    },
    {
      file: 'mig/ug-a100-cgi-9-19-14-19.txt',
      cards: 'A100-40GB',
      driver: '550.163.01',
      mig: [['-lgi']],
      argv: ['mig', '-cgi', '9,19,14,19'],
    },
    {
      file: 'mig/ug-a100-cgi-order-insufficient.txt',
      cards: 'A100-40GB',
      driver: '550.163.01',
      mig: [['-lgi']],
      argv: ['mig', '-cgi', '19,19,14,9'],
    },
    {
      file: 'mig/ug-a100-dci.txt',
      cards: 'A100-40GB',
      driver: '550.163.01',
      mig: [
        ['-cgi', '9:0'],
        ['-cci', '0,0,0'],
      ],
      argv: ['mig', '-dci', '-ci', '0,1,2', '-gi', '1'],
    },
    {
      file: 'mig/ug-a100-lgi-21111.txt',
      cards: 'A100-40GB',
      driver: '470.256.02',
      mig: [['-cgi', '19:0,19:1,19:2,19:3,19:6,14:4']],
      argv: ['mig', '-lgi'],
    },
    {
      file: 'mig/ug-a100-lci-old.txt',
      cards: 'A100-40GB',
      driver: '470.256.02',
      mig: [
        ['-cgi', '9:0'],
        ['-cci', '0,0,0'],
      ],
      argv: ['mig', '-lci', '-gi', '1'],
    },
    {
      file: 'mig/kf-gh200-cgi-insufficient.txt',
      cards: 'GH200-96GB',
      driver: '550.163.01',
      mig: [['-cgi', '20']],
      argv: ['mig', '-cgi', '20,20,20', '-C'],
    },
    {
      file: 'mig/rtxpro6000-580-lgip-nosupport.txt',
      cards: 'L40S',
      driver: '580.65.06',
      mig: [],
      argv: ['mig', '-lgip'],
    },
    {
      file: 'mig/a100-570-dci-ok-dgi-inuse.txt',
      cards: 'A100-40GB',
      driver: '570.86.15',
      mig: [['-cgi', '9:0', '-C']],
      argv: ['mig', '-i', '0', '-dgi', '-gi', '1'],
    },
    {
      file: 'mig/mock-550-a100-dci-migoff.txt',
      cards: 'A100-40GB',
      driver: '550.163.01',
      mig: [],
      argv: ['mig', '-dci'],
    },
    {
      file: 'mig/a30-535-cgi14-C.txt',
      cards: 'A30',
      driver: '535.183.01',
      mig: [['-lgi']],
      argv: ['mig', '-cgi', '14', '-C'],
    },
    {
      file: 'mig/a30-535-lcip-gi2.txt',
      cards: 'A30',
      driver: '535.183.01',
      mig: [['-cgi', '5:2', '-C']],
      argv: ['mig', '-lcip', '-gi', '2'],
    },
    {
      file: 'mig/a30-535-lgi-none.txt',
      cards: 'A30',
      driver: '535.183.01',
      mig: [['-lgip']],
      argv: ['mig', '-lgi'],
    },
    {
      file: 'mig/mock-470.256.02-lgip-migoff.txt',
      cards: 'A100-40GB',
      driver: '470.256.02',
      mig: [],
      argv: ['mig', '-lgip'],
    },
    {
      file: 'mig/mock-550-t4-lgip.txt',
      cards: 'T4',
      driver: '550.163.01',
      mig: [],
      argv: ['mig', '-lgip'],
    },
    {
      file: 'errors/mock-550-bad-field.txt',
      cards: 'T4',
      driver: '550.163.01',
      mig: [],
      argv: ['--query-gpu=index,bogus', '--format=csv'],
    },
    {
      file: 'errors/mock-550-bad-index.txt',
      cards: 'T4',
      driver: '550.163.01',
      mig: [],
      argv: ['-i', '99', '-q'],
    },
    {
      file: 'errors/mock-550-bad-option.txt',
      cards: 'T4',
      driver: '550.163.01',
      mig: [],
      argv: ['--bogus'],
    },
    {
      file: 'errors/mock-550-L-with-i.txt',
      cards: 'T4',
      driver: '550.163.01',
      mig: [],
      argv: ['-i', '0', '-L'],
    },
    {
      file: 'errors/mock-550-pm1.txt',
      cards: '8xA100-40GB',
      driver: '550.163.01',
      mig: [],
      argv: ['-pm', '1'],
    },
    {
      file: 'errors/real-550-nodriver-qx.txt',
      cards: 'T4',
      driver: '550.163.01',
      mig: [],
      argv: ['--sim-fault', 'no-driver', '-q', '-x'],
    },
    {
      file: 'errors/stub-550.163.01-init-lib-mismatch.txt',
      cards: 'T4',
      driver: '550.163.01',
      mig: [],
      argv: ['--sim-fault', 'mismatch', '-L'],
    },
    {
      file: 'smi-version/mock-550-version.txt',
      cards: 'T4',
      driver: '550.163.01',
      mig: [],
      argv: ['--version'],
    },
  ])('$file', async ({ file, cards, driver, mig, argv }) => {
    const said = await (await host(cards, driver, mig)).smi(...argv);
    // The fault's own confirmation is ours, and comes first.
    expect(lines(said.out.replace(/^fault: .*\n/, ''))).toEqual(lines(captured(file)));
  });

  test.for([
    {
      file: 'smi-table/a30-535-mig-empty.txt',
      cards: 'A30',
      driver: '535.183.01',
      mig: [['-lgi']],
    },
    {
      file: 'smi-table/mock-a100-470.256.02.txt',
      cards: '8xA100-40GB',
      driver: '470.256.02',
      mig: [],
    },
    {
      file: 'smi-table/prickle-h100-mig-mixed-20260729-smi.txt',
      cards: 'H100-80GB',
      driver: '580.173.02',
      mig: [
        ['-cgi', '19:6,20:4', '-C'],
        ['-cgi', '9:0'],
        ['-cci', '0', '-gi', '1'],
      ],
    },
    { file: 'smi-table/mock-gb200-550.txt', cards: '8xB200', driver: '550.163.01', mig: [] },
  ])('every line of $file has the same columns', async ({ file, cards, driver, mig }) => {
    const said = await (await host(cards, driver, mig)).smi();
    // Rules and headings must be equal, and every other line as wide and ruled at the same places.
    const shape = (text: string): readonly string[] =>
      lines(text)
        .slice(1)
        .filter((line) => !/^\|\s+\d+\s.*(?:MiB \||processes)/.test(line))
        .filter((line) => !line.includes('No running processes'))
        .map((line) =>
          /^[+|][-=+]+|Name|Fan |MIG M|GPU +GI|ID +|Shared|Usage/.test(line) ? line : ruled(line),
        );
    expect(shape(said.out)).toEqual(shape(captured(file)));
  });

  test.for([
    { file: 'xml/k8s-hw-a100.xml', cards: 'A100-40GB', driver: '570.148.08' },
    { file: 'xml/k8s-hw-h100.xml', cards: 'H100-80GB', driver: '580.105.08' },
    { file: 'xml/k8s-hw-t4.xml', cards: 'T4', driver: '595.91.07' },
  ])('$file has the same elements in the same order', async ({ file, cards, driver }) => {
    const said = await (await host(cards, driver)).smi('-q', '-x');
    const real = captured(file).replace(
      /<\/gpu>[\s\S]*<\/nvidia_smi_log>/,
      '</gpu>\n</nvidia_smi_log>',
    );
    expect(elements(said.out)).toEqual(elements(real));
  });

  test.for([
    {
      file: 'smi-q/gpud-nvidia-smi-query.535.161.08.out.0.valid.txt',
      cards: 'H100-80GB',
      driver: '535.161.08',
    },
    { file: 'smi-q/utk-linux-h200-590.48.01-idle-q.txt', cards: 'H200', driver: '590.48.01' },
  ])('$file has the same lines, values apart', async ({ file, cards, driver }) => {
    const said = await (await host(cards, driver)).smi('-q');
    expect(labels(said.out)).toEqual(labels(captured(file)));
  });

  test.for([
    { version: '470.256.02', cards: 'A100-40GB' },
    { version: '535.261.03', cards: 'A100-40GB' },
    { version: '550.163.01', cards: 'H100-80GB' },
  ])('-q -x of $version on $cards has what its DTD has', async ({ version, cards }) => {
    const cut = await host(cards, version, [['-cgi', '9,19', '-C']]);
    const declared = children(captured(`dtd/nvidia-smi-${version}-elements.dtd`));
    for (const [parent, inside] of nesting((await cut.smi('-q', '-x')).out)) {
      const wanted = declared.get(parent);
      // The DTDs leave some elements undeclared.
      if (wanted === undefined) continue;
      expect([parent, ...inside.filter((child) => !wanted.includes(child))]).toEqual([parent]);
    }
  });

  test.for([
    { file: 'errors/ug-vm-gpu-reset-notsupported.txt', argv: ['-r'], faults: 'vm' },
    { file: 'mig/ug-vm-mig1-notsupported-pending.txt', argv: ['-mig', '1'], faults: 'vm' },
    { file: 'mig/a30-535-mig1-pending-inuse.txt', argv: ['-mig', '1'], faults: 'in-use=0' },
    { file: 'mig/ug-mig1-ok.txt', argv: ['-mig', '1'], faults: 'none' },
    {
      file: 'errors/stub-550.163.01-init-insufficient-permissions.txt',
      argv: ['-q', '-x'],
      faults: 'no-permission',
    },
  ])('$file', async ({ file, argv, faults }) => {
    const card = await host('A100-40GB', '550.163.01');
    await card.smi('--sim-fault', faults);
    const masked = (text: string): readonly string[] =>
      lines(text.replaceAll(/[0-9A-F]{8}:[0-9A-F]{2}:[0-9A-F]{2}\.0/g, 'BUS'));
    expect(masked((await card.smi(...argv)).out)).toEqual(masked(captured(file)));
  });

  test('a creation while somebody uses the card is refused as in rtxpro6000-580-cgi-inuse', async () => {
    const card = await host('RTX-PRO-6000', '580.105.08', [['-lgi']]);
    await card.smi('--sim-fault', 'in-use=0');
    const said = await card.smi('mig', '-cgi', '14', '-C');
    expect(lines(said.out)).toEqual(lines(captured('mig/rtxpro6000-580-cgi-inuse.txt')));
  });

  test.for([
    { file: 'utk-linux-h200-590.48.01-idle-dmon.txt', cards: 'H200', mig: false },
    { file: 'utk-linux-h100-mig-590.48.01-idle-dmon.txt', cards: 'H100-80GB', mig: true },
  ])('dmon of $file, temperatures and power apart', async ({ file, cards, mig }) => {
    const card = await host(cards, '590.48.01', mig ? [['-cgi', '9', '-C']] : []);
    const said = lines((await card.smi('dmon', '-c', '1')).out);
    const real = lines(captured(`dmon-pmon/${file}`));
    expect(said.slice(0, 2)).toEqual(real.slice(0, 2));
    // gpu pwr gtemp mtemp | sm mem enc dec jpg ofa mclk pclk
    expect(said[2]?.slice(26)).toBe(real[2]?.slice(26));
    expect(said[2]?.slice(0, 5)).toBe(real[2]?.slice(0, 5));
  });

  test('dmon -s mutc -o TD has the columns of xst-a10-dmon-mutc-oTD', async () => {
    const card = await host('L4', '535.161.08');
    const said = (await card.smi('dmon', '-c', '1', '-s', 'mutc', '-o', 'TD')).out.split('\n');
    const real = captured('dmon-pmon/xst-a10-dmon-mutc-oTD.txt').split('\n');
    expect(said.slice(0, 2)).toEqual(real.slice(0, 2));
    expect(said[2]?.length).toBe(real[2]?.length);
    expect(said[2]).toMatch(/^ 20261122 {3}08:27:37 {6}0 /);
  });

  test('pmon has the rows of utk-linux-h200-590.48.01-load-pmon', async () => {
    const card = await host('H200', '590.48.01');
    const uuid = uuidsIn((await card.smi('-L')).out)[0] ?? '';
    for (const [pid, name, cpuTicks] of [
      [10291, 'memhog', 0],
      [10309, 'gpu_burn', 95_000],
    ] as const) {
      card.put({
        pid,
        command: [`/opt/${name}`],
        cpuTicks,
        startTicks: 0,
        environment: { CUDA_VISIBLE_DEVICES: uuid },
      });
    }
    const said = (await card.smi('pmon', '-c', '1')).out.split('\n');
    const real = captured('dmon-pmon/utk-linux-h200-590.48.01-load-pmon.txt').split('\n');
    expect(said.slice(0, 3)).toEqual(real.slice(0, 3));
    expect(said[3]?.replace('95     38', '99      7')).toBe(real[4]);
  });

  test.for([
    { file: 'mock-h100-550-nvlink-s.txt', cards: '8xH100-80GB', driver: '550.163.01', mig: false },
    {
      file: 'utk-linux-h200-590.48.01-nvlink-s.txt',
      cards: 'H200',
      driver: '590.48.01',
      mig: false,
    },
    {
      file: 'utk-linux-h100-mig-590.48.01-nvlink-s.txt',
      cards: 'H100-80GB',
      driver: '590.48.01',
      mig: true,
    },
  ])('nvlink -s as $file', async ({ file, cards, driver, mig }) => {
    const card = await host(cards, driver, mig ? [['-lgi']] : []);
    const masked = (text: string): readonly string[] =>
      lines(text.replaceAll(/GPU-[0-9a-f-]{36}/g, 'UUID'));
    expect(masked((await card.smi('nvlink', '-s')).out)).toEqual(
      masked(captured(`nvlink/${file}`)),
    );
  });

  test('a lost card is told as in mock-a100-lost', async () => {
    const lost = await host('8xA100-40GB', '550.163.01');
    await lost.smi('--sim-fault', 'lost=1');
    const fields =
      'index,uuid,name,utilization.gpu,memory.used,memory.total,power.draw,temperature.gpu,ecc.errors.uncorrected.volatile.total,mig.mode.current';
    const csv = await lost.smi(`--query-gpu=${fields}`, '--format=csv');
    const real = captured('smi-csv/mock-a100-lost.csv');
    expect(csv.exitCode).toBe(0);
    expect(lines(csv.out)[0]).toBe(lines(real)[0]);
    expect(lines(csv.out)[2]?.split(', ').slice(3)).toEqual(lines(real)[2]?.split(', ').slice(3));
    const table = await lost.smi();
    const realTable = lines(captured('smi-table/mock-a100-lost.txt'));
    expect(table.exitCode).toBe(15);
    expect(lines(table.out).slice(11, 14)).toEqual(realTable.slice(11, 14));
    expect(lines(table.out).at(-1)).toBe(realTable.at(-1));
    expect((await lost.smi('-L')).exitCode).toBe(0);
  });

  test('topo -m has the header and legend of the real one', async () => {
    const said = await (await host('8xH100-80GB', '550.163.01')).smi('topo', '-m');
    const real = lines(captured('topo/mock-h100-550-topo.txt'));
    expect(lines(said.out)[0]).toBe(real[0]);
    expect(lines(said.out).slice(9)).toEqual(real.slice(9));
    expect(lines(said.out)[1]?.split('\t').length).toBe(real[1]?.split('\t').length);
  });

  test('--help-query-gpu offers no field that driver 550 does not have', async () => {
    const said = await (await host('T4', '550.163.01')).smi('--help-query-gpu');
    const names = (text: string): readonly string[] =>
      [...text.matchAll(/^"[^\n]*"$/gm)].flatMap((line) =>
        [...line[0].matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? ''),
      );
    const real = new Set(names(captured('smi-help/real-550-help-query-gpu.txt')));
    expect(names(said.out).filter((name) => !real.has(name))).toEqual([]);
  });
});

/** Where the rules of a table stand, with everything else blanked. */
function ruled(line: string): string {
  return line.replace(/[^|+]/g, '.');
}

/** Names of all elements in order, the repeated clocks once. */
function elements(xml: string): readonly string[] {
  const names = [...xml.matchAll(/<([A-Za-z_0-9]+)[ >]/g)].map((match) => match[1] ?? '');
  return names.filter(
    (name, at) => !/^supported_|^value$/.test(name) || !names.slice(0, at).includes(name),
  );
}

/** What stands left of the colon, from the first card's heading to the next one's. */
function labels(text: string): readonly string[] {
  const all = text.replaceAll('\r', '').split('\n');
  const first = all.findIndex((line) => line.startsWith('GPU '));
  const second = all.findIndex((line, at) => at > first && line.startsWith('GPU '));
  return all
    .slice(first + 1, second < 0 ? undefined : second)
    .map((line) => line.replace(/\s*:.*$/, ''))
    .filter((line) => line.trim() !== '');
}

/** Each declared element of a DTD with the names in its content model. */
function children(dtd: string): ReadonlyMap<string, readonly string[]> {
  const found = [...dtd.matchAll(/<!ELEMENT\s+(\S+)\s+\(([^>]*?)\)\s*>/gs)];
  return new Map(
    found.map(([, name = '', model = '']) => [name, model.match(/[A-Za-z_0-9]+/g) ?? []]),
  );
}

/** Every element of a document that has children, with their names. */
function nesting(xml: string): readonly (readonly [string, readonly string[]])[] {
  const found: [string, string[]][] = [];
  const open: [string, string[]][] = [];
  for (const [, slash, name = ''] of xml.matchAll(/<(\/?)([A-Za-z_0-9]+)[^>]*>/g)) {
    if (slash === '/') {
      const closed = open.pop();
      if (closed !== undefined && closed[1].length > 0) found.push(closed);
      continue;
    }
    open.at(-1)?.[1].push(name);
    open.push([name, []]);
  }
  return found;
}

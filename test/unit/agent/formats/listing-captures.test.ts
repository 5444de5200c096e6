import { expect, test } from 'vitest';
import { csvFormat } from '../../../../agent/formats/csv/csv.ts';
import type { Format } from '../../../../agent/formats/format.ts';
import { gpuListFormat } from '../../../../agent/formats/listings/gpu-list.ts';
import { migChangesFormat } from '../../../../agent/formats/mig/mig-changes.ts';
import { migComputeProfilesFormat } from '../../../../agent/formats/mig/mig-compute-profiles.ts';
import {
  migComputeInstancesFormat,
  migGpuInstancesFormat,
} from '../../../../agent/formats/mig/mig-instances.ts';
import { migPlacementsFormat } from '../../../../agent/formats/mig/mig-placements.ts';
import { migProfilesFormat } from '../../../../agent/formats/mig/mig-profiles.ts';
import { monitorFormat } from '../../../../agent/formats/listings/monitor.ts';
import { nvlinkFormat } from '../../../../agent/formats/listings/nvlink.ts';
import { topoFormat } from '../../../../agent/formats/listings/topo.ts';
import { captures, capturesFound, capturesOf, captureText } from '../../../setup/captures.ts';
import { describeWhere } from '../../../setup/needs.ts';

const formats: readonly Format[] = [
  csvFormat,
  gpuListFormat,
  migChangesFormat,
  migComputeProfilesFormat,
  migComputeInstancesFormat,
  migGpuInstancesFormat,
  migPlacementsFormat,
  migProfilesFormat,
  monitorFormat,
  nvlinkFormat,
  topoFormat,
];
const kinds: readonly string[] = [...new Set(formats.map((format) => format.kind))];

/** What the tool refused, by the code of the problem. Everything else is a value. */
const refused: Readonly<Record<string, string>> = {
  'mig/a100-570-dci-ok-dgi-inuse.txt': 'GPU_IN_USE',
  'mig/kf-gh200-cgi-insufficient.txt': 'INSUFFICIENT_RESOURCES',
  'mig/mock-470.256.02-lgip-migoff.txt': 'NO_MIG_DEVICES',
  'mig/mock-550-a100-dci-migoff.txt': 'NO_MIG_DEVICES',
  'mig/mock-550-a100-lgi-migoff.txt': 'NO_MIG_DEVICES',
  'mig/prickle-h100-default-20260729-mig-ci.txt': 'NO_MIG_DEVICES',
  'mig/prickle-h100-default-20260729-mig-gi.txt': 'NO_MIG_DEVICES',
  'mig/rtxpro6000-580-cgi-inuse.txt': 'GPU_IN_USE',
  'mig/rtxpro6000-580-lgip-nosupport.txt': 'NO_MIG_DEVICES',
  'mig/rtxpro6000-580-mig1-notsupported.txt': 'NOT_SUPPORTED',
  'mig/ug-a100-cgi-order-insufficient.txt': 'INSUFFICIENT_RESOURCES',
  'topo/utk-windows-geforce-rtx-2080-super-591.86-topo-m.txt': 'BAD_OPTION',
};
/** No matrix at all: only its folder says what was asked. */
const unmarked = 'topo/utk-windows-geforce-rtx-2080-super-591.86-topo-m.txt';

function valueOf<T>(format: Format<T>, file: string): T {
  const parsed = format.parse(captureText(file));
  if (!parsed.ok) throw new Error(`${file}: ${parsed.problem.message}`);
  return parsed.value;
}

const linesOf = (file: string): readonly string[] => captureText(file).split(/\r?\n/);
const count = (file: string, pattern: RegExp): number =>
  linesOf(file).filter((line) => pattern.test(line)).length;

describeWhere('captures', capturesFound, 'saved listings of real cards', () => {
  test('are all there: a test over nothing proves nothing', () => {
    for (const kind of kinds) expect(capturesOf(kind).length, kind).toBeGreaterThanOrEqual(7);
  });

  test('are recognised by one format, and no other output is by any', () => {
    for (const { file, kind } of captures) {
      const found = formats.filter((format) => format.recognises(captureText(file)));
      const want = kinds.includes(kind) && file !== unmarked ? [kind] : [];
      expect(
        found.map((format) => format.kind),
        file,
      ).toEqual(want);
    }
  });

  test('are values unless the tool refused', () => {
    for (const kind of kinds) {
      for (const { file } of capturesOf(kind)) {
        const text = captureText(file);
        const format = formats.find((each) => each.recognises(text)) ?? topoFormat;
        const parsed = format.parse(text);
        expect(parsed.ok ? null : parsed.problem.code, file).toBe(refused[file] ?? null);
        if (!parsed.ok) expect(parsed.problem.hint, file).toBeTruthy();
      }
    }
  });

  test('in CSV have every row and every column, and no number where the tool had none', () => {
    for (const { file, command } of capturesOf('smi-csv')) {
      const report = valueOf(csvFormat, file);
      const [head = '', ...rest] = linesOf(file).filter((line) => !/^(\[\.\.\.\])?$/.test(line));
      const bare = command.includes('noheader');
      expect(report.rows.length, file).toBe(bare ? rest.length + 1 : rest.length);
      expect(report.columns?.length ?? null, file).toBe(bare ? null : head.split(', ').length);
      const asked = /--query-([a-z-]+)=/.exec(command)?.[1];
      expect(report.query, file).toBe(bare ? null : asked);
      const keys = report.columns?.map((column) => column.key) ?? [];
      expect(new Set(keys).size, `${file}: two columns share a key`).toBe(keys.length);
    }
  });

  test('in CSV say the same as the words of their cells', () => {
    const file = 'smi-csv/utk-linux-h100-mig-590.48.01-load-query-gpu.txt';
    const [head = '', first = ''] = linesOf(file);
    const said = new Map(head.split(', ').map((name, at) => [name, first.split(', ')[at] ?? '']));
    const report = valueOf(csvFormat, file);
    const [row] = report.rows;
    expect(row).toMatchObject({
      name: said.get('name'),
      pciBusId: said.get('pci.bus_id'),
      performanceState: said.get('pstate'),
      memoryTotalMib: Number.parseInt(said.get('memory.total [MiB]') ?? '', 10),
      powerDrawW: Number.parseFloat(said.get('power.draw [W]') ?? ''),
      temperatureGpuC: Number(said.get('temperature.gpu')),
      smClockMhz: Number.parseInt(said.get('clocks.current.sm [MHz]') ?? '', 10),
      utilizationGpuPct: null,
      migModeCurrent: 'Enabled',
      recoveryAction: 'None',
      displayMode: null,
      lost: false,
    });
  });

  test('of a lost card keep it', () => {
    const lost = { lost: true, errorBodies: ['GPU is lost'] };
    expect(valueOf(csvFormat, 'smi-csv/mock-a100-lost.csv').rows[1]).toMatchObject({
      index: 1,
      memoryUsedMib: null,
      ...lost,
    });
    expect(valueOf(csvFormat, 'smi-csv/mock-a100-lost-nounits.csv').rows[1]).toMatchObject(lost);
    expect(valueOf(gpuListFormat, 'smi-list/mock-a100-lost-L.txt').gpus).toHaveLength(8);
  });

  test('of -L have every card and every MIG device with its UUID', () => {
    for (const { file } of capturesOf('smi-list')) {
      const { gpus } = valueOf(gpuListFormat, file);
      const uuids = gpus.flatMap((gpu) => [gpu.uuid, ...gpu.migDevices.map((each) => each.uuid)]);
      expect(uuids, file).toEqual(
        [...captureText(file).matchAll(/UUID: ([^)]+)/g)].map((m) => m[1]),
      );
    }
  });

  const tables = [
    migProfilesFormat,
    migComputeProfilesFormat,
    migGpuInstancesFormat,
    migComputeInstancesFormat,
  ];
  test.for(tables)('of $command have every row', (format) => {
    const files = capturesOf('mig').filter(({ file }) => format.recognises(captureText(file)));
    expect(files.length).toBeGreaterThanOrEqual(1);
    for (const { file } of files) {
      const rows = count(file, /^\|\s+\d+\s.*MIG /);
      expect(valueOf<{ rows: readonly unknown[] }>(format, file).rows.length, file).toBe(rows);
    }
  });

  test('of MIG have the ids that the tool gave', () => {
    const created = valueOf(migChangesFormat, 'mig/gh200-cgi-7x-1g12gb.txt');
    expect(created.gpuInstancesCreated.map((each) => each.gpuInstanceId)).toEqual([
      13, 11, 12, 7, 8, 9, 10,
    ]);
    const listed = valueOf(migComputeInstancesFormat, 'mig/gh200-lci-7x.txt');
    expect(listed.rows.map((each) => each.gpuInstanceId)).toEqual([7, 8, 9, 10, 11, 12, 13]);
    const mixed = valueOf(migGpuInstancesFormat, 'mig/prickle-h100-mig-mixed-20260729-mig-gi.txt');
    expect(mixed.rows.map((each) => [each.profile, each.giProfileId, each.start])).toEqual([
      ['1g.10gb', 19, 6],
      ['3g.40gb', 9, 0],
      ['1g.10gb+me', 20, 4],
    ]);
    expect(valueOf(migPlacementsFormat, 'mig/ug-a100-lgipp.txt').rows).toHaveLength(7);
    expect(valueOf(migChangesFormat, 'mig/a30-535-mig1-pending-inuse.txt')).toMatchObject({
      pending: true,
      reason: 'In use by another client',
      blockedBy: 'one or more other processes',
    });
    expect(valueOf(migChangesFormat, 'mig/ug-mig1-ok.txt').pending).toBe(false);
    expect(valueOf(migProfilesFormat, 'mig/mock-550-t4-lgip.txt').rows).toEqual([]);
  });

  test('of topologies join every card with every other', () => {
    for (const { file } of capturesOf('topo')) {
      if (file === unmarked) continue;
      const { gpus, nics } = valueOf(topoFormat, file);
      expect(gpus.length, file).toBe(count(file, /^GPU\d+\s/));
      expect(nics.length, file).toBe(count(file, /^NIC\d+\s/));
      for (const gpu of gpus) {
        expect(Object.keys(gpu.links).length, file).toBe(gpus.length - 1);
        expect(gpu.cpuAffinity, file).not.toBeNull();
      }
    }
    const many = valueOf(topoFormat, 'topo/xst-8xa100-17nic.txt');
    expect(many.gpus[0]?.links['GPU7']).toBe('NV12');
    expect(many.gpus[0]?.nics['NIC0']).toBe('PXB');
    expect(many.nics[16]).toMatchObject({ name: 'NIC16', device: 'mlx5_bond_0' });
    const numa = valueOf(topoFormat, 'topo/mock-h100-550-topo.txt').gpus[7];
    expect(numa).toMatchObject({ cpuAffinity: '64-127', numaAffinity: '1', gpuNumaId: 1 });
  });

  test('of links have every link', () => {
    for (const { file } of capturesOf('nvlink')) {
      const { gpus } = valueOf(nvlinkFormat, file);
      expect(gpus.length, file).toBe(count(file, /^GPU \d/));
      const readings = gpus.flatMap((gpu) =>
        gpu.links.flatMap((link) => Object.keys(link.readings)),
      );
      expect(readings.length, file).toBe(count(file, /^\s+Link \d/));
      for (const gpu of gpus) expect(gpu.state === 'links', file).toBe(gpu.links.length > 0);
    }
    const states = capturesOf('nvlink').map(
      ({ file }) => valueOf(nvlinkFormat, file).gpus[0]?.state,
    );
    expect(new Set(states)).toEqual(new Set(['links', 'inactive', 'mig', 'none']));
  });

  test('of dmon and pmon have every row, with every cell', () => {
    for (const { file, command } of capturesOf('dmon-pmon')) {
      const report = valueOf(monitorFormat, file);
      expect(report.tool, file).toBe(command.split(' ')[1]);
      const rows = linesOf(file).filter((line) => /^\s+\d/.test(line));
      expect(report.rows.length, file).toBe(rows.length);
      for (const [at, row] of report.rows.entries()) {
        const dashes = rows[at]?.split(/\s+/).filter((cell) => cell === '-').length;
        const nulls = Object.values(row).filter((value) => value === null).length;
        expect(nulls, `${file} row ${at}`).toBe(dashes);
      }
    }
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberOf, textOf } from '../../../../agent/formats/text/cell.ts';
import type { Format } from '../../../../agent/formats/format.ts';
import type { GpuRecord, GpuReport } from '../../../../agent/formats/report/report.ts';
import { queryTextFormat } from '../../../../agent/formats/report/query-text.ts';
import type { TableReport } from '../../../../agent/formats/table/table-report.ts';
import { tableFormat } from '../../../../agent/formats/table/table.ts';
import { xmlFormat } from '../../../../agent/formats/report/xml.ts';
import { describeWhere, realCaptures } from '../../../setup/needs.ts';

/** Real outputs of the tool on many cards and drivers; kept outside the project. */
const folder = process.env['TANGRAM_CAPTURES'] ?? '';
const present = existsSync(join(folder, 'INDEX.json')) && folder !== '';
const text = (file: string): string => readFileSync(join(folder, file), 'utf8');

interface Capture {
  readonly file: string;
  readonly kind: string;
  readonly driver: string | null;
}

const index = present
  ? (JSON.parse(text('INDEX.json')) as { readonly captures: readonly Capture[] })
  : { captures: [] };
const formats: readonly Format[] = [xmlFormat, queryTextFormat, tableFormat];
const filesOf = (kind: string): readonly string[] =>
  index.captures.filter((each) => each.kind === kind).map((each) => each.file);
const ours = formats.flatMap((format) => filesOf(format.kind));

function read<T>(format: Format<T>, file: string): T {
  const parsed = format.parse(text(file));
  if (!parsed.ok) throw new Error(`${file}: ${parsed.problem.message}`);
  return parsed.value;
}

/** What the index calls truncated and its source calls invalid: it ends in the middle of a card. */
const truncated = ['smi-q/gpud-nvidia-smi-query.535.183.01.out.0.invalid.txt'];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** `sram_correctable` → `sramCorrectable`, in all depths. */
function inCamelCase(value: Json): Json {
  if (Array.isArray(value)) return value.map((each: Json) => inCamelCase(each));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase()),
      inCamelCase(each),
    ]),
  );
}

describeWhere('captures', { ...realCaptures, available: present }, 'reports of real cards', () => {
  test('are all there: a test over nothing proves nothing', () => {
    expect(formats.map((format) => filesOf(format.kind).length)).toEqual([
      expect.toSatisfy((count: number) => count >= 20),
      expect.toSatisfy((count: number) => count >= 15),
      expect.toSatisfy((count: number) => count >= 20),
    ]);
  });

  test('are recognised by their format and by no other of these', () => {
    for (const { file, kind } of index.captures) {
      const marks = formats.filter((format) => format.recognises(text(file)));
      const want = formats.filter((format) => format.kind === kind);
      expect(
        marks.map((format) => format.kind),
        file,
      ).toEqual(want.map((format) => format.kind));
    }
  });

  test('are read, unless they break off', () => {
    for (const file of ours) {
      const [format] = formats.filter((one) => file.startsWith(`${one.kind}/`));
      const problem = truncated.includes(file) ? { code: 'TRUNCATED' } : undefined;
      expect(format?.parse(text(file)), file).toMatchObject({ ok: problem === undefined });
      if (problem !== undefined) expect(format?.parse(text(file))).toMatchObject({ problem });
    }
  });

  test('as XML give all values that are expected, and the power that is acceptable', () => {
    const expected = JSON.parse(text('EXPECTED.json')) as { readonly files: Record<string, Json> };
    const files = Object.entries(expected.files);
    expect(files.map(([file]) => file).sort()).toEqual([...filesOf('xml')].sort());
    for (const [file, values] of files) {
      const { gpus, ...head } = inCamelCase(values) as { readonly gpus: readonly Json[] };
      const report = read(xmlFormat, file);
      expect(report, file).toMatchObject(head);
      expect(report.gpus, file).toHaveLength(gpus.length);
      for (const [at, gpu] of gpus.entries()) {
        const { powerDrawWAcceptable, ...fields } = gpu as Record<string, Json>;
        const got = { ...report.gpus[at] } as Record<string, unknown>;
        const same = Object.fromEntries(Object.keys(fields).map((key) => [key, got[key]]));
        expect(same, `${file} card ${at}`).toEqual(fields);
        const accepted = powerDrawWAcceptable as readonly number[];
        expect(accepted.length === 0 ? [null] : accepted, file).toContain(got['powerDrawW']);
      }
    }
  });

  test('tell the driver that the index names', () => {
    for (const { file, kind, driver } of index.captures) {
      if (driver === null || !/^\d+\.\d/.test(driver) || truncated.includes(file)) continue;
      const [format] = formats.filter((one) => one.kind === kind);
      if (format === undefined) continue;
      // One capture is of a newer driver than its tool, which the index names.
      const said = read(format as Format<GpuReport & TableReport>, file);
      expect([said.driverVersion, said.smiVersion], file).toContain(driver);
    }
  });

  const sameHost = filesOf('smi-q').flatMap((file) => {
    const csv = file.replace('smi-q/', 'smi-csv/').replace(/-q\.txt$/, '-query-gpu.txt');
    return csv !== file && existsSync(join(folder, csv)) ? [{ file, csv }] : [];
  });

  test('as text agree with the CSV of the same host', () => {
    expect(sameHost.length).toBeGreaterThanOrEqual(10);
    for (const { file, csv } of sameHost) {
      const [gpu] = read(queryTextFormat, file).gpus;
      const cells = csvCells(text(csv));
      expect(gpu, file).toMatchObject({
        uuid: textOf(cells.get('uuid')),
        name: textOf(cells.get('name')),
        pciBusId: textOf(cells.get('pci.bus_id')),
        vbiosVersion: textOf(cells.get('vbios_version')),
        computeMode: textOf(cells.get('compute_mode')),
        persistenceMode: textOf(cells.get('persistence_mode')),
        migModeCurrent: textOf(cells.get('mig.mode.current')),
        eccModeCurrent: textOf(cells.get('ecc.mode.current')),
        memoryTotalMib: numberOf(cells.get('memory.total [MiB]'), 'MiB'),
        powerLimitW: numberOf(cells.get('power.limit [W]'), 'W'),
        powerLimitMaxW: numberOf(cells.get('power.max_limit [W]'), 'W'),
      });
      // Taken some seconds apart.
      expectNear(gpu?.memoryUsedMib, cells.get('memory.used [MiB]'), 'MiB', 64);
      expectNear(gpu?.temperatureGpuC, cells.get('temperature.gpu'), undefined, 6);
      expectNear(gpu?.powerDrawW, cells.get('power.draw [W]'), 'W', 60);
    }
  });

  test('as text agree with the table of the same host', () => {
    const pairs = filesOf('smi-q').flatMap((file) => {
      const table = file.replace('smi-q/', 'smi-table/').replace(/-q\.txt$/, '-table.txt');
      return existsSync(join(folder, table)) ? [{ file, table }] : [];
    });
    expect(pairs.length).toBeGreaterThanOrEqual(10);
    for (const { file, table } of pairs) {
      const report = read(queryTextFormat, file);
      const shown = read(tableFormat, table);
      expect(shown.driverVersion, table).toBe(report.driverVersion);
      expect(shown.cudaVersion, table).toBe(report.cudaVersion);
      const known = report.gpus.map((gpu) => alsoInTable(gpu));
      expect(shown.gpus, table).toMatchObject(known);
      expect(
        (shown.processes ?? []).map(({ pid, gpuInstanceId }) => ({ pid, gpuInstanceId })),
        table,
      ).toEqual(
        report.gpus.flatMap((gpu) =>
          gpu.processes.map(({ pid, gpuInstanceId }) => ({ pid, gpuInstanceId })),
        ),
      );
      const devices = report.gpus.flatMap((gpu) => gpu.migDevices);
      expect(shown.migDevices ?? [], table).toMatchObject(
        devices.map(({ gpuInstanceId, index: at, fbTotalMib, multiprocessorCount }) => ({
          gpuInstanceId,
          index: at,
          fbTotalMib,
          multiprocessorCount,
        })),
      );
    }
  });

  test('say what is special about them', () => {
    const remap = read(queryTextFormat, 'smi-q/mleng-a100-remap-pending-excerpt.txt').gpus[0];
    expect(remap).toMatchObject({
      remappedRowsPending: 'Yes',
      remappedRowsCorrectable: 1,
      rowRemapAvailability: { max: 639, high: 1, partial: 0, low: 0, none: 0 },
      eccVolatile: { dramCorrectable: 177 },
    });
    const fabric = read(xmlFormat, 'xml/k8s-mock-gb200-fabric-degraded.xml').gpus[1];
    expect(fabric?.fabricHealth).toMatchObject({ summary: 'Unhealthy', routeUnhealthy: 'True' });
    const lost = read(tableFormat, 'smi-table/mock-a100-lost.txt');
    expect(lost).toMatchObject({ gpuCount: 8, notices: ['Failed to query device index'] });
    expect(lost.gpus.map((gpu) => gpu.lost)).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((at) => at === 1),
    );
    const pending = read(tableFormat, 'smi-table/a30-535-mig-pending.txt').gpus[0];
    expect(pending).toMatchObject({ migModeCurrent: 'Disabled', migModePending: 'Enabled' });
    const many = read(queryTextFormat, 'smi-q/xst-a10-a.txt');
    expect(many.gpuCount).toBe(8);
  });

  test('are linear to read and never throw, wherever they are cut and whatever is changed', () => {
    const edits = fc.record({
      file: fc.constantFrom(...ours),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.integer({ min: 0, max: 400 }),
      insert: fc.oneof(
        fc.string({ maxLength: 20 }),
        fc.constantFrom(
          '<',
          '</gpu>',
          '&',
          '|',
          '+',
          ' : ',
          '\n',
          '\r',
          '\u0000',
          '[...]',
          'GPU is lost',
        ),
      ),
      rest: fc.boolean(),
    });
    fc.assert(
      fc.property(edits, ({ file, at, length, insert, rest }) => {
        const whole = text(file);
        const from = Math.floor(at * whole.length);
        const changed = whole.slice(0, from) + insert + (rest ? whole.slice(from + length) : '');
        for (const format of formats) {
          const started = performance.now();
          format.recognises(changed);
          const parsed = format.parse(changed);
          expect(performance.now() - started, file).toBeLessThan(2_000);
          if (!parsed.ok) expect(parsed.problem.code).toMatch(/^[A-Z_]+$/);
        }
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});

const hostile = [
  '<',
  '</gpu>',
  '<gpu id="1">',
  '<process_name>',
  '&',
  '<!--',
  ' ',
  '\n',
  '| ',
  '+-',
  ' : ',
];
const places: readonly { readonly name: string; readonly around: (text: string) => string }[] = [
  { name: 'alone', around: (inner) => inner },
  {
    name: 'in a document',
    around: (inner) => `<nvidia_smi_log><gpu>${inner}</gpu></nvidia_smi_log>`,
  },
  {
    name: 'in a card',
    around: (inner) => `Driver Version : 1\nGPU 00000000:01:00.0\n    ${inner}`,
  },
  { name: 'in a box', around: (inner) => `| NVIDIA-SMI 1 |\n|=====|\n|  0 ${inner}|\n+-----+\n` },
];
test.for(places)('300 kB of the same sign $name are read in no time', ({ around }) => {
  for (const sign of hostile) {
    const long = around(sign.repeat(Math.ceil(300_000 / sign.length)));
    for (const format of formats) {
      const started = performance.now();
      format.recognises(long);
      format.parse(long);
      expect(performance.now() - started, JSON.stringify(sign)).toBeLessThan(3_000);
    }
  }
});

/** Header and first row; not one of the values that are looked at holds a comma. */
function csvCells(csv: string): ReadonlyMap<string, string> {
  const [header = '', row = ''] = csv.split(/\r?\n/);
  const names = header.split(', ');
  const values = row.split(', ');
  return new Map(names.slice(0, values.length).map((name, at) => [name, values[at] ?? '']));
}

function expectNear(
  got: number | null | undefined,
  cell: string | undefined,
  unit: string | undefined,
  slack: number,
): void {
  const want = numberOf(cell, unit);
  if (want === null) expect(got ?? null).toBeNull();
  else expect(Math.abs((got ?? Number.NaN) - want)).toBeLessThanOrEqual(slack);
}

function alsoInTable(gpu: GpuRecord): object {
  const { pciBusId, memoryTotalMib, migModeCurrent, computeMode, performanceState } = gpu;
  return { pciBusId, memoryTotalMib, migModeCurrent, computeMode, performanceState };
}

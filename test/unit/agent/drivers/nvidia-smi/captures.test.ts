import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWhere, realCaptures } from '../../../../setup/needs.ts';
import { parseComputeApps } from '../../../../../agent/formats/compute-apps.ts';
import { parseToolFailure } from '../../../../../agent/drivers/nvidia-smi/error-output.ts';
import { parseGpuList } from '../../../../../agent/formats/gpu-list.ts';
import { parseGpuQuery } from '../../../../../agent/formats/gpu-query.ts';
import {
  parseComputeInstances,
  parseGpuInstances,
} from '../../../../../agent/formats/mig-instances.ts';
import { joinMigInstances } from '../../../../../agent/drivers/nvidia-smi/mig-join.ts';
import { parseMigPlacements } from '../../../../../agent/formats/mig-placements.ts';
import { parseMigProfiles } from '../../../../../agent/formats/mig-profiles.ts';
import { parseMigChanges } from '../../../../../agent/formats/mig-changes.ts';

/** Real outputs of the tool on many cards and drivers; kept outside the project. */
const folder = process.env['TANGRAM_CAPTURES'] ?? '';
const present = existsSync(join(folder, 'INDEX.json')) && folder !== '';

interface Capture {
  readonly file: string;
  readonly kind: string;
  readonly command: string;
  readonly exit_code?: number;
}

const index = present
  ? (JSON.parse(readFileSync(join(folder, 'INDEX.json'), 'utf8')) as {
      readonly captures: readonly Capture[];
    })
  : { captures: [] };
const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
const ofKind = (kind: string): readonly Capture[] =>
  index.captures.filter((each) => each.kind === kind);
/** Excerpts say so with a line of dots, which no tool prints. */
const isExcerpt = (file: string): boolean => text(file).includes('[...]');

describeWhere('captures', { ...realCaptures, available: present }, 'captures of real cards', () => {
  test('are all there: a test over nothing proves nothing', () => {
    const counts = ['smi-csv', 'smi-list', 'mig', 'errors'].map((kind) => ofKind(kind).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(10);
  });

  const queries = ofKind('smi-csv').filter(
    (each) =>
      each.command.includes('--query-gpu=') &&
      /[=,]index(,|\s)/.test(each.command) &&
      /[=,]uuid(,|\s)/.test(each.command),
  );
  test('with index and UUID give a whole row for every card', () => {
    expect(queries.length).toBeGreaterThanOrEqual(10);
    for (const capture of queries) {
      const columns = columnsOf(capture.command);
      const parsed = parseGpuQuery(text(capture.file), columns);
      expect(parsed, capture.file).toMatchObject({ ok: true, value: { unreadable: [] } });
      if (!parsed.ok) continue;
      expect(parsed.value.gpus.length, capture.file).toBe(dataRows(capture).length);
      for (const gpu of parsed.value.gpus) {
        expect(gpu.productName, capture.file).toMatch(/^(NVIDIA|Tesla|A100|Quadro|GeForce)/);
        if (gpu.error === null) {
          expect(gpu.memoryTotalMib, capture.file).toBeGreaterThan(1_000);
          expect(gpu.temperatureCelsius, capture.file).toBeGreaterThan(10);
          expect(gpu.memoryUsedMib, capture.file).not.toBeNull();
        }
      }
    }
  });

  test('without an identity, or cut short, are problems and not exceptions', () => {
    for (const capture of ofKind('smi-csv')) {
      if (queries.includes(capture) || !capture.command.includes('--query-gpu=')) continue;
      const parsed = parseGpuQuery(text(capture.file), columnsOf(capture.command));
      if (parsed.ok) expect(parsed.value.gpus, capture.file).toEqual([]);
      else expect(parsed.problem.path, capture.file).toMatch(/^line \d+$/);
    }
  });

  test('of a lost card keep its row, with the words of the tool and no zeros', () => {
    const lost = parseGpuQuery(
      text('smi-csv/mock-a100-lost-nounits.csv'),
      columnsOf(
        index.captures.find((each) => each.file.endsWith('lost-nounits.csv'))?.command ?? '',
      ),
    );
    expect(lost.ok && lost.value.gpus.map((gpu) => [gpu.error, gpu.memoryUsedMib])).toEqual([
      [null, 0],
      ['GPU is lost', null],
      ...Array.from({ length: 6 }, () => [null, 0]),
    ]);
  });

  test('of compute processes name every process, its card and its memory', () => {
    const captures = ofKind('smi-csv').filter((each) =>
      each.command.includes('--query-compute-apps='),
    );
    expect(captures.length).toBeGreaterThanOrEqual(8);
    for (const capture of captures) {
      const parsed = parseComputeApps(text(capture.file), columnsOf(capture.command));
      expect(parsed.ok, capture.file).toBe(true);
      if (!parsed.ok) continue;
      expect(parsed.value.length, capture.file).toBe(dataRows(capture).length);
      for (const found of parsed.value) {
        expect(found.pid, capture.file).toBeGreaterThan(0);
        expect(found.name, capture.file).not.toBe('');
      }
    }
    const windows = parseComputeApps(
      text('smi-csv/utk-windows-geforce-rtx-2080-super-591.86-idle-query-compute-apps.txt'),
      'timestamp,gpu_name,gpu_bus_id,gpu_serial,gpu_uuid,pid,process_name,used_gpu_memory'.split(
        ',',
      ),
    );
    expect(windows.ok && windows.value.find((each) => each.pid === 20372)).toEqual({
      gpu: 'GPU-00000000-0000-0000-0000-000000000000',
      pid: 20372,
      name: 'C:\\Program Files\\NZXT CAM\\NZXT CAM.exe',
      memoryUsedMib: null,
    });
  });

  test('of -L give every card and every MIG device', () => {
    for (const capture of ofKind('smi-list')) {
      const parsed = parseGpuList(text(capture.file));
      expect(parsed.ok, capture.file).toBe(true);
      const lines = text(capture.file).split('\n');
      expect(parsed.ok && parsed.value.gpus.length, capture.file).toBe(
        lines.filter((line) => line.startsWith('GPU ')).length,
      );
      expect(
        parsed.ok && parsed.value.gpus.flatMap((gpu) => gpu.migDevices).length,
        capture.file,
      ).toBe(lines.filter((line) => line.startsWith('  MIG ')).length);
    }
  });

  const tables = [
    ['-lgip', parseMigProfiles],
    ['-lgipp', parseMigPlacements],
    ['-lgi', parseGpuInstances],
    ['-lci', parseComputeInstances],
  ] as const;
  test.for(tables)('of mig %s are read whole', ([option, parse]) => {
    const captures = ofKind('mig').filter((each) => each.command.split(' ').includes(option));
    expect(captures.length).toBeGreaterThanOrEqual(1);
    for (const capture of captures) {
      const parsed = parse(text(capture.file));
      expect(parsed.ok, capture.file).toBe(true);
      const rows = text(capture.file)
        .split('\n')
        .filter((line) => /^\|\s+\d+\s.*MIG /.test(line) || line.includes('Profile ID ')).length;
      expect(parsed.ok && parsed.value.length, capture.file).toBe(rows);
    }
  });

  test('of changes say what was made, what waits and what was refused', () => {
    const seven = parseMigChanges(text('mig/gh200-cgi-7x-1g12gb.txt'));
    expect(seven.gpuInstancesCreated.map((each) => each.gpuInstanceId)).toEqual([
      13, 11, 12, 7, 8, 9, 10,
    ]);
    expect(seven.computeInstancesCreated).toHaveLength(7);
    expect(seven.failures).toEqual([]);
    const partial = parseMigChanges(text('mig/ug-a100-cgi-order-insufficient.txt'));
    expect(partial.gpuInstancesCreated.map((each) => each.gpuInstanceId)).toEqual([13, 11, 3]);
    expect(partial.failures.map((each) => each.reason)).toEqual([
      'Insufficient Resources',
      'Insufficient Resources',
    ]);
    expect(
      parseMigChanges(text('mig/a100-570-dci-ok-dgi-inuse.txt')).failures.map(
        (each) => each.reason,
      ),
    ).toEqual(['In use by another client', 'In use by another client']);
    expect(parseMigChanges(text('mig/a30-535-mig1-pending-inuse.txt')).modesPending).toEqual([
      { gpu: '00000000:0B:00.0', enabled: true, reason: 'In use by another client' },
    ]);
    expect(parseMigChanges(text('mig/rtxpro6000-580-mig1-notsupported.txt'))).toMatchObject({
      modesSet: [],
      failures: [{ reason: 'Not Supported' }],
    });
    expect(parseMigChanges(text('mig/ug-mig1-ok.txt'))).toMatchObject({
      modesSet: [{ gpu: '00000000:36:00.0', enabled: true }],
      failures: [],
    });
    expect(parseMigChanges(text('mig/ug-a100-dci.txt')).computeInstancesDestroyed).toHaveLength(3);
  });

  test('of one mixed host join instances with their MIG UUIDs', () => {
    const gpuInstances = parseGpuInstances(text('mig/prickle-h100-mig-mixed-20260729-mig-gi.txt'));
    const compute = parseComputeInstances(text('mig/prickle-h100-mig-mixed-20260729-mig-ci.txt'));
    const gpus = parseGpuList(text('smi-list/prickle-h100-mig-mixed-20260729-gpus.txt'));
    if (!gpuInstances.ok || !compute.ok || !gpus.ok) throw new Error('a capture is not readable');
    const joined = joinMigInstances(gpuInstances.value, compute.value, gpus.value.gpus);
    expect(
      joined.ok && joined.value.map((row) => [row.profile, row.start, row.gpuInstanceId, row.uuid]),
    ).toEqual([
      ['1g.10gb', 6, 13, 'MIG-ee6996fb-86fb-5405-83f0-b20887da1bb3'],
      ['3g.40gb', 0, 1, 'MIG-5ff0d535-9a82-5af6-80df-768b9d3ac092'],
      ['1g.10gb+me', 4, 11, 'MIG-8443519f-66f7-5962-8955-60dba0866f3a'],
    ]);
  });

  test('of errors are told apart by their words', () => {
    const kinds = ofKind('errors').map((capture) => [
      capture.file.replace('errors/', ''),
      parseToolFailure(text(capture.file), capture.exit_code ?? 255).kind,
    ]);
    expect(Object.fromEntries(kinds)).toEqual({
      'mock-550-L-with-i.txt': 'bad-option',
      'mock-550-bad-field.txt': 'unknown-field',
      'mock-550-bad-index-csv.txt': 'no-device',
      'mock-550-bad-index.txt': 'no-device',
      'mock-550-bad-option.txt': 'bad-option',
      'mock-550-pm1.txt': 'other',
      'real-340-no-nvml-lib.txt': 'no-driver',
      'real-390.157-nodriver.txt': 'no-driver',
      'real-550-no-nvml-lib.txt': 'no-driver',
      'real-550-nodriver-qx.txt': 'no-driver',
      'real-550.163.01-nodriver.txt': 'no-driver',
      'stub-550-version-mismatch-smi-nvml.txt': 'version-mismatch',
      'stub-550.163.01-init-insufficient-permissions.txt': 'no-permission',
      'stub-550.163.01-init-lib-mismatch.txt': 'version-mismatch',
      'stub-550.163.01-init-unknown.txt': 'other',
      'ug-vm-gpu-reset-notsupported.txt': 'refused',
    });
  });

  test('of anything are read by every parser without an exception', () => {
    for (const capture of index.captures) {
      const content = readFileSync(join(folder, capture.file), 'latin1');
      for (const [, parse] of tables) parse(content);
      parseGpuList(content);
      parseMigChanges(content);
      parseToolFailure(content, 0);
      parseGpuQuery(content, ['index', 'uuid', 'name']);
      parseComputeApps(content, ['gpu_uuid', 'pid', 'process_name']);
    }
  });
});

function columnsOf(command: string): readonly string[] {
  const list = /--query-[a-z-]+=(\S+)/.exec(command)?.[1] ?? '';
  const canonical: Readonly<Record<string, string>> = {
    gpu_name: 'name',
    gpu_bus_id: 'pci.bus_id',
    gpu_uuid: 'gpu_uuid',
  };
  return list.split(',').map((name) => canonical[name] ?? name);
}

/** What a person would count as rows: every line that is no header. */
function dataRows(capture: Capture): readonly string[] {
  const lines = text(capture.file)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const hasHeader = !capture.command.includes('noheader') && !isExcerpt(capture.file);
  return hasHeader ? lines.slice(1) : lines;
}

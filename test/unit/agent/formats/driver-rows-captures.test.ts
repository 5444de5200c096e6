import { expect, test } from 'vitest';
import { parseComputeApps } from '../../../../agent/formats/csv/compute-apps.ts';
import { parseGpuQuery } from '../../../../agent/formats/csv/gpu-query.ts';
import { parseMigChanges } from '../../../../agent/formats/mig/mig-changes.ts';
import {
  captures,
  capturesFound,
  capturesOf,
  captureText,
  type Capture,
} from '../../../setup/captures.ts';
import { describeWhere } from '../../../setup/needs.ts';

/** Excerpts say so with a line of dots, which no tool prints. */
const isExcerpt = (file: string): boolean => captureText(file).includes('[...]');

describeWhere(
  'captures',
  capturesFound,
  'captures of real cards, as the driver reads them,',
  () => {
    const queries = capturesOf('smi-csv').filter(
      (each) =>
        each.command.includes('--query-gpu=') &&
        /[=,]index(,|\s)/.test(each.command) &&
        /[=,]uuid(,|\s)/.test(each.command),
    );
    test('with index and UUID give a whole row for every card', () => {
      expect(queries.length).toBeGreaterThanOrEqual(10);
      for (const capture of queries) {
        const columns = columnsOf(capture.command);
        const parsed = parseGpuQuery(captureText(capture.file), columns);
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
      for (const capture of capturesOf('smi-csv')) {
        if (queries.includes(capture) || !capture.command.includes('--query-gpu=')) continue;
        const parsed = parseGpuQuery(captureText(capture.file), columnsOf(capture.command));
        if (parsed.ok) expect(parsed.value.gpus, capture.file).toEqual([]);
        else expect(parsed.problem.path, capture.file).toMatch(/^line \d+$/);
      }
    });

    test('of a lost card keep its row, with the words of the tool and no zeros', () => {
      const lost = parseGpuQuery(
        captureText('smi-csv/mock-a100-lost-nounits.csv'),
        columnsOf(captures.find((each) => each.file.endsWith('lost-nounits.csv'))?.command ?? ''),
      );
      expect(lost.ok && lost.value.gpus.map((gpu) => [gpu.error, gpu.memoryUsedMib])).toEqual([
        [null, 0],
        ['GPU is lost', null],
        ...Array.from({ length: 6 }, () => [null, 0]),
      ]);
    });

    test('of compute processes name every process, its card and its memory', () => {
      const captures = capturesOf('smi-csv').filter((each) =>
        each.command.includes('--query-compute-apps='),
      );
      expect(captures.length).toBeGreaterThanOrEqual(8);
      for (const capture of captures) {
        const parsed = parseComputeApps(captureText(capture.file), columnsOf(capture.command));
        expect(parsed.ok, capture.file).toBe(true);
        if (!parsed.ok) continue;
        expect(parsed.value.length, capture.file).toBe(dataRows(capture).length);
        for (const found of parsed.value) {
          expect(found.pid, capture.file).toBeGreaterThan(0);
          expect(found.name, capture.file).not.toBe('');
        }
      }
      const windows = parseComputeApps(
        captureText(
          'smi-csv/utk-windows-geforce-rtx-2080-super-591.86-idle-query-compute-apps.txt',
        ),
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

    test('of changes say what was made, what waits and what was refused', () => {
      const seven = parseMigChanges(captureText('mig/gh200-cgi-7x-1g12gb.txt'));
      expect(seven.gpuInstancesCreated.map((each) => each.gpuInstanceId)).toEqual([
        13, 11, 12, 7, 8, 9, 10,
      ]);
      expect(seven.computeInstancesCreated).toHaveLength(7);
      expect(seven.failures).toEqual([]);
      const partial = parseMigChanges(captureText('mig/ug-a100-cgi-order-insufficient.txt'));
      expect(partial.gpuInstancesCreated.map((each) => each.gpuInstanceId)).toEqual([13, 11, 3]);
      expect(partial.failures.map((each) => each.reason)).toEqual([
        'Insufficient Resources',
        'Insufficient Resources',
      ]);
      expect(
        parseMigChanges(captureText('mig/a100-570-dci-ok-dgi-inuse.txt')).failures.map(
          (each) => each.reason,
        ),
      ).toEqual(['In use by another client', 'In use by another client']);
      expect(
        parseMigChanges(captureText('mig/a30-535-mig1-pending-inuse.txt')).modesPending,
      ).toEqual([{ gpu: '00000000:0B:00.0', enabled: true, reason: 'In use by another client' }]);
      expect(
        parseMigChanges(captureText('mig/rtxpro6000-580-mig1-notsupported.txt')),
      ).toMatchObject({
        modesSet: [],
        failures: [{ reason: 'Not Supported' }],
      });
      expect(parseMigChanges(captureText('mig/ug-mig1-ok.txt'))).toMatchObject({
        modesSet: [{ gpu: '00000000:36:00.0', enabled: true }],
        failures: [],
      });
      expect(
        parseMigChanges(captureText('mig/ug-a100-dci.txt')).computeInstancesDestroyed,
      ).toHaveLength(3);
    });
  },
);

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
  const lines = captureText(capture.file)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const hasHeader = !capture.command.includes('noheader') && !isExcerpt(capture.file);
  return hasHeader ? lines.slice(1) : lines;
}

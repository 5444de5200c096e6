import { expect } from 'vitest';
import type { GpuRow, NvidiaSmi } from '../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import type { SlowQueries } from '../../agent/drivers/nvidia-smi/slow-queries.ts';
import { streamLines } from '../../agent/drivers/process/stream-lines.ts';
import { csvFormat, type CsvRecord } from '../../agent/formats/csv/csv.ts';
import type { FormatKind } from '../../agent/formats/format.ts';
import { gpuListFormat } from '../../agent/formats/listings/gpu-list.ts';
import type { GpuReport } from '../../agent/formats/report/report.ts';
import { inspectText } from '../../agent/formats/inspect.ts';
import { queryTextFormat } from '../../agent/formats/report/query-text.ts';
import { tableFormat } from '../../agent/formats/table/table.ts';
import { xmlFormat } from '../../agent/formats/report/xml.ts';
import { must } from '../fakes/agent/drivers/start-spec.ts';
import { ask, type GpuHost } from './gpu-host.ts';

interface Question {
  readonly args: readonly string[];
  readonly kind: FormatKind;
  /** Some drivers and cards do not have this; then the tool's words must be known as a refusal. */
  readonly mayRefuse?: (cards: readonly GpuRow[]) => boolean;
}

const csvColumns = 'index,uuid,pci.bus_id,driver_version,memory.total,memory.used,name';
const majorOf = (cards: readonly GpuRow[]): number => Number.parseInt(driverOf(cards), 10);
const someMig = (cards: readonly GpuRow[]): boolean =>
  cards.some((card) => card.migEnabled === true);

/** Nothing here changes a card. */
const questions: readonly Question[] = [
  { args: ['-L'], kind: 'smi-list' },
  { args: [], kind: 'smi-table' },
  { args: ['-q'], kind: 'smi-q' },
  { args: ['-q', '-x'], kind: 'xml' },
  { args: [`--query-gpu=${csvColumns}`, '--format=csv'], kind: 'smi-csv' },
  {
    args: ['--query-compute-apps=gpu_uuid,pid,used_memory,process_name', '--format=csv'],
    kind: 'smi-csv',
  },
  { args: ['--version'], kind: 'smi-version', mayRefuse: (cards) => majorOf(cards) < 550 },
  { args: ['topo', '-m'], kind: 'topo' },
  { args: ['dmon', '-c', '1'], kind: 'dmon-pmon', mayRefuse: someMig },
  { args: ['pmon', '-c', '1'], kind: 'dmon-pmon', mayRefuse: () => true },
  {
    args: ['mig', '-lgip'],
    kind: 'mig',
    // Some cards have no MIG, and before 550 profiles are told only while it is on.
    mayRefuse: (cards) => !someMig(cards),
  },
];

export function driverOf(cards: readonly GpuRow[]): string {
  return cards.find((card) => card.driverVersion !== null)?.driverVersion ?? 'unknown';
}

/** Every listing of `nvidia-smi` is recognised by its own marks and read; answers the texts by their arguments. */
export async function checkEveryListing(
  host: GpuHost,
  cards: readonly GpuRow[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { args, kind, mayRefuse } of questions) {
    const shown = ['nvidia-smi', ...args].join(' ');
    const { stdout, exitCode } = await ask(host, [...host.smi, ...args], { kind, shown });
    const inspection = inspectText({ file: '-', text: stdout });
    const refused = !inspection.ok && mayRefuse?.(cards) === true;
    if (refused) expect([kind, 'errors'], `${shown}:\n${stdout}`).toContain(inspection.kind);
    else expect(inspection, `${shown}:\n${stdout}`).toMatchObject({ kind, ok: true });
    if (!refused) expect(exitCode, shown).toBe(0);
    texts.set(args.join(' '), stdout);
  }
  return texts;
}

/** What one card is, as each of its listings says it. */
interface Identity {
  readonly uuid: string | null;
  readonly pciBusId: string | null;
  readonly name: string | null;
  readonly driver: string | null;
  readonly memoryTotalMib: number | null;
}

/** XML, `-q`, CSV, `-L` and the table tell of the same cards, drivers and sizes as the agent's own query. */
export function checkAgreement(texts: ReadonlyMap<string, string>, cards: readonly GpuRow[]): void {
  const text = (args: string): string => texts.get(args) ?? '';
  const wanted = sorted(
    cards.map(({ uuid, pciBusId, productName: name, driverVersion, memoryTotalMib }) => {
      const driver = driverVersion;
      return { uuid, pciBusId: busOf(pciBusId), name, driver, memoryTotalMib };
    }),
  );
  const xml = must(xmlFormat.parse(text('-q -x')));
  expect(identities(xml), '-q -x').toEqual(wanted);
  expect(identities(must(queryTextFormat.parse(text('-q')))), '-q').toEqual(wanted);
  const csv = must(csvFormat.parse(text(`--query-gpu=${csvColumns} --format=csv`)));
  const records = csv.rows.filter((row): row is CsvRecord => 'lost' in row);
  expect(sorted(records.map(identityOfRow)), '--query-gpu').toEqual(wanted);
  const listed = must(gpuListFormat.parse(text('-L'))).gpus;
  expect(listed.map(({ index, uuid, name }) => ({ index, uuid, name }))).toEqual(
    cards.map(({ index, uuid, productName: name }) => ({ index, uuid, name })),
  );
  const table = must(tableFormat.parse(text('')));
  expect(table).toMatchObject({ gpuCount: cards.length, driverVersion: xml.driverVersion });
}

function identities({ gpus, driverVersion: driver }: GpuReport): readonly Identity[] {
  return sorted(
    gpus.map(({ uuid, pciBusId, name, memoryTotalMib }) => {
      return { uuid, pciBusId: busOf(pciBusId), name, driver, memoryTotalMib };
    }),
  );
}

function identityOfRow(row: CsvRecord): Identity {
  const word = (key: string): string | null => (typeof row[key] === 'string' ? row[key] : null);
  const memory = row['memoryTotalMib'];
  return {
    uuid: word('uuid'),
    pciBusId: busOf(word('pciBusId')),
    name: word('name'),
    driver: word('driverVersion'),
    memoryTotalMib: typeof memory === 'number' ? memory : null,
  };
}

const sorted = (cards: readonly Identity[]): readonly Identity[] =>
  [...cards].sort((a, b) => ((a.uuid ?? '') < (b.uuid ?? '') ? -1 : 1));

/** The listings differ in the case of the hexadecimal digits. */
const busOf = (id: string | null): string | null => id?.toLowerCase() ?? null;

const samplesWanted = 4;
const periodMs = 500;

/** The loop tells of every card each period, and the slow report fills in what it lacks. */
export async function checkSampling(
  host: GpuHost,
  smi: NvidiaSmi & SlowQueries,
  cards: readonly GpuRow[],
): Promise<void> {
  const uuids = cards.map((card) => card.uuid);
  const over = new AbortController();
  let samples = 0;
  for await (const rows of smi.sampleGpus(periodMs, AbortSignal.any([over.signal, late()]))) {
    expect(rows.map((row) => row.uuid)).toEqual(uuids);
    for (const row of rows) expect(row, `sample ${samples}`).toMatchObject({ error: null });
    samples += 1;
    if (samples === samplesWanted) break;
  }
  over.abort();
  expect(samples).toBe(samplesWanted);
  const report = await smi.readReport(late());
  expect(new Set(report.gpus.map((gpu) => gpu.uuid))).toEqual(new Set(uuids));
  for (const gpu of report.gpus) {
    expect(gpu).toMatchObject({ lost: false, errorBodies: [] });
    expect(gpu.performanceState).toMatch(/^P\d/);
  }
  await keepLoop(host, cards.length);
}

const late = (): AbortSignal => AbortSignal.timeout(60_000);

/** The loop's own text, as far as the first periods. */
async function keepLoop(host: GpuHost, cardCount: number): Promise<void> {
  const args = [`--query-gpu=timestamp,${csvColumns}`, '--format=csv', '-lms', String(periodMs)];
  const lines: string[] = [];
  const argv = [...host.smi, ...args];
  for await (const line of streamLines({ argv, stallMs: 20_000 }, late())) {
    lines.push(line);
    if (lines.length > samplesWanted * cardCount) break;
  }
  const text = `${lines.join('\n')}\n`;
  const command = ['nvidia-smi', ...args].join(' ');
  host.recorder.keep({ kind: 'smi-csv', command, exitCode: null, text });
  expect(inspectText({ file: '-', text }), text).toMatchObject({
    kind: 'smi-csv',
    ok: true,
    value: { query: 'gpu' },
  });
}

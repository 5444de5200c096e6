import { basename } from 'node:path';
import { localTime } from '../local-time.ts';
import type { Dialect } from './dialect.ts';
import { reply, type Reply } from './reply.ts';
import type { GpuView, ProcessView } from './view.ts';

/** `dmon` lists cards, `pmon` the processes on them. */
export interface MonitorRequest {
  readonly of: 'devices' | 'processes';
  /** Letters of `-s`, in the order in which their columns are printed. */
  readonly select: string;
  readonly withDate: boolean;
  readonly withTime: boolean;
}

/** Letters that `-s` takes. */
export const monitorLetters = { devices: 'pucvmet', processes: 'um' } as const;

interface MonitorPage extends MonitorRequest {
  readonly dialect: Dialect;
  readonly sample: number;
  readonly nowMs: number;
}

interface Column<T> {
  readonly title: string;
  readonly unit: string;
  /** null is printed as `-`. */
  readonly value: (row: T) => number | null;
  /** First driver that has it. */
  readonly since?: number;
}

/** How wide the columns of a driver are; a wider value pushes the rest aside. */
interface Widths {
  readonly title: number;
  readonly value: number;
  readonly pid: number;
  /** Newer drivers end every line of `dmon`, and the titles of `pmon`, with a blank. */
  readonly end: string;
  /** Between the numbers of `pmon` and the command. */
  readonly gap: string;
}

/** The headers are printed again after so many samples. */
const headerPeriod = 20;

/** One sample: the headers before the first one, a row for each card or process. */
export function renderMonitor(views: readonly GpuView[], page: MonitorPage): Reply {
  if (views.length === 0) return reply(['No devices were found'], 6);
  const lines =
    page.of === 'devices'
      ? deviceLines(views, page, widthsOf(page.dialect))
      : processLines(views, page, widthsOf(page.dialect));
  return reply(lines);
}

/** Captured: 525 had narrow titles over wide values, 590 both wide; older ones had both narrow. */
function widthsOf({ major }: Dialect): Widths {
  const narrow = { title: 6, value: 6, pid: 11, end: '', gap: '   ' };
  if (major < 520) return narrow;
  if (major < 530) return { ...narrow, value: 7 };
  return { title: 7, value: 7, pid: 12, end: ' ', gap: '    ' };
}

const dmonColumns: Readonly<Record<string, readonly Column<GpuView>[]>> = {
  p: [
    column('pwr', 'W', (view) => Math.round(view.powerWatts)),
    column('gtemp', 'C', (view) => view.temperatureCelsius),
    column('mtemp', 'C', (view) =>
      view.card.memoryClockMaxMhz < 4_000 ? view.temperatureCelsius + 2 : null,
    ),
  ],
  u: [
    column('sm', '%', (view) => view.busyPercent),
    column('mem', '%', (view) => view.memoryBusyPercent),
    column('enc', '%', engineLoad),
    column('dec', '%', engineLoad),
    column('jpg', '%', engineLoad, 530),
    column('ofa', '%', engineLoad, 530),
  ],
  c: [
    column('mclk', 'MHz', (view) => view.memoryClockMhz),
    column('pclk', 'MHz', (view) => view.smClockMhz),
  ],
  v: [
    column('pviol', '%', () => 0),
    column('tviol', 'bool', (view) => (view.health.thermalSlowdown ? 1 : 0)),
  ],
  m: [
    column('fb', 'MB', (view) => view.usedMib),
    column('bar1', 'MB', () => 1),
    column('ccpm', 'MB', () => 0, 530),
  ],
  e: [
    column('sbecc', 'errs', () => 0),
    column('dbecc', 'errs', (view) => view.health.eccErrors),
    column('pci', 'errs', () => 0),
  ],
  t: [column('rxpci', 'MB/s', () => 0), column('txpci', 'MB/s', () => 0)],
};

function deviceLines(
  views: readonly GpuView[],
  page: MonitorPage,
  widths: Widths,
): readonly string[] {
  const columns = chosen(dmonColumns, page);
  const header = [
    lead(page, 'title') + columns.map((each) => each.title.padStart(widths.title)).join(''),
    lead(page, 'unit') + columns.map((each) => each.unit.padStart(widths.title)).join(''),
  ].map((line) => line + widths.end);
  const rows = views.map((view) => {
    const unreadable = view.health.unreadable !== undefined;
    const cells = columns.map((each) => cell(unreadable ? null : each.value(view), widths));
    return stamp(page, view.index) + cells.join('') + widths.end;
  });
  return [...(page.sample % headerPeriod === 0 ? header : []), ...rows];
}

interface ProcessRow {
  readonly view: GpuView;
  readonly process: ProcessView;
}

const pmonColumns: Readonly<Record<string, readonly Column<ProcessRow>[]>> = {
  u: [
    // Under MIG the driver has no utilisation of a process, and an idle process has none.
    column('sm', '%', busyOf),
    column('mem', '%', (row) => {
      const busy = busyOf(row);
      return busy === null ? null : Math.round(busy * 0.4);
    }),
    column('enc', '%', () => null),
    column('dec', '%', () => null),
    column('jpg', '%', () => null, 530),
    column('ofa', '%', () => null, 530),
  ],
  m: [column('fb', 'MB', (row) => row.process.usedMib), column('ccpm', 'MB', () => 0, 530)],
};

function processLines(
  views: readonly GpuView[],
  page: MonitorPage,
  widths: Widths,
): readonly string[] {
  const columns = chosen(pmonColumns, page);
  const head = (words: readonly [string, string, string], part: 'title' | 'unit'): string => {
    const [pid, type, command] = words;
    const numbers = columns.map((each) => each[part].padStart(widths.title)).join('');
    return `${lead(page, part)}${pid.padStart(widths.pid)}${type.padStart(widths.title)}${numbers}${widths.gap}${command}${widths.end}`;
  };
  const row = (view: GpuView, process: ProcessView | undefined): string => {
    const numbers = columns
      .map((each) => cell(process === undefined ? null : each.value({ view, process }), widths))
      .join('');
    const pid = String(process?.pid ?? '-').padStart(pidWidth);
    const type = (process?.type ?? '-').padStart(typeWidth);
    const command = basename(process?.name ?? '-').slice(0, commandWidth);
    return `${stamp(page, view.index)}${pid}${type}${numbers}${widths.gap}${command.padEnd(commandWidth)}`;
  };
  const header = [head(['pid', 'type', 'command'], 'title'), head(['#', 'C/G', 'name'], 'unit')];
  // A card on which nothing runs is a row of dashes.
  const rows = views.flatMap((view) =>
    view.processes.length === 0
      ? [row(view, undefined)]
      : view.processes.map((process) => row(view, process)),
  );
  return [...(page.sample % headerPeriod === 0 ? header : []), ...rows];
}

/** These stay narrow where newer drivers widened the titles above them. */
const pidWidth = 11;
const typeWidth = 6;
/** Longer names are cut. */
const commandWidth = 15;

function busyOf({ view, process }: ProcessRow): number | null {
  if (view.gpu.migCurrent) return null;
  const busy = Math.round(process.busyPercent);
  return busy === 0 ? null : busy;
}

function engineLoad(view: GpuView): number | null {
  return view.busyPercent === null ? null : 0;
}

function chosen<T>(
  all: Readonly<Record<string, readonly Column<T>[]>>,
  page: MonitorPage,
): readonly Column<T>[] {
  return page.select
    .split('')
    .flatMap((letter) => all[letter] ?? [])
    .filter(({ since }) => since === undefined || page.dialect.major >= since);
}

/** What stands before the numbers of a header line: `# gpu`, or date and time before it. */
function lead(page: MonitorPage, part: 'title' | 'unit'): string {
  const words = [
    ...(page.withDate ? [part === 'title' ? 'Date' : 'YYYYMMDD'] : []),
    ...(page.withTime ? [part === 'title' ? 'Time' : 'HH:MM:SS'] : []),
  ];
  const card = part === 'title' ? 'gpu' : 'Idx';
  return words.length === 0 ? `# ${card}` : `#${columnsOfTime(words)}${card}`;
}

function stamp(page: MonitorPage, index: number): string {
  const [day = '', clock = ''] = localTime(page.nowMs, '-').split(' ');
  const words = [
    ...(page.withDate ? [day.replaceAll('-', '')] : []),
    ...(page.withTime ? [clock.slice(0, 8)] : []),
  ];
  if (words.length === 0) return String(index).padStart(5);
  return ` ${columnsOfTime(words)}${String(index).padStart(3)}`;
}

/** The `#` before the first one takes a column of it. */
function columnsOfTime(words: readonly string[]): string {
  return words.map((word, at) => word.padEnd(at === 0 ? 11 : 12)).join('');
}

function cell(value: number | null, widths: Widths): string {
  return String(value ?? '-').padStart(widths.value);
}

function column<T>(
  title: string,
  unit: string,
  value: (row: T) => number | null,
  since?: number,
): Column<T> {
  return since === undefined ? { title, unit, value } : { title, unit, value, since };
}

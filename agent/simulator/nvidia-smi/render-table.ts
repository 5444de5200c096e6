import type { Dialect } from './dialect.ts';
import type { Reply } from './reply.ts';
import type { GpuView, MigDeviceView } from './view.ts';

/** Column widths of one driver generation. */
interface Frame {
  readonly left: number;
  readonly middle: number;
  readonly right: number;
  readonly narrow: boolean;
}

const frames = {
  /** before 530 */
  old: { left: 31, middle: 22, right: 22, narrow: true },
  /** 530 to 545 */
  middle: { left: 41, middle: 22, right: 22, narrow: false },
  /** 550 and newer */
  wide: { left: 41, middle: 24, right: 22, narrow: false },
} as const satisfies Record<string, Frame>;

/** The table that a bare `nvidia-smi` prints. With a lost card it ends early and exits 15. */
export function renderTable(views: readonly GpuView[], dialect: Dialect, timestamp: string): Reply {
  const frame =
    dialect.major < 530 ? frames.old : dialect.major < 550 ? frames.middle : frames.wide;
  const width = frame.left + frame.middle + frame.right + 2;
  const rule = split(frame, '-', '+');
  const lost = views.some((view) => view.health.unreadable !== undefined);
  // 580 no longer fills the blank line before a box.
  const gap = dialect.major >= 580 ? '' : ' '.repeat(width);
  return {
    lines: [
      `${timestamp}       `,
      `+${'-'.repeat(width)}+`,
      banner(dialect, width),
      dialect.major >= 580 ? rule : `|${rule.slice(1)}`,
      ...heading(frame),
      ...views.flatMap((view) => [...gpuRows(view, frame), rule]),
      ...migBox(views, width),
      gap,
      ...processBox(views, width, { lost, wide: dialect.major >= 580 }),
    ],
    exitCode: lost ? 15 : 0,
  };
}

function banner(dialect: Dialect, width: number): string {
  const { driverVersion, cudaVersion } = dialect;
  const versions =
    dialect.major < 530
      ? [`NVIDIA-SMI ${driverVersion.padEnd(13)}`, `Driver Version: ${driverVersion.padEnd(13)}`]
      : [
          `NVIDIA-SMI ${driverVersion.padEnd(23)}`,
          `Driver Version: ${driverVersion.padEnd(dialect.major < 550 ? 13 : 15)}`,
        ];
  return `| ${`${versions.join('')}CUDA Version: ${cudaVersion}`.padEnd(width - 2)} |`;
}

function heading(frame: Frame): readonly string[] {
  const left = frame.narrow
    ? [' GPU  Name        Persistence-M', ' Fan  Temp  Perf  Pwr:Usage/Cap', '']
    : [
        ' GPU  Name                 Persistence-M ',
        ' Fan  Temp   Perf          Pwr:Usage/Cap ',
        '',
      ];
  const middle = [
    frame.middle === 22 ? ' Bus-Id        Disp.A ' : ' Bus-Id          Disp.A ',
    'Memory-Usage '.padStart(frame.middle),
    '',
  ];
  const right = [' Volatile Uncorr. ECC ', ' GPU-Util  Compute M. ', '               MIG M. '];
  return [
    ...[0, 1, 2].map(
      (at) =>
        `|${(left[at] ?? '').padEnd(frame.left)}|${(middle[at] ?? '').padEnd(frame.middle)}|${right[at] ?? ''}|`,
    ),
    split(frame, '=', '|', '+'),
  ];
}

function gpuRows(view: GpuView, frame: Frame): readonly string[] {
  const { card, gpu } = view;
  const { unreadable, eccErrors } = view.health;
  const none = unreadable === undefined ? undefined : 'ERR!';
  const persistence = gpu.persistence ? 'On' : 'Off';
  const ecc = none ?? (gpu.migCurrent ? 'On' : String(eccErrors));
  const first = frame.narrow
    ? ` ${String(view.index).padStart(3)}  ${shorten(card.productName, 18).padEnd(20)}${persistence}`
    : ` ${String(view.index).padStart(3)}  ${shorten(card.productName, 27).padEnd(31)}${persistence}`;
  const bus = ` ${frame.middle === 22 ? '' : '  '}${gpu.busId} Off `;
  const temperature = none ?? `${view.temperatureCelsius}C`;
  const draw = none ?? `${Math.round(view.powerWatts)}W`;
  const cap = `${view.powerLimitWatts}W`;
  const second = frame.narrow
    ? ` N/A  ${temperature.padStart(4)}    ${view.performanceState} ${draw.padStart(6)} / ${cap.padEnd(5)}`
    : ` N/A  ${temperature.padStart(4)}    ${view.performanceState.padEnd(2)} ${draw.padStart(15)} / ${cap.padStart(5)} `;
  const memory =
    unreadable !== undefined
      ? ` ${unreadable}`.padEnd(frame.middle)
      : memoryCell(view.usedMib, card.memoryMib, frame.middle);
  const utilization = none ?? (view.busyPercent === null ? 'N/A' : `${view.busyPercent}%`);
  const compute = computeWord(gpu.computeMode);
  const mig =
    card.migGeometry === null
      ? 'N/A'
      : `${gpu.migPending ? 'Enabled' : 'Disabled'}${gpu.migCurrent === gpu.migPending ? '' : '*'}`;
  return [
    `|${first.padEnd(frame.left)}|${bus.padStart(frame.middle)}|${`${ecc} `.padStart(22)}|`,
    `|${second.padEnd(frame.left)}|${memory}|${utilization.padStart(8)} ${`${compute} `.padStart(13)}|`,
    `|${' '.repeat(frame.left)}|${' '.repeat(frame.middle)}|${`${mig} `.padStart(22)}|`,
  ];
}

function memoryCell(used: number, total: number, width: number): string {
  const parts = width === 22 ? [9, 8] : [11, 9];
  const text = `${`${used}MiB`.padStart(parts[0] ?? 9)} / ${`${total}MiB`.padStart(parts[1] ?? 8)} `;
  return text.padStart(width);
}

function computeWord(mode: string): string {
  switch (mode) {
    case 'Exclusive_Process':
      return 'E. Process';
    case 'Exclusive_Thread':
      return 'E. Thread';
    default:
      return mode;
  }
}

/** Only there when a card has MIG on. */
function migBox(views: readonly GpuView[], width: number): readonly string[] {
  const cut = views.filter((view) => view.gpu.migCurrent);
  if (cut.length === 0) return [];
  const memory = width - 55;
  const rule = `+${'-'.repeat(18)}+${'-'.repeat(memory)}+${'-'.repeat(11)}+${'-'.repeat(23)}+`;
  const cells = (middle: string, rest: readonly [string, string, string]): string =>
    `|${rest[0].padEnd(18)}|${middle.padStart(memory)}|${rest[1].padEnd(11)}|${rest[2].padEnd(23)}|`;
  const wide = width >= 89;
  const rows = cut.flatMap((view) =>
    view.devices.flatMap((device, at) => [...deviceRows({ view, device, at, wide }, cells), rule]),
  );
  return [
    '',
    `+${'-'.repeat(width)}+`,
    `| MIG devices:${' '.repeat(width - 13)}|`,
    rule,
    cells(wide ? 'Shared Memory-Usage ' : 'Memory-Usage ', [
      ' GPU  GI  CI  MIG',
      '        Vol',
      wide ? '        Shared' : '      Shared',
    ]),
    cells(wide ? 'Shared BAR1-Usage ' : 'BAR1-Usage ', [
      '      ID  ID  Dev',
      ' SM     Unc',
      wide ? ' CE ENC  DEC  OFA  JPG' : ' CE ENC DEC OFA JPG',
    ]),
    cells('', ['', '        ECC', '']),
    rule.replaceAll('-', '=').replace(/^\+|\+$/g, '|'),
    ...(rows.length === 0
      ? [`|${'  No MIG devices found'.padEnd(width)}|`, `+${'-'.repeat(width)}+`]
      : rows),
  ];
}

function deviceRows(
  given: {
    readonly view: GpuView;
    readonly device: MigDeviceView;
    readonly at: number;
    readonly wide: boolean;
  },
  cells: (middle: string, rest: readonly [string, string, string]) => string,
): readonly string[] {
  const { view, device, at, wide } = given;
  const { engines, copyEngines } = device.profile;
  const before = view.devices[at - 1];
  // Compute instances of one GPU instance share its memory: said once.
  const shares = before?.gpuInstanceId === device.gpuInstanceId;
  const widths = wide ? [3, 4, 5, 5, 5] : [3, 4, 4, 4, 4];
  const engineCells = [copyEngines, engines.nvenc, engines.nvdec, engines.ofa, engines.jpeg];
  return [
    cells(shares ? '' : sharedCell(device.usedMib, device.profile.memoryMib), [
      `${rightAligned(view.index, 3)}${rightAligned(device.gpuInstanceId, 5)}${rightAligned(device.computeInstance.id, 4)}${rightAligned(device.index, 4)}`,
      `${rightAligned(device.smCount, 3)}${rightAligned(0, 7)}`,
      engineCells.map((value, column) => rightAligned(value, widths[column] ?? 4)).join(''),
    ]),
    cells(shares ? '' : sharedCell(0, device.bar1Mib), ['', '', '']),
  ];
}

function processBox(
  views: readonly GpuView[],
  width: number,
  given: { readonly lost: boolean; readonly wide: boolean },
): readonly string[] {
  const line = `+${'-'.repeat(width)}+`;
  const pidWidth = given.wide ? 16 : 10;
  const nameStart = pidWidth + 26;
  const nameWidth = width - nameStart - 13;
  const head = `|  GPU   GI   CI ${'PID'.padStart(pidWidth)}   Type   Process name`;
  const second = '|        ID   ID';
  const rows = views.flatMap((view) =>
    view.processes.map(
      (process) =>
        `|${String(view.index).padStart(5)}   ${instanceCell(process.gpuInstanceId)}  ${instanceCell(process.computeInstanceId)}` +
        `${String(process.pid).padStart(pidWidth)}${process.type.padStart(7)}   ` +
        `${tailOf(process.name, nameWidth).padEnd(nameWidth)}${`${process.usedMib}MiB`.padStart(12)} |`,
    ),
  );
  const body = given.lost
    ? ['Failed to query device index']
    : rows.length === 0
      ? [`|${'  No running processes found'.padEnd(width)}|`, line]
      : [...rows, line];
  return [
    line,
    `|${' Processes:'.padEnd(width)}|`,
    `${head.padEnd(width - 10)}GPU Memory |`,
    `${second.padEnd(width - 10)}Usage      |`,
    `|${'='.repeat(width)}|`,
    ...body,
  ];
}

function sharedCell(usedMib: number, totalMib: number): string {
  return `${`${usedMib}MiB`.padStart(8)} / ${`${totalMib}MiB`.padStart(8)}    `;
}

function instanceCell(id: number | null): string {
  return id === null ? 'N/A' : `${String(id).padStart(2)} `;
}

function rightAligned(value: number, width: number): string {
  return String(value).padStart(width);
}

function shorten(name: string, width: number): string {
  return name.length <= width ? name : `${name.slice(0, width - 3)}...`;
}

/** Long program names keep their end: `...nv/bin/python`. */
function tailOf(name: string, width: number): string {
  return name.length <= width ? name : `...${name.slice(name.length - width + 3)}`;
}

function split(frame: Frame, fill: string, edge: string, joint = edge): string {
  const parts = [frame.left, frame.middle, frame.right].map((width) => fill.repeat(width));
  return `${edge}${parts.join(joint)}${edge}`;
}

import type { CurvePoint } from './simulation-run.ts';

/** One line of the plot. */
export interface PlotLine {
  readonly name: string;
  /** In order of what arrived. */
  readonly points: readonly CurvePoint[];
}

/** Another horizontal axis than arrivals: its ends, and what stands under it where. */
export interface Across {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly (readonly [at: number, text: string])[];
}

export interface Plot {
  readonly title: string;
  readonly lines: readonly PlotLine[];
  /** Absent: percent of capacity that has arrived. */
  readonly across?: Across;
}

const size = { width: 860, height: 480 } as const;
const frame = { left: 64, right: 680, top: 48, bottom: 416 } as const;

/** Okabe and Ito's colours, told apart by most eyes on light and on dark; dashes tell them apart in print. */
const strokes = [
  { colour: '#0072b2', dash: '' },
  { colour: '#d55e00', dash: '' },
  { colour: '#009e73', dash: '' },
  { colour: '#cc79a7', dash: '' },
  { colour: '#e69f00', dash: '' },
  { colour: '#56b4e9', dash: '' },
  { colour: '#0072b2', dash: '6 4' },
  { colour: '#d55e00', dash: '6 4' },
  { colour: '#009e73', dash: '6 4' },
] as const;

/**
 * Draws allocated share as one SVG that needs nothing else and reads on light and dark pages. Against arrivals it shows the upper part,
 * where policies differ: below it everything that arrives is placed.
 */
export function renderPlot({ title, lines, across }: Plot): string {
  const axes = axesOf(lines, across ?? acrossArrivals(lines));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title>`,
    '<style>',
    'text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}',
    '.grid{stroke:#8c959f;stroke-opacity:.3}.axis{stroke:#8c959f;fill:none}.all{stroke:#8c959f;stroke-dasharray:2 4;fill:none}',
    '.line{fill:none;stroke-width:2;stroke-linejoin:round}',
    '@media (prefers-color-scheme:dark){text{fill:#e6edf3}}',
    '</style>',
    `<text class="title" x="${frame.left}" y="28">${escape(title)}</text>`,
    ...drawGrid(axes),
    ...(across === undefined ? drawAll(axes) : []),
    ...lines.map((line, at) => drawLine(line, at, axes)),
    ...lines.map((line, at) => drawKey(line, at)),
    '</svg>',
    '',
  ].join('\n');
}

interface Range {
  readonly low: number;
  readonly high: number;
}

interface Axes {
  readonly across: Across;
  readonly allocated: Range;
}

const gridStep = 10;
/** The part of what arrives that is shown. */
const shownShare = 0.5;

function acrossArrivals(lines: readonly PlotLine[]): Across {
  const arrived = lines.flatMap(({ points }) => points.map(([percent]) => percent));
  const high = Math.max(gridStep, up(Math.max(0, ...arrived)));
  const low = Math.min(high - gridStep, down(high * shownShare));
  return {
    label: 'GPU demand that has arrived, percent of capacity',
    low,
    high,
    ticks: ticks({ low, high }).map((percent) => [percent, String(percent)]),
  };
}

function axesOf(lines: readonly PlotLine[], across: Across): Axes {
  const shown = lines.flatMap(({ points }) => points.filter(([at]) => at >= across.low));
  const least = Math.min(100, ...shown.map(([, percent]) => percent));
  const most = Math.max(0, ...shown.map(([, percent]) => percent));
  const top = Math.max(gridStep, up(most));
  return { across, allocated: { low: Math.min(top - gridStep, down(least)), high: top } };
}

function up(value: number): number {
  return Math.ceil(value / gridStep) * gridStep;
}

function down(value: number): number {
  return Math.floor(value / gridStep) * gridStep;
}

function drawGrid({ across, allocated }: Axes): string[] {
  const parts: string[] = [];
  for (const [at, text] of across.ticks) {
    const x = xOf(at, across);
    parts.push(
      `<path class="grid" d="M${x} ${frame.top}V${frame.bottom}"/>`,
      `<text x="${x}" y="${frame.bottom + 20}" text-anchor="middle">${escape(text)}</text>`,
    );
  }
  for (const percent of ticks(allocated)) {
    const y = yOf(percent, allocated);
    parts.push(
      `<path class="grid" d="M${frame.left} ${y}H${frame.right}"/>`,
      `<text x="${frame.left - 8}" y="${y + 4}" text-anchor="end">${percent}</text>`,
    );
  }
  const middle = (frame.top + frame.bottom) / 2;
  return [
    ...parts,
    `<path class="axis" d="M${frame.left} ${frame.top}V${frame.bottom}H${frame.right}"/>`,
    `<text x="${(frame.left + frame.right) / 2}" y="${frame.bottom + 44}" text-anchor="middle">${escape(across.label)}</text>`,
    `<text transform="translate(20 ${middle}) rotate(-90)" text-anchor="middle">allocated, percent of capacity</text>`,
  ];
}

function ticks({ low, high }: Range): number[] {
  return Array.from({ length: (high - low) / gridStep + 1 }, (_, at) => low + at * gridStep);
}

/** Where everything that arrived would be placed. */
function drawAll(axes: Axes): string[] {
  const from = Math.max(axes.across.low, axes.allocated.low);
  const to = Math.min(axes.across.high, axes.allocated.high);
  return from < to
    ? [
        `<path class="all" d="${pathOf(
          [
            [from, from],
            [to, to],
          ],
          axes,
        )}"/>`,
      ]
    : [];
}

function drawLine({ name, points }: PlotLine, at: number, axes: Axes): string {
  const shown = points.filter(([x]) => x >= axes.across.low);
  return `<path class="line" ${strokeOf(at)} d="${pathOf(shown, axes)}"><title>${escape(name)}</title></path>`;
}

function drawKey({ name, points }: PlotLine, at: number): string {
  const y = frame.top + 12 + at * 24;
  const last = points.at(-1)?.[1];
  const text = last === undefined ? name : `${name} ${last.toFixed(2)}`;
  return [
    `<path class="line" ${strokeOf(at)} d="M${frame.right + 16} ${y}h28"/>`,
    `<text x="${frame.right + 52}" y="${y + 4}">${escape(text)}</text>`,
  ].join('');
}

function strokeOf(at: number): string {
  const stroke = strokes[at % strokes.length] ?? strokes[0];
  return `stroke="${stroke.colour}"${stroke.dash === '' ? '' : ` stroke-dasharray="${stroke.dash}"`}`;
}

function pathOf(points: readonly CurvePoint[], { across, allocated }: Axes): string {
  return points
    .map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${xOf(x, across)} ${yOf(y, allocated)}`)
    .join('');
}

function xOf(percent: number, { low, high }: Range): number {
  return tenths(frame.left + ((percent - low) / (high - low)) * (frame.right - frame.left));
}

function yOf(percent: number, { low, high }: Range): number {
  return tenths(frame.bottom - ((percent - low) / (high - low)) * (frame.bottom - frame.top));
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

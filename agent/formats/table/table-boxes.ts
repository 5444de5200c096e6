import { isNotice } from '../text/saved-output.ts';

/** The boxes of the table, known by the words in their headings. */
export type BoxName = 'cards' | 'mig' | 'processes';

/** One box as it was printed. */
export interface Box {
  readonly name: BoxName;
  readonly heading: readonly string[];
  /** The lines of each row, down to the frame below it. */
  readonly rows: readonly (readonly string[])[];
  /** Whether the frame goes on below the heading. */
  readonly hasRows: boolean;
  /** Whether the frame was closed below the last row. */
  readonly closed: boolean;
  /** Whether the tool broke off itself, and said why. */
  readonly gaveUp: boolean;
  /** Whether its last line is whole. */
  readonly framed: boolean;
}

/** A line among the boxes: the time above a table, a complaint, or what somebody wrote around it. */
export interface Remark {
  readonly text: string;
  /** How many boxes stand above it. */
  readonly boxesAbove: number;
}

export function boxesIn(lines: readonly string[]): {
  readonly boxes: readonly Box[];
  readonly remarks: readonly Remark[];
} {
  const boxes: OpenBox[] = [];
  const remarks: Remark[] = [];
  for (const line of lines) {
    const box = boxes.at(-1);
    if (!line.startsWith('|') && !line.startsWith('+')) {
      if (box !== undefined) endRow(box);
      if (line.trim() === '') continue;
      remarks.push({ text: line.trim(), boxesAbove: boxes.length });
      if (box?.hasRows === true && !box.closed && isNotice(line)) box.gaveUp = true;
      continue;
    }
    const name = boxNamed(line);
    if (name !== null && (box === undefined || box.hasRows || box.name !== name)) {
      boxes.push(openBox(name, line));
    } else if (box !== undefined) {
      addLine(box, line);
    }
  }
  for (const box of boxes) endRow(box);
  return { boxes, remarks };
}

const openings: readonly (readonly [RegExp, BoxName])[] = [
  [/^\| (?:NVIDIA-SMI |GPU {1,2}Name )/, 'cards'],
  [/^\| MIG devices:/, 'mig'],
  // `Compute processes` until driver 340.
  [/^\| (?:Compute p|P)rocesses:/, 'processes'],
];

/** The box that a line of the frame opens; its cards have a title of two lines, either of which an excerpt may lack. */
export function boxNamed(line: string): BoxName | null {
  return openings.find(([opening]) => opening.test(line))?.[1] ?? null;
}

interface OpenBox extends Box {
  readonly heading: string[];
  readonly rows: string[][];
  width: number;
  hasRows: boolean;
  closed: boolean;
  gaveUp: boolean;
  framed: boolean;
  row: string[];
}

function openBox(name: BoxName, line: string): OpenBox {
  return {
    name,
    heading: [line],
    rows: [],
    width: line.trimEnd().length,
    hasRows: false,
    closed: false,
    gaveUp: false,
    framed: isFramed(line, 0),
    row: [],
  };
}

function addLine(box: OpenBox, line: string): void {
  // Until driver 340 the title has a narrower frame of its own; a web page may have eaten the blanks.
  if (!box.hasRows && line.startsWith('|--') && line.trimEnd().length > box.width) box.width = 0;
  box.framed = isFramed(line, box.width);
  if (!box.hasRows) {
    box.heading.push(line);
    box.hasRows = line.startsWith('|===');
  } else if (line.startsWith('+')) {
    endRow(box);
    box.closed = box.framed;
  } else if (!line.startsWith('|---')) {
    box.row.push(line);
    box.closed = false;
    if (box.name === 'processes') endRow(box);
  }
}

function endRow(box: OpenBox): void {
  if (box.row.length === 0) return;
  box.rows.push(box.row);
  box.row = [];
}

/** The frame is as wide as the title, on every line. */
function isFramed(line: string, width: number): boolean {
  const whole = line.trimEnd();
  return whole.length >= width && whole.length > 1 && (whole.endsWith('|') || whole.endsWith('+'));
}

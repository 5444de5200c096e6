import { renderMib } from '../../../shared/domain/units.ts';
import type { TopRecord } from '../api/top-record.ts';
import { lacksDcgm } from './lacks-dcgm.ts';
import { drawTable, type Drawing } from './columns.ts';
import type { Row } from './rows.ts';
import { selectedAt, type ViewState } from './view-state.ts';

/** How a line is shown; a terminal without colour shows `alarm` and `selected` reversed and the rest plain. */
export type Style = 'plain' | 'title' | 'dim' | 'selected' | 'warning' | 'alarm';

export interface Line {
  readonly text: string;
  readonly style: Style;
}

export interface ScreenFacts {
  /** null: the agent has not answered yet. */
  readonly top: TopRecord | null;
  readonly rows: readonly Row[];
  readonly state: ViewState;
  /** Why the agent does not answer now; null: it does. */
  readonly away: string | null;
  readonly height: number;
}

const headLines = 3;
const footLines = 1;
const help = 'arrows move  enter folds  n/m/s/p sort  / filter  q quits  ~ shared  - unknown';

/** How many lines of the tree fit. */
export function pageRows(height: number): number {
  return Math.max(1, height - headLines - footLines);
}

/** Pure: the whole screen, exactly `height` lines of at most `drawing.width`. */
export function drawScreen(facts: ScreenFacts, drawing: Drawing): readonly Line[] {
  const { rows, state, height, top } = facts;
  const page = pageRows(height);
  const selected = selectedAt(state, rows);
  const from = Math.max(0, Math.min(selected - Math.floor(page / 2), rows.length - page));
  const shown = rows.slice(from, from + page);
  const table = drawTable(shown, drawing);
  const old = top?.stale === true || facts.away !== null;
  const body = shown.map((row, at): Line => {
    const text = table.lines[at] ?? '';
    if (from + at === selected) return { text: text.padEnd(drawing.width), style: 'selected' };
    if (old || row.node.kind === 'note') return { text, style: 'dim' };
    return { text, style: row.node.warning === '' ? 'plain' : 'warning' };
  });
  const empty = Array.from({ length: page - body.length }, (): Line => plain(''));
  return [
    headLine(facts),
    { text: statusLine(facts), style: 'dim' as const },
    { text: table.head, style: 'title' as const },
    ...body,
    ...empty,
    footLine(state),
  ]
    .slice(0, height)
    .map((line) => ({ ...line, text: Array.from(line.text).slice(0, drawing.width).join('') }));
}

function headLine({ top, away }: ScreenFacts): Line {
  if (away !== null) return { text: away, style: 'alarm' };
  if (top === null) return { text: 'waiting for the agent', style: 'dim' };
  const age = `${(top.ageMs / 1_000).toFixed(1)} s`;
  if (top.stale) {
    return { text: `STALE: the newest sample is ${age} old; sampling has stalled`, style: 'alarm' };
  }
  const cpu = top.cpuRatio === null ? '-' : `${Math.round(top.cpuRatio * 100)}%`;
  const memory = top.memoryUsedMib === null ? '-' : renderMib(top.memoryUsedMib);
  const cards = top.gpus.length === 1 ? '1 card' : `${top.gpus.length} cards`;
  return {
    text: `${cards}, host CPU ${cpu}, host memory ${memory}; sample ${age} old`,
    style: 'title',
  };
}

function statusLine({ top, state }: ScreenFacts): string {
  const parts = [`sorted by ${state.sortBy}`];
  if (state.filter !== '') parts.push(`only /${state.filter}`);
  if (top !== null && lacksDcgm(top)) {
    parts.push('no DCGM: SM use under MIG is not known');
  }
  return parts.join('; ');
}

function footLine({ typing }: ViewState): Line {
  if (typing === null) return { text: help, style: 'dim' };
  return { text: `/${typing}_   enter: filter, escape: leave it`, style: 'title' };
}

function plain(text: string): Line {
  return { text, style: 'plain' };
}

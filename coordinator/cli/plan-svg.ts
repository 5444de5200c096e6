import type { Plan__Output } from '../../shared/wire/generated/tangram/v1/Plan.ts';
import type { PlanCard__Output } from '../../shared/wire/generated/tangram/v1/PlanCard.ts';
import type { PlanPiece__Output } from '../../shared/wire/generated/tangram/v1/PlanPiece.ts';

/** Pixels. */
const sizes = {
  margin: 20,
  bar: 440,
  barHeight: 38,
  gap: 48,
  title: 20,
  head: 34,
  row: 86,
  legend: 28,
  /** Of one letter in the widest of the fonts: what does not fit is left to the tooltip. */
  letter: 7.2,
} as const;

/** Fills that carry dark text in a light and in a dark page; a model keeps its own throughout a picture. */
const fills = [
  '#8ecae6',
  '#ffd166',
  '#a7c957',
  '#f4a6a6',
  '#cdb4f6',
  '#f7b267',
  '#7fd8be',
  '#e0aaff',
  '#c9cba3',
  '#9fb8f5',
] as const;
const nobody = '#d0d3d8';

/** Page and lines follow the reader's colour scheme, because a pull request is read in both. */
const style = `
    .page { fill: #ffffff } .line { stroke: #8a9099 } .slot { fill: #eef0f3 }
    text { font: 12px ui-monospace, SFMono-Regular, Menlo, monospace; fill: #1f2328 }
    .head { font-weight: 600 } .piece text, text.on { fill: #14181d }
    .piece rect { stroke: #4b5158; stroke-width: 1 }
    .goes rect { stroke: #b3261e; stroke-width: 2.5; stroke-dasharray: 5 3 }
    .comes rect { stroke: #1a7f37; stroke-width: 2.5 }
    @media (prefers-color-scheme: dark) {
      .page { fill: #14181d } .line { stroke: #6c737c } .slot { fill: #262b33 }
      text { fill: #e6e9ee }
      .goes rect { stroke: #ff8a80 } .comes rect { stroke: #56d364 }
    }
`;

/** What plans do to cards: each card that one touches, before on the left and after on the right. One SVG of its own. */
export function renderPlanSvg(plans: readonly Plan__Output[]): string {
  const cards = plans.flatMap((plan) => plan.cards);
  const width = 2 * sizes.margin + 2 * sizes.bar + sizes.gap;
  const height = 2 * sizes.margin + sizes.head + cards.length * sizes.row + sizes.legend;
  const colour = coloursOf(cards);
  const title = `Plan ${plans.map(({ plan }) => plan).join(', ')}`;
  const rows = cards.map((card, at) => renderCard(card, at, colour));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `  <title>${escape(title)}</title>`,
    `  <style>${style}  </style>`,
    `  <rect class="page" width="${width}" height="${height}"/>`,
    `  ${text(sizes.margin, sizes.margin + 12, cards.length === 0 ? `${title}: no card changes` : title, 'head')}`,
    ...rows,
    renderLegend(height - sizes.margin),
    '</svg>',
    '',
  ].join('\n');
}

function renderCard(
  card: PlanCard__Output,
  at: number,
  colour: (piece: PlanPiece__Output) => string,
): string {
  const top = sizes.margin + sizes.head + at * sizes.row;
  const left = sizes.margin;
  const right = sizes.margin + sizes.bar + sizes.gap;
  const barTop = top + sizes.title;
  const arrowY = barTop + sizes.barHeight / 2;
  const from = left + sizes.bar + 10;
  const to = right - 10;
  return [
    `  <g>`,
    `    ${text(left, top + 12, `${card.node} ${card.gpu}  ${card.product}  before`, 'head')}`,
    `    ${text(right, top + 12, 'after', 'head')}`,
    renderBar(card, card.before, { x: left, y: barTop, changed: 'goes', colour }),
    `    <path class="line" fill="none" stroke-width="2" d="M${from} ${arrowY}H${to}m-6 -5l6 5l-6 5"/>`,
    renderBar(card, card.after, { x: right, y: barTop, changed: 'comes', colour }),
    `  </g>`,
  ].join('\n');
}

function renderBar(
  card: PlanCard__Output,
  pieces: readonly PlanPiece__Output[],
  of: {
    readonly x: number;
    readonly y: number;
    readonly changed: 'goes' | 'comes';
    readonly colour: (piece: PlanPiece__Output) => string;
  },
): string {
  const { x, y } = of;
  const ticks = Array.from({ length: Math.max(0, card.units - 1) }, (_, at) => {
    const tick = round(x + ((at + 1) * sizes.bar) / card.units);
    return `    <path class="line" stroke-width="0.5" d="M${tick} ${y}v${sizes.barHeight}"/>`;
  });
  return [
    `    <rect class="slot" x="${x}" y="${y}" width="${sizes.bar}" height="${sizes.barHeight}" rx="3"/>`,
    ...ticks,
    ...pieces.map((piece) => renderPiece(piece, of)),
  ].join('\n');
}

function renderPiece(
  piece: PlanPiece__Output,
  of: {
    readonly x: number;
    readonly y: number;
    readonly changed: 'goes' | 'comes';
    readonly colour: (piece: PlanPiece__Output) => string;
  },
): string {
  const left = round(of.x + (piece.startMilli * sizes.bar) / 1_000 + 1);
  const wide = round(Math.max(2, (piece.sizeMilli * sizes.bar) / 1_000 - 2));
  const who = piece.replica === '' ? 'free' : piece.model;
  const tip = `${piece.shape} ${piece.replica === '' ? 'free' : piece.replica}`;
  return [
    `    <g class="piece${piece.changed ? ` ${of.changed}` : ''}">`,
    `<title>${escape(tip)}</title>`,
    `<rect x="${left}" y="${of.y + 2}" width="${wide}" height="${sizes.barHeight - 4}" rx="3" fill="${of.colour(piece)}"/>`,
    text(left + 5, of.y + 16, fitting(who, wide), 'on'),
    text(left + 5, of.y + 30, fitting(shapeIn(piece, wide), wide), 'on'),
    `</g>`,
  ].join('');
}

function renderLegend(y: number): string {
  const x = sizes.margin;
  return [
    `  <g class="goes"><rect x="${x}" y="${y - 12}" width="16" height="12" fill="none"/></g>`,
    `  ${text(x + 22, y - 2, 'goes or moves away', '')}`,
    `  <g class="comes"><rect x="${x + 180}" y="${y - 12}" width="16" height="12" fill="none"/></g>`,
    `  ${text(x + 202, y - 2, 'comes', '')}`,
  ].join('\n');
}

/** In order of names, so that the same plan always has the same picture. */
function coloursOf(cards: readonly PlanCard__Output[]): (piece: PlanPiece__Output) => string {
  const models = [
    ...new Set(
      cards.flatMap(({ before, after }) => [...before, ...after].map((each) => each.model)),
    ),
  ]
    .filter((model) => model !== '')
    .sort();
  return ({ model }) => {
    const at = models.indexOf(model);
    return at < 0 ? nobody : (fills[at % fills.length] ?? nobody);
  };
}

/** Where a slice is on its card is seen, so that goes first when there is no room for all. */
function shapeIn({ shape }: PlanPiece__Output, widthPx: number): string {
  return shape.length <= lettersIn(widthPx) ? shape : shape.replace(/ at \d+$/, '');
}

function lettersIn(widthPx: number): number {
  return Math.floor((widthPx - 8) / sizes.letter);
}

function fitting(content: string, widthPx: number): string {
  const letters = lettersIn(widthPx);
  if (content.length <= letters) return content;
  return letters < 3 ? '' : `${content.slice(0, letters - 1)}…`;
}

function text(x: number, y: number, content: string, kind: string): string {
  const named = kind === '' ? '' : ` class="${kind}"`;
  return content === '' ? '' : `<text${named} x="${x}" y="${y}">${escape(content)}</text>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escape(content: string): string {
  // oxlint-disable-next-line no-control-regex -- XML admits no control characters at all
  const plain = content.replaceAll(/[\u0000-\u001f]/g, ' ');
  return plain.replaceAll(/[&<>"]/g, (letter) => entities[letter] ?? '');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

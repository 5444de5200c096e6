import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { renderPlanSvg } from '../../../../coordinator/cli/plan-svg.ts';
import type { Plan__Output } from '../../../../shared/wire/generated/tangram/v1/Plan.ts';

function planOf(cards: Plan__Output['cards']): Plan__Output {
  return {
    plan: 'plan-1',
    stages: [],
    kind: 'make-room',
    price: null,
    unplaced: '',
    cards,
    fitsIf: '',
    expiresAtMs: '0',
  };
}

const piece = {
  startMilli: 0,
  sizeMilli: 250,
  shape: '2g.10gb at 0',
  model: 'ocr',
  replica: 'ocr-1',
  changed: false,
};

const card = {
  node: 'node-a',
  gpu: 'GPU0',
  product: 'NVIDIA A100-SXM4-40GB',
  units: 8,
  before: [
    { ...piece, changed: true },
    { ...piece, startMilli: 500, model: '', replica: '' },
  ],
  after: [{ ...piece, startMilli: 250, replica: 'ocr-2', changed: true }],
};

test('each piece stands where its slice is, and what goes or comes is told apart', () => {
  const svg = renderPlanSvg([planOf([card])]);
  expect(XMLValidator.validate(svg)).toBe(true);
  const pieces = [
    ...svg.matchAll(
      /<g class="(piece[^"]*)"><title>([^<]*)<\/title><rect x="([\d.]+)" y="\d+" width="([\d.]+)"/g,
    ),
  ];
  expect(
    pieces.map(([, kind, title, x, width]) => [kind, title, Number(x), Number(width)]),
  ).toEqual([
    ['piece goes', '2g.10gb at 0 ocr-1', 21, 108],
    ['piece', '2g.10gb at 0 free', 241, 108],
    ['piece comes', '2g.10gb at 0 ocr-2', 619, 108],
  ]);
  expect(svg).toContain('node-a GPU0  NVIDIA A100-SXM4-40GB  before');
});

test('a model has one colour, before and after, and the picture follows the scheme of its reader', () => {
  const svg = renderPlanSvg([planOf([card])]);
  const fills = [...svg.matchAll(/rx="3" fill="(#[0-9a-f]{6})"/g)].map((match) => match[1]);
  expect(fills).toEqual(['#8ecae6', '#d0d3d8', '#8ecae6']);
  expect(svg).toContain('@media (prefers-color-scheme: dark)');
  expect(svg).not.toMatch(/href|url\(|<script/);
});

test('names that mean something to XML stay names', () => {
  const nasty = { ...card, node: '<b>&"\u0007', before: [{ ...piece, shape: '</title><x>' }] };
  const svg = renderPlanSvg([planOf([nasty])]);
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(svg).toContain('&lt;b&gt;&amp;&quot;');
  expect(svg).not.toContain('<x>');
});

test('text that does not fit its slice is left to the tooltip', () => {
  const narrow = { ...piece, sizeMilli: 20, model: 'a-rather-long-name' };
  const svg = renderPlanSvg([planOf([{ ...card, before: [narrow], after: [] }])]);
  expect(svg).not.toContain('>a-rather');
  expect(svg).toContain('<title>2g.10gb at 0 ocr-1</title>');
});

test('a plan that touches no card says so', () => {
  const svg = renderPlanSvg([planOf([])]);
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(svg).toContain('Plan plan-1: no card changes');
});

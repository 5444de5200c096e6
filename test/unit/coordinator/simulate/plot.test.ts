import { expect, test } from 'vitest';
import { renderPlot } from '../../../../coordinator/simulate/plot.ts';

const line = (name: string, most: number) => ({
  name,
  points: Array.from({ length: 131 }, (_, at) => [at, Math.min(at, most)] as const),
});

test('one line and one key a policy, in one picture that needs nothing else', () => {
  const svg = renderPlot({
    title: 'a <list> & "more"',
    lines: [line('tangram', 96), line('fgd', 95)],
  });
  expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
  expect(svg.match(/<path class="line"/g)?.length).toBe(4);
  expect(svg).toContain('>tangram 96.00</text>');
  expect(svg).toContain('>fgd 95.00</text>');
  expect(svg).toContain('a &lt;list&gt; &amp; &quot;more&quot;');
  expect(svg).not.toMatch(/href|url\(|<script|NaN|Infinity|undefined/);
});

test('the upper part is shown: 100 percent arrived lies where the axes say', () => {
  const svg = renderPlot({ title: 't', lines: [line('tangram', 96)] });
  // 60..130 from x = 64 to 680, 60..100 from y = 416 to 48.
  const drawn = /class="line"[^>]*d="(M[^"]*)"><title>/.exec(svg)?.[1] ?? '';
  expect(drawn.startsWith('M64 416L')).toBe(true);
  expect(drawn).toContain('L416 84.8');
  expect(drawn.endsWith('L680 84.8')).toBe(true);
});

test('a single point and an empty line still make a picture', () => {
  const svg = renderPlot({
    title: 't',
    lines: [
      { name: 'one', points: [[3, 3]] },
      { name: 'none', points: [] },
    ],
  });
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect(svg).toContain('>none</text>');
});

test('nine policies look different from each other', () => {
  const svg = renderPlot({
    title: 't',
    lines: Array.from({ length: 9 }, (_, at) => line(`p${at}`, 90 + at)),
  });
  const strokes = [...svg.matchAll(/<path class="line" ([^>]*?) d="[^"]*"><title>/g)];
  expect(new Set(strokes.map((each) => each[1])).size).toBe(9);
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { growingTable, renderTable } from '../../../../shared/platform/table.ts';

test('columns line up and lines end without blanks', () => {
  expect(
    renderTable(
      ['NAME', 'GPU'],
      [
        ['a', 'GPU-1'],
        ['longer', ''],
      ],
    ),
  ).toBe('NAME    GPU\na       GPU-1\nlonger  -\n');
});

test('a table without rows is its header', () => {
  expect(renderTable(['A', 'B'], [])).toBe('A  B\n');
});

test('a short row is filled and a line break in a cell becomes a blank', () => {
  expect(renderTable(['A', 'B'], [['x\ny']])).toBe('A    B\nx y  -\n');
});

test('a table that grows has one header, and its columns never get narrower', () => {
  const print = growingTable(['A', 'B']);
  expect(print([['long', 'x']])).toBe('A     B\nlong  x\n');
  expect(print([['a', 'y']])).toBe('a     y\n');
  expect(print([['longest', 'z']])).toBe('longest  z\n');
  expect(print([['a', 'y']])).toBe('a        y\n');
});

test('every row is one line with as many fields as there are columns', () => {
  const word = fc.stringMatching(/^[a-z0-9.-]{0,12}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word)), (rows) => {
      const lines = renderTable(['A', 'B', 'C'], rows).trimEnd().split('\n');
      expect(lines.length).toBe(rows.length + 1);
      for (const line of lines) expect(line.split(/\s{2,}/).length).toBe(3);
    }),
  );
});

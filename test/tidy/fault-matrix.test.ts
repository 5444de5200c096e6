import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { faultMatrix, renderMatrix } from '../faults/matrix.ts';

const text = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');

test('every kind of fault has a row, in order', () => {
  expect(faultMatrix.map(({ number }) => number)).toEqual(
    Array.from({ length: 32 }, (_, at) => at + 1),
  );
});

test('every row names tests that exist', () => {
  const missing = faultMatrix.flatMap(({ number, covers }) =>
    covers
      .filter((cover) => !text(cover.file).includes(cover.test))
      .map((cover) => [number, cover]),
  );
  expect(missing).toEqual([]);
  expect(faultMatrix.filter(({ covers }) => covers.length === 0)).toEqual([]);
});

test('what runs always is not only in the folder of the whole run', () => {
  const wrong = faultMatrix.filter(
    ({ where, covers }) =>
      (where === 'sample') !== covers.some(({ file }) => !file.startsWith('test/faults/')),
  );
  // Row 8 has a part that always runs, on the store alone.
  expect(wrong.map(({ number }) => number)).toEqual([8]);
});

test('every test that is named after a row is in it', () => {
  const files = new Set(faultMatrix.flatMap(({ covers }) => covers.map(({ file }) => file)));
  const named = [...files].flatMap((file) =>
    [...text(file).matchAll(/['"](row \d+[^'"]*)['"]/g)].map((match) => [file, match[1] ?? '']),
  );
  const covers = faultMatrix.flatMap((row) => row.covers);
  const strays = named.filter(
    ([file, name]) => !covers.some((cover) => cover.file === file && name?.includes(cover.test)),
  );
  expect(strays).toEqual([]);
});

test('the table that people read is this one', () => {
  const cells = (line: string): string => line.replace(/-{3,}/g, '---').replace(/\s*\|\s*/g, '|');
  const rows = (table: string): string[] =>
    table
      .split('\n')
      .map(cells)
      .filter((line) => line.startsWith('|'));
  const table = rows(renderMatrix(faultMatrix));
  expect(rows(text('test/faults/README.md')).slice(-table.length)).toEqual(table);
});

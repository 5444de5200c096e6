import { expect, test } from 'vitest';
import { linesOf, plainText } from '../../../../agent/formats/text/text.ts';

const texts = [
  { name: 'Unix line ends', text: 'a\nb\n', want: ['a', 'b'] },
  { name: 'Windows line ends', text: 'a\r\nb\r\n', want: ['a', 'b'] },
  { name: 'no line end after the last line', text: 'a\nb', want: ['a', 'b'] },
  { name: 'blank lines', text: '\na\n\n', want: ['', 'a', ''] },
  { name: 'a byte order mark', text: '\uFEFFa\n', want: ['a'] },
  { name: 'nothing', text: '', want: [] },
] as const;
test.for(texts)('a text with $name', ({ text, want }) => {
  expect(linesOf(text)).toEqual(want);
});

test('underlines and colours are no part of a text', () => {
  expect(plainText('\t\u001B[4mGPU0\tGPU1\u001B[0m\n')).toBe('\tGPU0\tGPU1\n');
});

test('what a terminal and a web page add is taken away', () => {
  const escape = String.fromCodePoint(27);
  const title = `${escape}]0;me@host${String.fromCodePoint(7)}`;
  expect(plainText(`${title}${escape}[?2004h${escape}(Ba${escape}[1;31mb\u00A0c`)).toBe('ab c');
});

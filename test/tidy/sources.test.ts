import { expect, test } from 'vitest';
import { codeOnly, sourceFiles } from './source-files.ts';

const everything = sourceFiles(['agent', 'coordinator', 'shared', 'packaging', 'test']);
const product = sourceFiles(['agent', 'coordinator', 'shared']);

/** `path:line: text` of every line of code that the pattern matches. */
function findLines(files: typeof product, pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    codeOnly(text)
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
  );
}

function except(...patterns: RegExp[]): typeof product {
  return product.filter(({ path }) => !patterns.some((pattern) => pattern.test(path)));
}

const cli = /^(agent|coordinator)\/cli\//;
const main = /^(agent|coordinator)\/main\.ts$/;
const simulator = /^agent\/simulator\//;
const clock = /^shared\/platform\/clock\.ts$/;
const lifecycle = /^shared\/platform\/lifecycle\.ts$/;
const usesClock =
  /\bDate\.now\s*\(|\bnew Date\s*\(\s*\)|\bset(Timeout|Interval)\s*\(|\bperformance\.now\s*\(/;
const usesChance = /\bMath\.random\s*\(/;
const prints = /\bconsole\.\w+\s*\(|\bprocess\.std(out|err)\.write\s*\(/;

test('there are sources to look at', () => {
  expect(product.length).toBeGreaterThan(40);
});

test('the patterns find what they are for, and not in comments or strings', () => {
  const code = `const a = Date.now(); // Date.now()\nconst b = 'setTimeout(';\nsetTimeout(x, 1);\n`;
  expect(findLines([{ path: 'x.ts', text: code }], usesClock)).toEqual([
    'x.ts:1: const a = Date.now();',
    'x.ts:3: setTimeout(x, 1);',
  ]);
  expect(prints.test('console.log(1)')).toBe(true);
});

test('every relative import names a .ts file', () => {
  const bad = everything.flatMap(({ path, text }) =>
    [...text.matchAll(/^(?:import\s*|(?:import|export)\b[^'";]*?\bfrom\s+)['"](\.[^'"\n]*)['"]/gm)]
      .map((match) => match[1] ?? '')
      .filter((specifier) => !specifier.endsWith('.ts'))
      .map((specifier) => `${path}: ${specifier}`),
  );
  expect(bad).toEqual([]);
});

test('only the clock reads the time or sleeps', () => {
  expect(findLines(except(clock, cli, main, simulator), usesClock)).toEqual([]);
});

test('nothing is left to chance: random comes in as an argument', () => {
  expect(findLines(except(clock, cli, main, simulator), usesChance)).toEqual([]);
});

test('only the command lines and programs print', () => {
  expect(findLines(except(cli, main, simulator, lifecycle), prints)).toEqual([]);
});

test('no default exports, and no files called utils, helpers, types or common', () => {
  expect(findLines(product, /^\s*export default\b/)).toEqual([]);
  const vague = product.filter(({ path }) =>
    /\/(utils?|helpers?|types|common|index)\.ts$/.test(path),
  );
  expect(vague.map(({ path }) => path)).toEqual([]);
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closingLine, requiredThings, tally } from '../../setup/tally.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('the closing line names skipped tests only when there are any', () => {
  expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});

test('a skip for want of something required is a failure, any other is told with its reason', () => {
  const outcomes = [
    { name: 'a', state: 'passed', reason: null },
    { name: 'b', state: 'skipped', reason: 'needs Docker: no engine answers' },
    { name: 'c', state: 'skipped', reason: 'needs a GPU' },
    { name: 'd', state: 'skipped', reason: null },
    { name: 'docker on a card', state: 'skipped', reason: 'needs gpu: there is none' },
  ] as const;
  expect(tally(outcomes, ['docker'])).toEqual({
    passed: 1,
    failed: 1,
    skipped: 3,
    notes: [
      'FAILED   b: skipped (needs Docker: no engine answers), but docker is required here',
      'SKIPPED  c: needs a GPU',
      'SKIPPED  d: NO REASON GIVEN',
      'SKIPPED  docker on a card: needs gpu: there is none',
    ],
  });
});

test('only variables that are 1 require something', () => {
  const env = { TANGRAM_REQUIRE_DOCKER: '1', TANGRAM_REQUIRE_PYTHON: '0', HOME: '1' };
  expect(requiredThings(env)).toEqual(['docker']);
});

let folder = '';
beforeAll(() => {
  mkdirSync(join(root, '.tangram'), { recursive: true });
  folder = mkdtempSync(join(root, '.tangram', 'closing-line-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A run of its own over one file, with our reporter. */
function runFile(
  text: string,
  env: NodeJS.ProcessEnv = {},
): { status: number | null; out: string } {
  writeFileSync(join(folder, 'one.test.ts'), text);
  const config = `export default { test: { include: ['*.test.ts'], reporters: ['default', '${root}test/setup/closing-line.ts'] } };`;
  writeFileSync(join(folder, 'vitest.config.mjs'), config);
  const run = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder],
    { encoding: 'utf8', env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env } },
  );
  return { status: run.status, out: run.stdout };
}

test('a real run ends with the line, after everything else', () => {
  const run = runFile(
    `import { test } from 'vitest'; test('x', () => {}); test('y', (c) => c.skip('needs the moon'));`,
  );
  expect(run.out.trimEnd().split('\n').slice(-2)).toEqual([
    'SKIPPED  y: needs the moon',
    '1 passed, 0 failed, 1 skipped',
  ]);
  expect(run.status).toBe(0);
});

test('a file that does not load is one failure and a non-zero status', () => {
  const run = runFile(`throw new Error('no');`);
  expect(run.out.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed');
  expect(run.status).not.toBe(0);
});

test('a skip that is not allowed makes the run fail', () => {
  const run = runFile(
    `import { test } from 'vitest'; test('y', (c) => c.skip('needs the moon'));`,
    {
      TANGRAM_REQUIRE_MOON: '1',
    },
  );
  expect(run.out.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed');
  expect(run.status).toBe(1);
});

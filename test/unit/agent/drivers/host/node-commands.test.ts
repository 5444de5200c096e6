import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runNodeCommands } from '../../../../../agent/drivers/host/node-commands.ts';
import { errorChain, isAppError } from '../../../../../shared/platform/errors.ts';

const never = new AbortController().signal;

test('commands run in order, and the first that fails ends it with its own words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tgc-'));
  const file = join(folder, 'said');
  const say = (word: string) => ['sh', '-c', `echo ${word} >> ${file}`];
  await runNodeCommands([say('one'), say('two')], never);
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  const failed: unknown = await runNodeCommands(
    [['sh', '-c', 'echo no such unit >&2; exit 5'], say('three')],
    never,
  ).catch((error: unknown) => error);
  expect(isAppError(failed, 'PROCESS_FAILED')).toBe(true);
  expect(errorChain(failed)).toMatch(/ended with 5: no such unit/);
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  rmSync(folder, { recursive: true, force: true });
});

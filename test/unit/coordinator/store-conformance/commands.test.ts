import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../../../coordinator/store/sqlite-store.ts';
import { playCommands } from './commands-suite.ts';

test('SQLite answers every command as the model does, and after a reopen too', async () => {
  const commands = await playCommands(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tangram-conformance-'));
    return {
      open: async () => openSqliteStore(join(folder, 'store.sqlite')),
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    };
  }, 240);
  expect(commands).toBeGreaterThanOrEqual(1_700);
}, 120_000);

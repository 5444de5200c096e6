import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readContext } from '../../../../coordinator/cli/context.ts';
import { renderContext } from '../../../../shared/pki/user-context.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-context-'));
  for (const user of ['mine', 'host', 'named']) {
    const context = { cluster: 'cluster-a', user, coordinators: ['a:7443'], ca: 'PEM', token: 'x' };
    writeFileSync(at(user), renderContext(context));
    chmodSync(at(user), 0o600);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  { what: 'the one that is named', named: 'named', usual: ['mine', 'host'], user: 'named' },
  { what: 'the user’s own', named: undefined, usual: ['mine', 'host'], user: 'mine' },
  { what: 'that of the coordinator here', named: undefined, usual: ['none', 'host'], user: 'host' },
  { what: 'none', named: undefined, usual: ['none', 'neither'], user: undefined },
])('the credentials are $what', ({ named, usual, user }) => {
  const found = readContext(named === undefined ? undefined : at(named), usual.map(at));
  expect(found?.user).toBe(user);
});

test('a named one that is not there is no reason to take another', () => {
  expect(() => readContext(at('none'), [at('host')])).toThrow(/none/);
});

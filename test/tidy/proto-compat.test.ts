import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const buf = join(root, 'node_modules', '.bin', 'buf');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-compat-'));
  cpSync(join(root, 'buf.yaml'), join(folder, 'buf.yaml'));
  execFileSync(buf, ['build', root, '--exclude-source-info', '-o', join(folder, 'baseline.binpb')]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the gate says of the contract with one text replaced by another. */
function compare(file: string, before: string, after: string): { status: number; told: string } {
  rmSync(join(folder, 'proto'), { recursive: true, force: true });
  cpSync(join(root, 'proto'), join(folder, 'proto'), { recursive: true });
  const path = join(folder, 'proto', file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(before);
  writeFileSync(path, text.replace(before, after));
  const args = ['breaking', '--against', 'baseline.binpb'];
  const { status, stdout } = spawnSync(buf, args, { cwd: folder, encoding: 'utf8' });
  return { status: status ?? -1, told: stdout };
}

const plan = 'tangram/v1/plan.proto';

test.for([
  {
    name: 'a field that is renamed',
    before: 'string fits_if = 9;',
    after: 'string fits_when = 9;',
  },
  { name: 'a field that is gone', before: '  string fits_if = 9;\n', after: '' },
  { name: 'another type', before: 'int32 moves = 8;', after: 'string moves = 8;' },
  { name: 'another number', before: 'string fits_if = 9;', after: 'string fits_if = 99;' },
])('the gate stops $name', ({ before, after }) => {
  const { status, told } = compare(plan, before, after);
  expect(status).toBe(100);
  expect(told).toContain('plan.proto');
});

test('the gate lets a new field pass', () => {
  const added = 'string fits_if = 9;\n  string planted = 100;';
  expect(compare(plan, 'string fits_if = 9;', added)).toEqual({ status: 0, told: '' });
});

import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultPolicy } from '../../../../agent/policy/policy.ts';
import { readPolicy } from '../../../../agent/policy/read-policy.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-policy-'));
  file = join(folder, 'policy.yaml');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(text: string, mode = 0o600): void {
  writeFileSync(file, text);
  chmodSync(file, mode);
}

test('what the file says stands beside the defaults', () => {
  write('processRuntime: allow\n');
  expect(readPolicy(file, { optional: false })).toEqual({
    ...defaultPolicy,
    processRuntime: 'allow',
  });
});

test('a file that need not be there is the default policy when it is not', () => {
  expect(readPolicy(file, { optional: true })).toEqual(defaultPolicy);
});

test.each<[string, () => void, RegExp]>([
  ['a file that was named and is not there', () => undefined, /cannot read the configuration file/],
  ['a key that is not known', () => write('privileged: true\n'), /privileged/],
  [
    'a path that hides where it leads',
    () => write('mounts: { readOnly: [/data/../etc] }\n'),
    /no plain absolute path/,
  ],
  ['a file that others can write', () => write('{}\n', 0o666), /can be written by others/],
  [
    'a directory in which others can replace it',
    () => {
      write('{}\n');
      chmodSync(folder, 0o777);
    },
    /can be written by others/,
  ],
])('%s is refused', (_, make, why) => {
  make();
  expect(() => readPolicy(file, { optional: false })).toThrow(why);
});

test('a directory in which others can only add is no way in', () => {
  write('{}\n');
  chmodSync(folder, 0o1777);
  expect(readPolicy(file, { optional: false })).toEqual(defaultPolicy);
});

test.skipIf(process.geteuid?.() !== 0)('a file of another user is refused', () => {
  write('{}\n');
  chownSync(file, 12_345, 12_345);
  expect(() => readPolicy(file, { optional: false })).toThrow(/belongs to user 12345, not to root/);
});

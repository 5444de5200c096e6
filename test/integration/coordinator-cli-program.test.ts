import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programs } from './cluster-harness.ts';
import { startCoordinator, type InProcessCoordinator } from './in-process-coordinator.ts';

let coordinator: InProcessCoordinator;
let folder: string;

const manifest = (name: string): string =>
  `apiVersion: tangram/v1\nkind: Model\nmetadata: { name: ${name} }\nspec: { image: x:1, gpu: none }\n`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-cli-'));
  coordinator = await startCoordinator();
});

afterAll(async () => {
  await coordinator.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The coordinator lives in this process, so the command must not block it. */
async function tangram(argv: readonly string[], input = ''): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [programs.tangram, ...argv], {
      env: { ...process.env, TANGRAM_COORDINATOR: coordinator.grpc },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('the built tangram', () => {
  test('reads files, folders and standard input', async () => {
    mkdirSync(join(folder, 'models'));
    writeFileSync(join(folder, 'models', 'b.yml'), manifest('b'));
    writeFileSync(join(folder, 'models', 'a.yaml'), manifest('a'));
    writeFileSync(join(folder, 'models', 'notes.txt'), 'not a manifest');
    const fromFolder = await tangram(['plan', '-f', join(folder, 'models')]);
    expect([fromFolder.code, fromFolder.out.match(/^\+ model .*$/gm)]).toEqual([
      1,
      ['+ model a: create', '+ model b: create'],
    ]);
    const fromInput = await tangram(['apply', '-f', '-'], manifest('from-input'));
    expect([fromInput.code, fromInput.err]).toEqual([0, '']);
    expect(fromInput.out).toMatch(/^model from-input created$/m);
    const missing = await tangram(['apply', '-f', join(folder, 'nothing.yaml')]);
    expect([missing.code, missing.out]).toEqual([2, '']);
    expect(missing.err).toMatch(/^error: cannot read \S+nothing\.yaml: ENOENT/);
  });

  test('refuses to delete where nobody can confirm it', async () => {
    const refused = await tangram(['delete', 'from-input']);
    expect([refused.code, refused.err]).toEqual([
      2,
      'error: refused to delete from-input: nobody is here to confirm it\nhint: add --yes, or --dry-run to see what it would do\n',
    ]);
  });

  test('ends quietly when its reader has seen enough', () => {
    const ran = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${programs.tangram}" --help | true`],
      { encoding: 'utf8' },
    );
    expect(ran.stderr).toBe('');
  });

  test.for(['bash', 'zsh', 'fish'])('prints a completion script for %s', async (shell) => {
    const { code, out, err } = await tangram(['completion', shell]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('tangram');
    if (shell === 'bash') {
      const checked = spawnSync('bash', ['-n'], { input: out, encoding: 'utf8' });
      expect([checked.status, checked.stderr]).toEqual([0, '']);
    }
  });

  test('completes commands, choices and options', async () => {
    expect((await tangram(['complete', '--', 'unc'])).out).toMatch(/^uncordon\t/m);
    expect((await tangram(['complete', '--', 'get', ''])).out).toMatch(/^slices/m);
    expect((await tangram(['complete', '--', 'apply', '--dr'])).out).toMatch(/^--dry-run\t/m);
  });
});

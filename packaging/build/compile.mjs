import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { exclusively } from './exclusive.mjs';
import { inRoot } from './paths.mjs';
import { runCommand } from './run-command.mjs';

const rooms = ['agent', 'coordinator', 'shared', 'packaging'];
const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
/** Files that a program reads beside its own code. Sources and this folder's scripts are not among them. */
const assets = /\.(json|ya?ml|sql|svg|txt)$/;
const shebang = '#!/usr/bin/env node\n';

/** Compiles, copies assets and marks programs as such; does nothing when dist/ is of these sources. Answers an exit status. */
export async function build({ quiet = false } = {}) {
  if (isCurrent()) {
    if (!quiet) process.stdout.write('build: dist/ is up to date\n');
    return 0;
  }
  return exclusively('build', async () => {
    if (isCurrent()) return 0;
    const started = Date.now();
    const files = sourceFiles();
    const hash = sourceHash(files);
    rmSync(stampPath(), { force: true });
    const { code, output } = await runCommand(
      process.execPath,
      [inRoot('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
      { capture: true },
    );
    if (code !== 0) {
      process.stderr.write(`${output}build: the sources do not compile\n`);
      return code;
    }
    removeOrphans(files);
    copyAssets(files);
    markPrograms();
    writeFileSync(stampPath(), hash);
    if (!quiet) {
      const took = ((Date.now() - started) / 1000).toFixed(1);
      process.stdout.write(`build: ${files.length} files to dist/ in ${took} s\n`);
    }
    return 0;
  });
}

function stampPath() {
  return inRoot('dist', '.build-hash');
}

function isCurrent() {
  return existsSync(stampPath()) && readFileSync(stampPath(), 'utf8') === sourceHash(sourceFiles());
}

function sourceFiles() {
  return rooms
    .filter((room) => existsSync(inRoot(room)))
    .flatMap((room) =>
      readdirSync(inRoot(room), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(inRoot('').length)),
    )
    .map((path) => path.replace(/^\//, ''))
    .filter((path) => path.endsWith('.ts') || isAsset(path))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

function isAsset(path) {
  return assets.test(path) && !path.startsWith('packaging/build/');
}

function sourceHash(files) {
  const hash = createHash('sha256');
  for (const path of [...settings, ...files]) {
    hash.update(`${path}\0`).update(readFileSync(inRoot(path)));
  }
  return hash.digest('hex');
}

/** A module that was renamed must not live on in dist/. */
function removeOrphans(files) {
  const wanted = new Set(
    files.flatMap((path) => {
      if (!path.endsWith('.ts')) return [path];
      const script = path.replace(/\.ts$/, '.js');
      return [script, `${script}.map`, path.replace(/\.ts$/, '.d.ts')];
    }),
  );
  const dist = inRoot('dist');
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (!wanted.has(path.slice(dist.length + 1))) rmSync(path);
  }
}

function copyAssets(files) {
  for (const path of files.filter(isAsset)) {
    const target = inRoot('dist', path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(inRoot(path), target);
  }
}

function markPrograms() {
  const { bin } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  for (const path of Object.values(bin)) {
    const file = inRoot(path);
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    if (!text.startsWith('#!')) writeFileSync(file, shebang + text);
    chmodSync(file, 0o755);
  }
}

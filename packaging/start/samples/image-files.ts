import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Sample } from './samples.ts';

/** One file of an image: where it lies here, and where it goes. */
export interface ImageFile {
  readonly source: string;
  /** Relative to the root of the image. */
  readonly target: string;
}

const run = promisify(execFile);
/** Only what the WebAssembly runtime opens: the package has 140 MB of other builds. */
const runtimeFiles = [
  'package.json',
  'dist/ort.node.min.mjs',
  'dist/ort-wasm-simd-threaded.mjs',
  'dist/ort-wasm-simd-threaded.wasm',
];

/** Node itself, the libraries it is linked to, and the model runtime: the part that all samples share. */
export async function baseFiles(projectDir: string): Promise<readonly ImageFile[]> {
  const node = process.execPath;
  const libraries = (await linkedLibraries(node)).map((library) => ({
    source: realpathSync(library),
    target: library.slice(1),
  }));
  return [
    { source: node, target: 'usr/bin/node' },
    ...libraries,
    ...runtimePackages(projectDir),
  ].toSorted((a, b) => (a.target < b.target ? -1 : 1));
}

/** The server of one sample with its weights. */
export function sampleFiles(projectDir: string, sample: Sample): readonly ImageFile[] {
  const dist = join(projectDir, 'dist');
  const scripts = importClosure(join(dist, 'packaging/start/samples/server.js'));
  const vadWeb = createRequire(join(projectDir, 'package.json')).resolve('@ricky0123/vad-web');
  return [
    ...scripts.map((source) => ({ source, target: `app/${relative(dist, source)}` })),
    { source: join(projectDir, 'package.json'), target: 'app/package.json' },
    {
      source: join(dirname(vadWeb), `silero_vad_${sample.variant}.onnx`),
      target: 'app/model.onnx',
    },
  ];
}

/** Twelve hex digits that change with any file or with the recipe. */
export function contentHash(files: readonly ImageFile[], recipe: string): string {
  const hash = createHash('sha256').update(recipe);
  for (const { source, target } of files) hash.update(`${target}\0`).update(readFileSync(source));
  return hash.digest('hex').slice(0, 12);
}

async function linkedLibraries(program: string): Promise<readonly string[]> {
  const { stdout } = await run('ldd', [program], {
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
  });
  return stdout.split('\n').flatMap((line) => {
    const path = /=>\s+(\/\S+)\s+\(/.exec(line)?.[1] ?? /^\s*(\/\S+)\s+\(/.exec(line)?.[1];
    return path === undefined ? [] : [path];
  });
}

function runtimePackages(projectDir: string): ImageFile[] {
  const modules = join(projectDir, 'node_modules');
  const common = join(modules, 'onnxruntime-common');
  const commonFiles = readdirSync(join(common, 'dist/esm'))
    .filter((name) => name.endsWith('.js') || name === 'package.json')
    .map((name) => `dist/esm/${name}`);
  const files = [
    ...runtimeFiles.map((path) => `onnxruntime-web/${path}`),
    ...['package.json', ...commonFiles].map((path) => `onnxruntime-common/${path}`),
  ];
  return files.map((path) => ({
    source: join(modules, path),
    target: `app/node_modules/${path}`,
  }));
}

/** A built module and every module of ours that it imports. */
function importClosure(entry: string): readonly string[] {
  const found = new Set<string>();
  const open = [entry];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    const imports = readFileSync(next, 'utf8').matchAll(/^import\b[^'"]*['"](\.[^'"]+)['"]/gm);
    for (const match of imports) open.push(join(dirname(next), match[1] ?? ''));
  }
  return [...found].toSorted();
}

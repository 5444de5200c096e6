import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { inRoot } from '../build/paths.mjs';

/** Sources, types and prose that no program reads. `.proto` and licences stay. */
const idle = new Set([
  '.ts',
  '.mts',
  '.cts',
  '.map',
  '.md',
  '.c',
  '.cc',
  '.cpp',
  '.h',
  '.hpp',
  '.gyp',
  '.gypi',
  '.o',
  '.a',
  '.d',
]);
const idleFolders =
  /\/(deps|test|tests|docs|doc|examples|benchmark|benchmarks|obj\.target|\.deps|\.github)$/;

/** Copies every library that the programs use at run time, as package-lock.json names them, to `target`. */
export function copyProductionPackages(target) {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  for (const [path, entry] of Object.entries(packages)) {
    if (path === '' || entry.dev === true || entry.devOptional === true) continue;
    if (!existsSync(inRoot(path))) {
      if (entry.optional === true || entry.peer === true) continue;
      throw new Error(`${path} is not installed; run npm ci`);
    }
    const to = join(target, path.slice('node_modules/'.length));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(inRoot(path), to, { recursive: true, filter: isUsed(inRoot(path)) });
  }
}

function isUsed(from) {
  return (source) => {
    const inside = source.slice(from.length);
    if (inside.includes('/node_modules')) return false;
    // A library's code may lie in a folder of such a name; only the SQLite driver brings sources to compile.
    if (from.endsWith('/better-sqlite3') && idleFolders.test(inside)) return false;
    return !idle.has(extname(source));
  };
}

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { inRoot } from './paths.mjs';
import { runCommand } from './run-command.mjs';

const target = inRoot('shared', 'wire', 'generated');
/** The same as the loader's options in shared/wire: types and values must agree. */
const options = [
  '--longs=String',
  '--enums=String',
  '--defaults',
  '--oneofs',
  '--arrays',
  '--objects',
  '--grpcLib=@grpc/grpc-js',
  '--importFileExtension=.ts',
];

/** Every proto of ours, relative to proto/. */
export function protoFiles() {
  const folder = inRoot('proto');
  if (!existsSync(folder)) return [];
  return filesBelow(folder)
    .filter((path) => path.endsWith('.proto'))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** Replaces the generated folder. Answers null, or what went wrong. */
export async function writeProtoTypes() {
  const made = await generate();
  if (typeof made === 'string') return made;
  rmSync(target, { recursive: true, force: true });
  for (const [path, text] of made) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
  return null;
}

/** Answers null when the generated folder is current. */
export async function checkProtoTypes() {
  const made = await generate();
  if (typeof made === 'string') return made;
  const found = existsSync(target) ? filesBelow(target) : [];
  const stale = [
    ...found.filter((path) => !made.has(path)),
    ...[...made].filter(([path, text]) => !same(path, text)).map(([path]) => path),
  ];
  if (stale.length === 0) return null;
  return `shared/wire/generated is not of these protos: ${stale.slice(0, 5).join(', ')}${stale.length > 5 ? ', …' : ''}; run npm run proto`;
}

function same(path, text) {
  const file = join(target, path);
  return existsSync(file) && readFileSync(file, 'utf8') === text;
}

/** A map of path to text, or a problem. */
async function generate() {
  const protos = protoFiles();
  if (protos.length === 0) return new Map();
  const names = protos.map((path) => basename(path));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    return `two protos are called ${twice}: the generator writes one file for each name, so give them different ones`;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'tangram-proto-'));
  try {
    const { code, output } = await runCommand(
      inRoot('node_modules/.bin/proto-loader-gen-types'),
      [...options, '-I', inRoot('proto'), '-O', scratch, ...protos],
      { capture: true },
    );
    if (code !== 0) return `the protos cannot be turned into types:\n${output}`;
    return new Map(
      filesBelow(scratch)
        .toSorted((a, b) => (a < b ? -1 : 1))
        .map((path) => [path, tidy(readFileSync(join(scratch, path), 'utf8'))]),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The same text on every machine: no absolute paths, no spaces at line ends, no import that nothing uses. */
function tidy(text) {
  const lines = text
    .replaceAll(`${inRoot('proto')}/`, '')
    .replace(/^\/\/ Original file: .*node_modules\//m, '// Original file: ')
    .replace(/^\/\/ Original file: null$/m, '// Original file: google/protobuf')
    .split('\n')
    .map((line) => line.trimEnd());
  const body = lines.filter((line) => !line.startsWith('import ')).join('\n');
  const kept = lines.filter((line) => !line.startsWith('import ') || isUsed(line, body));
  return `${withoutIdleHelper(kept.join('\n')).trimEnd()}\n`;
}

/** A file without services declares a helper type that nothing in it uses. */
function withoutIdleHelper(text) {
  const uses = text.split('SubtypeConstructor<').length - 1;
  return uses > 1 ? text : text.replace(/type SubtypeConstructor<[^]*?\n\};\n/, '');
}

/** One import line names one thing under an alias, or a few; the line goes when none of them occurs. */
function isUsed(line, body) {
  const list = /\{(.*)\}/.exec(line)?.[1] ?? /\* as (\w+)/.exec(line)?.[1] ?? '';
  return list.split(',').some((item) => {
    const name = item.trim().split(' as ').at(-1) ?? '';
    return name !== '' && new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`).test(body);
  });
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { exclusively } from './exclusive.mjs';
import { inRoot } from './paths.mjs';
import { runCommand } from './run-command.mjs';

const nodeFloor = [20, 19];
const stamp = inRoot('node_modules', '.tangram-lock-hash');

/** Makes sure that node_modules is what package-lock.json says; a first install takes a few minutes. */
export async function ensureInstalled() {
  refuseOldNode();
  const wanted = lockHash();
  if (isStamped(wanted)) return;
  await exclusively('install', async () => {
    if (isStamped(wanted)) return;
    if (!matchesLock()) await install();
    writeFileSync(stamp, wanted);
  });
}

async function install() {
  process.stderr.write(
    'install: node_modules is missing or older than package-lock.json; running npm ci.\n' +
      'install: the SQLite driver may be compiled from source, which takes one or two minutes.\n',
  );
  const started = Date.now();
  const ticking = setInterval(() => {
    process.stderr.write(`install: still at it after ${seconds(started)} s\n`);
  }, 15_000);
  const [npm, ...prefix] = npmCommand();
  const args = [...prefix, 'ci', '--include=dev', '--no-fund', '--no-audit'];
  const { code } = await runCommand(npm, args, { env: installEnvironment() });
  clearInterval(ticking);
  if (code !== 0) {
    process.stderr.write(
      `install: npm ci ended with ${code}. What it printed above says why; without a network, copy node_modules from a machine that has one.\n`,
    );
    process.exit(code);
  }
  process.stderr.write(`install: done in ${seconds(started)} s\n`);
}

/** The npm that started us, so that `npx npm@10 start` stays on 10. */
function npmCommand() {
  const path = process.env.npm_execpath;
  return path !== undefined && path.endsWith('.js') && existsSync(path)
    ? [process.execPath, path]
    : ['npm'];
}

/** Where Node's own headers are installed beside it, node-gyp need not download them. */
function installEnvironment() {
  const prefix = resolve(dirname(process.execPath), '..');
  const header = join(prefix, 'include', 'node', 'node_version.h');
  const env = { ...process.env };
  if (existsSync(header) && env.npm_config_nodedir === undefined) env.npm_config_nodedir = prefix;
  return env;
}

function lockHash() {
  const lock = readFileSync(inRoot('package-lock.json'));
  // The SQLite driver is compiled for one ABI: another Node needs another install.
  return createHash('sha256').update(lock).update(process.versions.modules).digest('hex');
}

function isStamped(wanted) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

/** Whether somebody ran `npm ci` by hand: npm leaves its own record of what it installed. */
function matchesLock() {
  const record = inRoot('node_modules', '.package-lock.json');
  const addon = inRoot('node_modules/better-sqlite3/build/Release/better_sqlite3.node');
  if (!existsSync(record) || !existsSync(addon)) return false;
  const wanted = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.optional === true || entry.peer === true) return true;
    return found[path]?.version === entry.version && existsSync(inRoot(path));
  });
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > nodeFloor[0] || (major === nodeFloor[0] && minor >= nodeFloor[1])) return;
  process.stderr.write(
    `Tangram needs Node ${nodeFloor.join('.')} or newer, and this is ${process.version}.\n`,
  );
  process.exit(1);
}

function seconds(startedMs) {
  return Math.round((Date.now() - startedMs) / 1000);
}

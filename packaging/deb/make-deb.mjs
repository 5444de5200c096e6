// usage: npm run package [-- --version 0.1.1 --node /path/to/node --out FOLDER]
// Builds one Debian package that holds everything a host needs beside Docker and the NVIDIA driver: this Node, the
// compiled programs, their libraries, units and configuration. Coordinator and agent are both in it; neither is enabled.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../build/compile.mjs';
import { ensureInstalled } from '../build/install.mjs';
import { inRoot } from '../build/paths.mjs';
import { copyProductionPackages } from './production-packages.mjs';

const home = 'usr/lib/tangram';
/** What people and units call; the simulators are reached through `tangram-agent --simulate`. */
const onPath = ['tangram', 'agentctl', 'tangram-agent', 'tangram-coordinator'];
const architectures = { x64: 'amd64', arm64: 'arm64' };
const configFiles = ['agent.yaml', 'coordinator.yaml', 'policy.yaml'];

await main();

async function main() {
  const { values } = parseArgs({
    options: {
      version: { type: 'string' },
      node: { type: 'string', default: process.execPath },
      out: { type: 'string', default: inRoot('packaging/out') },
    },
  });
  const manifest = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const version = values.version ?? manifest.version;
  refuseUnusable(version, values.node);
  await ensureInstalled();
  const code = await build({ quiet: true });
  if (code !== 0) process.exit(code);
  const tree = mkdtempSync(join(tmpdir(), 'tangram-deb-'));
  try {
    fill(tree, { manifest: { ...manifest, version }, node: realpathSync(values.node) });
    const file = pack(tree, version, values.out);
    const mib = (statSync(file).size / 1024 / 1024).toFixed(1);
    process.stdout.write(`${file} (${mib} MiB)\n`);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

function refuseUnusable(version, node) {
  const { abi, lts, release } = aboutNode(node);
  const problem =
    process.platform !== 'linux' || architectures[process.arch] === undefined
      ? `a Debian package is built on Linux, x64 or arm64, and this is ${process.platform} ${process.arch}`
      : !/^[0-9][0-9A-Za-z.+~]*$/.test(version)
        ? `${version} is no version of a Debian package: digits first, then letters, digits, and . + ~`
        : abi !== process.versions.modules
          ? `${node} has another ABI than the Node that built the SQLite driver; run this script with it`
          : lts === undefined
            ? `${node} is ${release}, which gets fixes for months only; hosts want an LTS release, such as 22 or 24`
            : null;
  if (problem === null && hasDpkg()) return;
  process.stderr.write(
    `package: ${problem ?? 'dpkg-deb is not installed: apt-get install dpkg'}\n`,
  );
  process.exit(1);
}

function aboutNode(node) {
  const words =
    'JSON.stringify({ abi: process.versions.modules, lts: process.release.lts, release: process.version })';
  return JSON.parse(execFileSync(node, ['-p', words], { encoding: 'utf8' }));
}

function hasDpkg() {
  try {
    execFileSync('dpkg-deb', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function fill(tree, { manifest, node }) {
  const at = (...parts) => join(tree, ...parts);
  const copy = (from, to) => {
    mkdirSync(dirname(at(to)), { recursive: true });
    cpSync(inRoot(from), at(to), { recursive: true });
  };
  mkdirSync(at(home, 'bin'), { recursive: true });
  mkdirSync(at(home, 'node/bin'), { recursive: true });
  cpSync(node, at(home, 'node/bin/node'));
  copyProductionPackages(at(home, 'node_modules'));
  for (const folder of ['dist', 'proto']) copy(folder, join(home, folder));
  // What starts a cluster from the sources is of no use on a host.
  rmSync(at(home, 'dist/packaging'), { recursive: true, force: true });
  rmSync(at(home, 'dist/.build-hash'), { force: true });
  const { name, license, type, bin } = manifest;
  writeFileSync(
    at(home, 'package.json'),
    `${JSON.stringify({ name, version: manifest.version, license, type, bin }, null, 2)}\n`,
  );
  mkdirSync(at('usr/bin'), { recursive: true });
  for (const [program, script] of Object.entries(bin)) {
    const wrapper = at(home, 'bin', program);
    writeFileSync(wrapper, wrapperOf(script));
    chmodSync(wrapper, 0o755);
    if (onPath.includes(program))
      symlinkSync(`../lib/tangram/bin/${program}`, at('usr/bin', program));
  }
  for (const unit of ['tangram-agent.service', 'tangram-coordinator.service']) {
    copy(`packaging/units/${unit}`, `usr/lib/systemd/system/${unit}`);
  }
  for (const file of configFiles) copy(`packaging/deb/etc/${file}`, `etc/tangram/${file}`);
  const doc = 'usr/share/doc/tangram';
  copy('packaging/examples', `${doc}/examples`);
  copy('packaging/docs', `${doc}/guide`);
  copy('LICENSE', `${doc}/copyright`);
  copy('CHANGELOG.md', `${doc}/CHANGELOG.md`);
}

/** With the flags that the program's own first line gives to Node. */
function wrapperOf(script) {
  const [first] = readFileSync(inRoot(script), 'utf8').split('\n', 1);
  const flags = /^#!\/usr\/bin\/env -S node (.*)$/.exec(first)?.[1] ?? '';
  return `#!/bin/sh\nexec /${home}/node/bin/node ${flags} /${home}/${script} "$@"\n`.replace(
    '  ',
    ' ',
  );
}

function pack(tree, version, out) {
  const control = join(tree, 'DEBIAN');
  mkdirSync(control);
  const files = listFiles(tree);
  const bytes = files.reduce((sum, path) => sum + statSync(join(tree, path)).size, 0);
  const architecture = architectures[process.arch];
  writeFileSync(
    join(control, 'control'),
    [
      'Package: tangram',
      `Version: ${version}`,
      `Architecture: ${architecture}`,
      'Section: admin',
      'Priority: optional',
      'Maintainer: Tangram <maintainers@tangram.invalid>',
      `Installed-Size: ${Math.ceil(bytes / 1024)}`,
      'Depends: libc6 (>= 2.28), libstdc++6, adduser',
      'Recommends: docker.io | docker-ce',
      'Description: packs many AI models onto few GPUs on plain Docker hosts',
      ' The coordinator decides which model sits on which slice of which GPU; the agent, on each GPU host, cuts MIG slices,',
      ' runs MPS daemons and starts model containers. Both are in this package, and neither is started before it is set up.',
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(control, 'conffiles'),
    configFiles.map((file) => `/etc/tangram/${file}\n`).join(''),
  );
  writeFileSync(
    join(control, 'md5sums'),
    files.map((path) => `${md5(join(tree, path))}  ${path}\n`).join(''),
  );
  for (const script of readdirSync(inRoot('packaging/deb/scripts'))) {
    cpSync(inRoot('packaging/deb/scripts', script), join(control, script));
    chmodSync(join(control, script), 0o755);
  }
  // Whatever the umask of whoever builds it.
  for (const folder of [tree, ...listFolders(tree)]) chmodSync(folder, 0o755);
  for (const path of files) {
    const executable = (statSync(join(tree, path)).mode & 0o100) !== 0;
    chmodSync(join(tree, path), executable ? 0o755 : 0o644);
  }
  mkdirSync(out, { recursive: true });
  const file = join(out, `tangram_${version}_${architecture}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z6', '--build', tree, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (!existsSync(file)) throw new Error(`dpkg-deb made no ${basename(file)}`);
  return file;
}

function listFiles(tree) {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('/DEBIAN'))
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length + 1))
    .toSorted();
}

function listFolders(tree) {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function md5(path) {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}

// usage: node complete-lock.mjs [--check]
// Adds to package-lock.json the optional packages of other platforms that npm left out. A registry mirror that holds
// only one platform's builds makes npm write a lockfile without the others, and then `npm ci` refuses it everywhere
// ("Missing: … from lock file"). Run it after each `npm install` behind such a mirror.
import { readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

const file = inRoot('package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = missingEntries(lock.packages);
if (process.argv.includes('--check')) {
  if (added.length > 0) {
    const names = JSON.stringify(added.slice(0, 3).map(([path]) => path));
    process.stderr.write(
      `package-lock.json lacks ${added.length} optional packages (${names} and so on): npm ci would refuse it; run node packaging/build/complete-lock.mjs\n`,
    );
    process.exit(1);
  }
} else {
  const all = [...Object.entries(lock.packages), ...added].toSorted(([a], [b]) => compare(a, b));
  lock.packages = Object.fromEntries(all);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`package-lock.json: ${added.length} optional packages added\n`);
}

function missingEntries(packages) {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {}).flatMap(([name, version]) => {
      const top = `node_modules/${name}`;
      if (packages[top] !== undefined || packages[`${path}/${top}`] !== undefined) return [];
      const found = platformOf(name);
      return found === null ? [] : [[top, lockEntry(version, found, entry)]];
    }),
  );
}

function lockEntry(version, { os, cpu, libc }, parent) {
  return {
    version,
    cpu: [cpu],
    ...(parent.dev === true ? { dev: true } : {}),
    ...(libc === null ? {} : { libc: [libc] }),
    ...(parent.license === undefined ? {} : { license: parent.license }),
    optional: true,
    os: [os],
  };
}

/** `@oxlint/binding-linux-arm-musleabihf` → linux, arm, musl. null: not a package of one platform. */
function platformOf(name) {
  const words = name.split(/[/-]/).map((word) => (word === 'armv7' ? 'arm' : word));
  const os = systems.find((each) => words.includes(each));
  const cpu = processors.find((each) => words.includes(each));
  if (os === undefined || cpu === undefined) return null;
  const last = words.at(-1);
  const libc = last.startsWith('musl') ? 'musl' : last.startsWith('gnu') ? 'glibc' : null;
  return { os, cpu, libc: os === 'linux' ? libc : null };
}

function compare(a, b) {
  return a.localeCompare(b, 'en');
}

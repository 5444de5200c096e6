import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from './paths.mjs';

const waitMaxMs = 15 * 60_000;

/**
 * Runs `task` while no other process runs one of the same name here: `npm start` and `npm test` may begin together.
 * A lock whose owner is dead is taken over.
 */
export async function exclusively(name, task) {
  const folder = inRoot('.tangram', 'lock');
  const lock = `${folder}/${name}`;
  mkdirSync(folder, { recursive: true });
  const deadline = Date.now() + waitMaxMs;
  for (let told = false; !take(lock); await sleep(200)) {
    if (!told) process.stderr.write(`${name}: another process is at it, waiting…\n`);
    told = true;
    if (Date.now() > deadline)
      throw new Error(`${name}: still locked by ${lock}; remove it if nothing runs`);
  }
  const release = () => rmSync(lock, { force: true });
  process.on('exit', release);
  try {
    return await task();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  if (owner > 0 && !lives(owner)) rmSync(lock, { force: true });
  return false;
}

function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

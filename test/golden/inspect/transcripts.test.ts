import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { samples } from '../../fuzz/samples.ts';
import { programs } from '../../integration/cluster-harness.ts';

/** Samples of our own, and what a person reads of them; the answers lie beside this file and change only on purpose. */
const shown = ['q-x.xml', 'mig-lgi.txt', 'dmesg.txt', 'no-driver.txt'] as const;

test.for(shown)('agentctl inspect %s', async (file) => {
  const text = samples.find((sample) => sample.file === file)?.text ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'tangram-inspect-'));
  try {
    writeFileSync(join(folder, file), text);
    const argv = [programs.agentctl, 'inspect', file];
    const ran = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
    const transcript = `$ cat ${file}\n${text}\n$ agentctl inspect ${file}\n${ran.stdout}${ran.stderr}[exit ${ran.status}]\n`;
    await expect(transcript).toMatchFileSnapshot(`./${file.replace(/\.\w+$/, '')}.txt`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { LinkAgent } from '../fakes/link-agent.ts';
import { needs } from '../setup/needs.ts';
import { startCoordinator } from './in-process-coordinator.ts';

const run = promisify(execFile);
const document = readFileSync(new URL('../../packaging/docs/api.md', import.meta.url), 'utf8');
const blocks = [...document.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, script]) => script ?? '');

async function findCurl(): Promise<{ available: boolean; reason: string }> {
  try {
    await run('sh', ['-c', 'command -v curl && command -v python3']);
    return { available: true, reason: '' };
  } catch {
    return { available: false, reason: 'install curl and python3' };
  }
}

test('the lines of the documentation do what it says', async (context) => {
  needs(context, 'curl', await findCurl());
  const folder = mkdtempSync(join(tmpdir(), 'tangram-docs-'));
  const coordinator = await startCoordinator();
  const agent = new LinkAgent({
    coordinator: coordinator.grpc,
    node: 'node-a',
    cards: 'A100-40GB',
  });
  try {
    await agent.connect();
    expect(blocks.length).toBeGreaterThanOrEqual(8);
    const script = ['set -euo pipefail', ...blocks.map((block) => `${block}\necho`)].join('\n');
    const env = { ...process.env, TANGRAM: `http://${coordinator.http}` };
    const { stdout } = await run('bash', ['-c', script], { cwd: folder, env, timeout: 150_000 });
    expect(stdout).toContain('"state":"CHANGE_STATE_DONE"');
    expect(stdout).toContain('"percent":100');
    const events = readFileSync(join(folder, 'events.ndjson'), 'utf8').trim().split('\n');
    const kinds = events.map((line) => Object.keys(JSON.parse(line) as object)[0]);
    expect(kinds).toContain('model');
    expect(kinds).toContain('synced');
    expect(coordinator.core.models().every(({ deleting }) => deleting)).toBe(true);
  } finally {
    agent.close();
    await coordinator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

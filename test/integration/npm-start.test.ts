import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readyMsMax = 240_000;
const endMsMax = 60_000;

const endpointsSchema = z.strictObject({
  coordinator: z.string().regex(/^127\.0\.0\.1:\d+$/),
  context: z.string(),
  http: z.url(),
  agents: z.array(z.strictObject({ node: z.string(), metrics: z.url(), socket: z.string() })),
  models: z.array(z.strictObject({ name: z.string(), url: z.url() })),
});

interface Start {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

/** A project folder of its own, so that a cluster of the developer is not touched. */
let project = '';
const starts: Start[] = [];

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'tg-start-'));
  for (const name of ['dist', 'node_modules', 'packaging', 'proto', 'package.json']) {
    symlinkSync(join(root, name), join(project, name));
  }
});

afterAll(async () => {
  for (const { child, ended } of starts) {
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(project, { recursive: true, force: true });
});

/** What `npm start` runs once everything is installed and built. */
function start(): Start {
  const script = `import('${root}dist/packaging/start/launcher.js').then(async ({ launch }) => process.exit(await launch(${JSON.stringify(project)}, ['--runtime', 'process'])))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const collect = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  const made = { child, output: () => text, ended };
  starts.push(made);
  return made;
}

async function untilUp(run: Start): Promise<z.infer<typeof endpointsSchema>> {
  const file = join(project, '.tangram/endpoints.json');
  const deadline = Date.now() + readyMsMax;
  while (!existsSync(file)) {
    if (run.child.exitCode !== null || Date.now() > deadline) throw new Error(run.output());
    await sleep(100);
  }
  return endpointsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

async function infer(url: string, audio: 'speech' | 'noise'): Promise<number> {
  const body = new Uint8Array(readFileSync(join(project, `.tangram/samples/${audio}.wav`)));
  const answer = z.object({ speech_ratio: z.number() });
  return answer.parse(await (await fetch(url, { method: 'POST', body })).json()).speech_ratio;
}

/** Processes whose command line or environment names this project. */
function processesOfProject(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return `${command} ${environment}`.includes(project) ? [command] : [];
      } catch {
        return [];
      }
    });
}

test('one command serves three real models, refuses a second start, ends completely and resumes', async () => {
  const first = start();
  const up = await untilUp(first);
  expect(up.models.map(({ name }) => name)).toEqual(['vad-v6', 'vad-v5', 'vad-legacy']);
  for (const { url } of up.models) {
    expect(await infer(url, 'speech')).toBeGreaterThan(0.8);
    expect(await infer(url, 'noise')).toBe(0);
  }
  const metrics = await (await fetch(up.agents[0]?.metrics ?? '')).text();
  expect(metrics).toContain('tangram_');
  expect(first.output()).toContain('/.tangram/bin/tangram ps');

  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`npm start already runs in ${project}`);

  // Ctrl-C reaches the whole process group, and npm passes its own copy on: one wish, told twice.
  first.child.kill('SIGINT');
  await sleep(20);
  first.child.kill('SIGINT');
  expect(await Promise.race([first.ended, sleep(endMsMax, 'late', { ref: false })])).toBe(0);
  const said = first.output();
  const places = ['replicas', 'agent', 'coordinator'].map((each) =>
    said.indexOf(`stopping the ${each}`),
  );
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(said).toContain('3 replicas stopped');
  expect(existsSync(join(project, '.tangram/endpoints.json'))).toBe(false);
  expect(processesOfProject()).toEqual([]);

  const third = start();
  const again = await untilUp(third);
  expect(again.coordinator).toBe(up.coordinator);
  expect(await infer(again.models[0]?.url ?? '', 'speech')).toBeGreaterThan(0.8);
  third.child.kill('SIGTERM');
  expect(await third.ended).toBe(0);
}, 600_000);

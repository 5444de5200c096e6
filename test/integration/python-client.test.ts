import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { LinkAgent } from '../fakes/link-agent.ts';
import { needs } from '../setup/needs.ts';
import { startCoordinator } from './in-process-coordinator.ts';

const run = promisify(execFile);
const python = '/usr/bin/python3';
const root = fileURLToPath(new URL('../..', import.meta.url));
const buf = join(root, 'node_modules', '.bin', 'buf');
const example = fileURLToPath(
  new URL('../../packaging/examples/python/declare_and_wait.py', import.meta.url),
);
const script = fileURLToPath(new URL('python/apply_and_watch.py', import.meta.url));

async function findTools(): Promise<{ available: boolean; reason: string }> {
  try {
    await run(python, ['-c', 'import grpc, google.protobuf']);
    await run('protoc', ['--version']);
    await run('sh', ['-c', 'command -v grpc_python_plugin']);
    return { available: true, reason: '' };
  } catch (error) {
    const told = error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : '';
    return {
      available: false,
      reason: `install python3-grpcio, protobuf-compiler and protobuf-compiler-grpc (${told})`,
    };
  }
}

async function makeStubs(folder: string): Promise<void> {
  const image = join(folder, 'contract.binpb');
  await run(buf, ['build', root, '-o', image]);
  const plugin = (await run('sh', ['-c', 'command -v grpc_python_plugin'])).stdout.trim();
  const names = ['model', 'plan', 'scheduler_service', 'cluster_service', 'change_service'];
  await run('protoc', [
    // One image with google/protobuf in it, which Debian keeps in yet another package.
    `--descriptor_set_in=${image}`,
    `--plugin=protoc-gen-grpc_python=${plugin}`,
    `--python_out=${folder}`,
    `--grpc_python_out=${folder}`,
    ...names.map((name) => `tangram/v1/${name}.proto`),
  ]);
}

test('a Python client made from the protos applies a model and watches it become ready', async (context) => {
  needs(context, 'python', await findTools());
  const folder = mkdtempSync(join(tmpdir(), 'tangram-python-'));
  const coordinator = await startCoordinator();
  const agent = new LinkAgent({
    coordinator: coordinator.grpc,
    node: 'node-a',
    cards: '2xA100-40GB',
  });
  try {
    await makeStubs(folder);
    await agent.connect();
    const { stdout } = await run(python, [script, folder, coordinator.grpc, 'from-python'], {
      timeout: 120_000,
    });
    const said = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(said).toEqual([
      {
        refused: 'INVALID_ARGUMENT',
        code: 'REQUEST_INVALID',
        details: expect.stringContaining('spec: is missing'),
      },
      { planned: expect.arrayContaining([expect.any(String)]) },
      { outcome: 'APPLY_OUTCOME_CREATED' },
      {
        ready: 2,
        phases: ['REPLICA_PHASE_READY', 'REPLICA_PHASE_READY'],
        shapes: ['mps', 'mps'],
        nodes: ['node-a'],
      },
    ]);
  } finally {
    agent.close();
    await coordinator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the example in Python declares a model once and waits until it serves', async (context) => {
  needs(context, 'python', await findTools());
  const folder = mkdtempSync(join(tmpdir(), 'tangram-python-'));
  const coordinator = await startCoordinator();
  const agent = new LinkAgent({
    coordinator: coordinator.grpc,
    node: 'node-a',
    cards: 'A100-40GB',
  });
  const call = async (name: string) =>
    run(python, [example, coordinator.grpc, name, 'registry.example/model:1'], {
      timeout: 120_000,
      env: { ...process.env, PYTHONPATH: folder },
    });
  try {
    await makeStubs(folder);
    await agent.connect();
    const { stdout } = await call('sentiment');
    const lines = stdout.trim().split('\n');
    expect(lines.slice(-2)).toEqual([
      '100 %',
      expect.stringMatching(/^sentiment-\S+ node-a 127\.0\.0\.1:\d+$/),
    ]);
    await expect(call('No Name')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^REQUEST_INVALID: metadata\.name: "No Name" is no model name/),
    });
  } finally {
    agent.close();
    await coordinator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseRealCards, renderRealPlan } from '../../../packaging/start/cards.ts';
import { lastLines, startChild } from '../../../packaging/start/child.ts';
import { makeLayout, planLayout } from '../../../packaging/start/layout.ts';
import { parseStartOptions } from '../../../packaging/start/options.ts';
import { identify, isAlive } from '../../../packaging/start/owner.ts';
import { choosePorts } from '../../../packaging/start/ports.ts';
import { endpointsOf, renderReport } from '../../../packaging/start/report.ts';
import { startProgram } from '../../../packaging/start/supervise.ts';
import { shellWord, writeWrappers } from '../../../packaging/start/wrappers.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tangram-start-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('options', () => {
  test('without any: the default simulated cards and free ports', () => {
    expect(parseStartOptions([])).toEqual({
      simulate: '2xA100-40GB,L40S',
      yes: false,
      runtime: 'auto',
      grpcPort: null,
      joinPort: null,
      httpPort: null,
      metricsPort: null,
    });
  });

  test('all of them', () => {
    const argv = ['--real', '--yes', '--runtime', 'docker', '--grpc-port=21000'];
    expect(parseStartOptions(argv)).toMatchObject({
      simulate: null,
      yes: true,
      runtime: 'docker',
      grpcPort: 21_000,
      joinPort: null,
    });
    expect(parseStartOptions(['--help'])).toBe('help');
  });

  test.for([
    { argv: ['--bogus'], says: '--bogus' },
    { argv: ['cards'], says: 'cards' },
    { argv: ['--runtime', 'podman'], says: 'podman' },
    { argv: ['--http-port', '0'], says: '--http-port' },
    { argv: ['--http-port', '70000'], says: '70000' },
    { argv: ['--real', '--simulate', 'L4'], says: 'exclude' },
  ])('$argv is refused by name', ({ argv, says }) => {
    expect(() => parseStartOptions(argv)).toThrow(says);
  });
});

describe('ports', () => {
  const none = { grpcPort: null, joinPort: null, httpPort: null, metricsPort: null };

  test('are four different free ones, and the same at the next start', async () => {
    const notes = join(folder, 'ports.json');
    const first = await choosePorts(notes, none);
    expect(new Set(Object.values(first)).size).toBe(4);
    expect(await choosePorts(notes, none)).toEqual(first);
  });

  test('one that is taken is refused when it was asked for, and passed over when it was not', async () => {
    const notes = join(folder, 'ports.json');
    const first = await choosePorts(notes, none);
    const squatter = createServer();
    await new Promise<void>((resolve) => {
      squatter.listen(first.grpc, '127.0.0.1', resolve);
    });
    try {
      const asked = { ...none, grpcPort: first.grpc };
      await expect(choosePorts(notes, asked)).rejects.toThrow(`port ${first.grpc}`);
      expect((await choosePorts(notes, none)).grpc).not.toBe(first.grpc);
    } finally {
      squatter.close();
    }
  });

  test('the same one cannot be asked for twice', async () => {
    const asked = { grpcPort: 21_777, joinPort: null, httpPort: 21_777, metricsPort: null };
    await expect(choosePorts(join(folder, 'p.json'), asked)).rejects.toThrow('21777');
  });
});

describe('paths', () => {
  test('a deep project folder gets short socket and MPS paths elsewhere', () => {
    const deep = planLayout(`/home/${'x'.repeat(80)}`);
    expect(Buffer.byteLength(deep.mpsDir)).toBeLessThanOrEqual(54);
    expect(deep.endpoints).toContain('xxx/.tangram/endpoints.json');
    expect(planLayout('/opt/tangram').socket).toBe('/opt/tangram/.tangram/run/agent.sock');
  });

  test('a word with spaces and quotes survives the shell', () => {
    const odd = `it's a "dir" $HOME`;
    const echoed = spawnSync('sh', ['-c', `printf %s ${shellWord(odd)}`], { encoding: 'utf8' });
    expect(echoed.stdout).toBe(odd);
  });

  test('a wrapper runs from any folder, with a project path that has spaces', () => {
    const project = join(folder, `a dir's`);
    const layout = planLayout(project);
    makeLayout(layout);
    writeWrappers(layout, { grpc: 1_234, join: 4, http: 2, metrics: 3 }, true);
    const wrapper = join(layout.binDir, 'tangram');
    const run = spawnSync(wrapper, ['ps'], { cwd: '/', encoding: 'utf8' });
    // There is nothing built in that project: what counts is which file Node was told to run.
    expect(run.stderr).toContain(join(project, 'dist/coordinator/cli/bin.js'));
    expect(readFileSync(wrapper, 'utf8')).toContain('127.0.0.1:1234');
    expect(existsSync(join(layout.binDir, 'nvidia-smi'))).toBe(true);
    rmSync(layout.runDir, { recursive: true, force: true });
  });
});

describe('programs', () => {
  const spec = (script: string) => ({
    name: 'thing',
    argv: [process.execPath, '-e', script],
    logFile: join(folder, 'thing.log'),
    env: { READY: join(folder, 'ready.json') },
  });
  const never = new AbortController().signal;
  const options = { append: false, onStarted: () => undefined };

  test('one that says it is ready is ready, and stops when it is told', async () => {
    const script = `require('fs').writeFileSync(process.env.READY, '{}'); setInterval(() => {}, 1000)`;
    const program = { spec: spec(script), readyFile: join(folder, 'ready.json') };
    const child = await startProgram(program, options, never);
    expect(child.isRunning()).toBe(true);
    await child.stop(5_000);
    expect(child.isRunning()).toBe(false);
    expect(await child.ended).toBe('SIGTERM');
  });

  test('one that ends at once is told of with the end of its log', async () => {
    const script = `console.error('the store is corrupt'); process.exit(3)`;
    const program = { spec: spec(script), readyFile: join(folder, 'ready.json') };
    await expect(startProgram(program, options, never)).rejects.toMatchObject({
      message: 'the thing ended (exit 3)',
      hint: expect.stringContaining('the store is corrupt'),
    });
  });

  test('one that ignores SIGTERM is killed after its grace', async () => {
    const script = `process.on('SIGTERM', () => {}); require('fs').writeFileSync(process.env.READY, '{}'); setInterval(() => {}, 1000)`;
    const program = { spec: spec(script), readyFile: join(folder, 'ready.json') };
    const child = await startProgram(program, options, never);
    await child.stop(200);
    expect(await child.ended).toBe('SIGKILL');
  });

  test('the log of the run before is kept', async () => {
    writeFileSync(join(folder, 'thing.log'), 'before\n');
    const child = startChild(spec(''), { append: false });
    await child.ended;
    expect(lastLines(join(folder, 'thing.log.1'), 5)).toBe('before');
  });

  test('a process is known by its start time too, so a number that is used again is not mistaken', async () => {
    const sleeper = spawn('sleep', ['60']);
    const known = identify(sleeper.pid ?? 0);
    expect(known !== null && isAlive(known)).toBe(true);
    expect(isAlive({ pid: sleeper.pid ?? 0, startTicks: '1' })).toBe(false);
    const gone = new Promise((resolve) => {
      sleeper.once('exit', resolve);
    });
    sleeper.kill('SIGKILL');
    await gone;
    expect(known !== null && isAlive(known)).toBe(false);
  });
});

test('--real takes only cards that nobody uses, and says why for the others', () => {
  const cards = parseRealCards(
    [
      '0, GPU-a, NVIDIA A100-SXM4-40GB, 40960, 4, Disabled',
      '1, GPU-b, NVIDIA L40S, 46068, 9000, [N/A]',
      '2, GPU-c, NVIDIA L40S, 46068, 3, [N/A]',
      '3, GPU-d, NVIDIA A100-SXM4-40GB, 40960, 4, Enabled',
    ].join('\n'),
    'GPU-c, 4711, python3\n',
    'GPU 0: A (UUID: GPU-a)\nGPU 3: A (UUID: GPU-d)\n  MIG 1g.5gb Device 0: (UUID: MIG-x)\n',
  );
  expect(cards.map(({ uuid, busy, mig }) => [uuid, busy, mig])).toEqual([
    ['GPU-a', null, 'off'],
    ['GPU-b', '9000 MiB in use', null],
    ['GPU-c', 'process 4711 (python3)', null],
    ['GPU-d', '1 MIG instances', 'on'],
  ]);
  expect(renderRealPlan(cards)).toContain('only looked at: process 4711 (python3)');
});

test('the end of a start shows a curl, a tangram and an agentctl command, and the same to programs', () => {
  const layout = planLayout('/opt/tangram');
  const ports = { grpc: 21_001, join: 21_004, http: 21_002, metrics: 21_003 };
  const url = 'http://127.0.0.1:30000/v2/models/vad-v6/infer';
  const models = [{ name: 'vad-v6', url, place: 'on MIG 1g.5gb of GPU-1a2b3c4d' }];
  const text = renderReport({ layout, ports, models, cards: 'simulated L40S', runtime: 'process' });
  const commands = text.split('\n').filter((line) => /^ {2}(curl|\/opt)/.test(line));
  expect(commands).toEqual([
    `  curl -s --data-binary @/opt/tangram/.tangram/samples/speech.wav ${url}`,
    '  /opt/tangram/.tangram/bin/tangram ps',
    '  /opt/tangram/.tangram/bin/agentctl top --once',
  ]);
  const agent = { node: 'n', metrics: 'http://127.0.0.1:21003/metrics' };
  expect(endpointsOf({ layout, ports, models }, agent)).toEqual({
    coordinator: '127.0.0.1:21001',
    context: '/opt/tangram/.tangram/coordinator/admin.yaml',
    http: 'http://127.0.0.1:21002',
    agents: [{ ...agent, socket: '/opt/tangram/.tangram/run/agent.sock' }],
    models: [{ name: 'vad-v6', url }],
  });
});

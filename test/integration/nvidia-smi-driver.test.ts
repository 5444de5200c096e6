import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createNvidiaSmi } from '../../agent/drivers/nvidia-smi/create-nvidia-smi.ts';
import type { GpuRow, NvidiaSmi } from '../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import { readProcTable } from '../../agent/drivers/process/proc-table.ts';
import { parseGpuUuid, type GpuUuid } from '../../shared/domain/ids.ts';
import { migGeometries } from '../../shared/domain/mig-geometry.ts';
import { errorChain, errorHint, isAppError } from '../../shared/platform/errors.ts';
import { eventually } from '../fakes/agent/drivers/eventually.ts';
import { scriptedTool, type ScriptedTool } from '../fakes/agent/drivers/scripted-tool.ts';
import { must } from '../fakes/agent/drivers/start-spec.ts';

const run = promisify(execFile);
const never = new AbortController().signal;

describe('against the simulator', () => {
  const root = join(import.meta.dirname, '../..');
  const state = mkdtempSync(join(tmpdir(), 'tangram-sim-'));
  const command = [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    join(root, 'agent/simulator/nvidia-smi/bin.ts'),
    '--sim-state',
    state,
  ];
  let smi: ReturnType<typeof createNvidiaSmi>;

  beforeAll(async () => {
    const [program = '', ...args] = command;
    await run(program, [...args, '--sim-init', '2xA100-40GB,L40S']);
    smi = createNvidiaSmi({ command });
  });
  afterAll(() => rmSync(state, { recursive: true, force: true }));

  const uuidOf = (gpus: readonly GpuRow[], index: number): GpuUuid => {
    const found = gpus.find((gpu) => gpu.index === index);
    if (found === undefined) throw new Error(`no card ${index}`);
    return found.uuid;
  };

  test('the cards are read whole, and one without MIG differs from one with MIG off', async () => {
    const gpus = await smi.queryGpus(never);
    expect(
      gpus.map((gpu) => [gpu.index, gpu.productName, gpu.memoryTotalMib, gpu.migEnabled]),
    ).toEqual([
      [0, 'NVIDIA A100-SXM4-40GB', 40960, false],
      [1, 'NVIDIA A100-SXM4-40GB', 40960, false],
      [2, 'NVIDIA L40S', 46068, null],
    ]);
    for (const gpu of gpus) {
      expect(gpu.error).toBeNull();
      expect(gpu.driverVersion).toMatch(/^\d+\.\d+/);
      expect(gpu.temperatureCelsius).toBeGreaterThan(10);
      expect(gpu.powerLimitWatts).toBeGreaterThan(10);
    }
    expect(await smi.queryProcesses(never)).toEqual([]);
    expect(await smi.listMigInstances(never)).toEqual([]);
  });

  test('MIG is switched on, cut at explicit starts, read back and given back', async () => {
    const gpu = uuidOf(await smi.queryGpus(never), 0);
    expect(await smi.setMigMode(gpu, true, never)).toBe('active');
    expect(await smi.listMigInstances(never)).toEqual([]);
    const geometry = (await smi.readGeometries(never)).get(0);
    const known = migGeometries['A100-40GB'];
    expect(geometry?.placementUnits).toBe(8);
    expect(geometry?.enginesTotal).toEqual(known.enginesTotal);
    const byId = (a: { giProfileId: number }, b: { giProfileId: number }): number =>
      a.giProfileId - b.giProfileId;
    expect(geometry?.profiles.toSorted(byId)).toEqual(known.profiles.toSorted(byId));

    await smi.createMigInstance(gpu, { giProfileId: 14, start: 2 }, never);
    await smi.createMigInstance(gpu, { giProfileId: 19, start: 0 }, never);
    await smi.createMigInstance(gpu, { giProfileId: 9, start: 4 }, never);
    const made = await smi.listMigInstances(never);
    const shape = made
      .map((each) => [each.profile, each.giProfileId, each.start, each.size, each.gpuIndex])
      .sort((a, b) => Number(a[2]) - Number(b[2]));
    expect(shape).toEqual([
      ['1g.5gb', 19, 0, 1, 0],
      ['2g.10gb', 14, 2, 2, 0],
      ['3g.20gb', 9, 4, 4, 0],
    ]);
    expect(new Set(made.map((each) => each.uuid)).size).toBe(3);
    for (const each of made) expect(each.uuid).toMatch(/^MIG-/);

    const refused: unknown = await smi
      .createMigInstance(gpu, { giProfileId: 9, start: 0 }, never)
      .catch((error: unknown) => error);
    expect(isAppError(refused, 'GPU_REFUSED')).toBe(true);
    expect(errorChain(refused)).toContain('Insufficient Resources');
    expect(await smi.listMigInstances(never)).toEqual(made);

    for (const each of made)
      expect(await smi.destroyMigInstance(gpu, each, never)).toBe('destroyed');
    expect(await smi.listMigInstances(never)).toEqual([]);
    const first = made[0];
    if (first === undefined) throw new Error('nothing was made');
    expect(await smi.destroyMigInstance(gpu, first, never)).toBe('already-gone');
    expect(await smi.setMigMode(gpu, false, never)).toBe('active');
  });

  test('an instance is made with the compute instances that were asked for, or not at all', async () => {
    const gpu = uuidOf(await smi.queryGpus(never), 0);
    expect(await smi.setMigMode(gpu, true, never)).toBe('active');
    const place = { giProfileId: 9, start: 4 };
    await smi.createMigInstance(gpu, { ...place, compute: ['1c.3g.20gb', '2c.3g.20gb'] }, never);
    const divided = await smi.listMigInstances(never);
    expect(divided).toMatchObject([{ ...place, computeInstanceIds: [0, 1] }]);
    expect(divided[0]?.computeProfiles.toSorted()).toEqual(['1c.3g.20gb', '2c.3g.20gb']);
    const tooMuch = { giProfileId: 9, start: 0, compute: ['2c.3g.20gb', '2c.3g.20gb'] };
    const refused: unknown = await smi
      .createMigInstance(gpu, tooMuch, never)
      .catch((error: unknown) => error);
    expect(isAppError(refused, 'GPU_REFUSED')).toBe(true);
    expect(await smi.listMigInstances(never)).toEqual(divided);
    await smi.createMigInstance(gpu, { giProfileId: 9, start: 0, compute: [] }, never);
    expect(await smi.listMigInstances(never)).toContainEqual(
      expect.objectContaining({
        start: 0,
        computeInstanceIds: [],
        computeProfiles: [],
        uuid: null,
      }),
    );
    for (const each of await smi.listMigInstances(never)) {
      expect(await smi.destroyMigInstance(gpu, each, never)).toBe('destroyed');
    }
    expect(await smi.setMigMode(gpu, false, never)).toBe('active');
  });

  test('a reset takes the instances; a card that somebody uses is not reset', async () => {
    const gpu = uuidOf(await smi.queryGpus(never), 1);
    await smi.setMigMode(gpu, true, never);
    await smi.createMigInstance(gpu, { giProfileId: 9, start: 0 }, never);
    const user = spawn('sleep', ['60'], { env: { CUDA_VISIBLE_DEVICES: gpu } });
    const refused: unknown = await smi.resetGpu(gpu, never).catch((error: unknown) => error);
    user.kill('SIGKILL');
    expect(isAppError(refused, 'GPU_BUSY')).toBe(true);
    await smi.resetGpu(gpu, never);
    expect(await smi.listMigInstances(never)).toEqual([]);
    await smi.setMigMode(gpu, false, never);
  });

  test('a card without MIG refuses to have it switched on', async () => {
    const gpu = uuidOf(await smi.queryGpus(never), 2);
    const refused: unknown = await smi
      .setMigMode(gpu, true, never)
      .catch((error: unknown) => error);
    expect(isAppError(refused, 'GPU_REFUSED')).toBe(true);
    expect(errorChain(refused)).toContain('Not Supported');
  });

  test('a compute mode that was set is read back', async () => {
    const gpu = uuidOf(await smi.queryGpus(never), 2);
    await smi.setComputeMode(gpu, 'EXCLUSIVE_PROCESS', never);
    const mode = async () =>
      (await smi.queryGpus(never)).find((row) => row.uuid === gpu)?.computeMode;
    expect(await mode()).toMatch(/^Exclusive_?Process$/i);
    await smi.setComputeMode(gpu, 'DEFAULT', never);
    expect(await mode()).toBe('Default');
  });

  test('sampling is one child for many samples, and leaving ends it', async () => {
    const samples: (readonly GpuRow[])[] = [];
    for await (const sample of smi.sampleGpus(200, never)) {
      samples.push(sample);
      if (samples.length === 4) break;
    }
    expect(samples.map((sample) => sample.map((gpu) => gpu.index))).toEqual(
      Array.from({ length: 4 }, () => [0, 1, 2]),
    );
    expect(await childrenCalled('-lms')).toEqual([]);
  });
});

/** Our own children whose command line holds `word`. */
async function childrenCalled(word: string): Promise<readonly number[]> {
  const own = readProcTable().filter((each) => each.parentPid === process.pid && !each.zombie);
  const found = await Promise.all(
    own.map(async ({ pid }) => {
      const { stdout } = await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({
        stdout: '',
      }));
      return stdout.includes(word) ? [pid] : [];
    }),
  );
  return found.flat();
}

describe('against scripts that print what real tools print', () => {
  const gpu = must(parseGpuUuid('GPU-11111111-2222-3333-4444-555555555555'));
  let tool: ScriptedTool | undefined;
  afterEach(() => tool?.remove());

  function smiOf(body: string, options: { readonly queryTimeoutMs?: number } = {}): NvidiaSmi {
    tool = scriptedTool(body);
    return createNvidiaSmi({ command: tool.command, ...options });
  }
  const failureOf = async (task: Promise<unknown>): Promise<unknown> =>
    task.then(
      () => null,
      (error: unknown) => error,
    );

  test('a field that the driver does not know is left out from then on', async () => {
    // Answers with as many dashes as columns it was asked for, but for the identity.
    const smi = smiOf(`
      case "$ARGS" in
        *clocks.mem*) echo 'Field "clocks.mem" is not a valid field to query.'; echo; exit 2;;
        *persistence_mode*) echo 'Field "persistence_mode" is not a valid field to query.'; exit 2;;
      esac
      echo '0, ${gpu}, 00000000:07:00.0, 470.256.02, 40960, 3, 0, 0, 33, 72.00, 400.00, 210, 0, Default, Disabled, Disabled, NVIDIA A100-SXM4-40GB'`);
    const [row] = await smi.queryGpus(never);
    expect(row).toMatchObject({
      memoryTotalMib: 40960,
      smClockMhz: 210,
      memoryClockMhz: null,
      persistenceMode: null,
      productName: 'NVIDIA A100-SXM4-40GB',
    });
    await smi.queryGpus(never);
    expect(tool?.calls()).toHaveLength(4);
  });

  const failures = [
    {
      name: 'no driver',
      body: `echo "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running."; echo; exit 9`,
      code: 'DRIVER_AWAY',
      says: 'communicate with the NVIDIA driver',
    },
    {
      name: 'a driver upgraded under the kernel',
      body: `echo "Failed to initialize NVML: Driver/library version mismatch"; echo "NVML library version: 550.163"; exit 18`,
      code: 'DRIVER_AWAY',
      says: 'version mismatch',
    },
    {
      name: 'rubbish',
      body: `echo '<html>hello'; exit 0`,
      code: 'OUTPUT_UNREADABLE',
      says: 'line 1',
    },
    {
      name: 'nothing but unreadable cards',
      body: `echo "Unable to determine the device handle for GPU0: 0000:34:00.0: Unknown Error"`,
      code: 'OUTPUT_UNREADABLE',
      says: '0000:34:00.0',
    },
    { name: 'a crash', body: 'kill -SEGV $$', code: 'PROCESS_FAILED', says: 'exit code 139' },
  ] as const;
  test.for(failures)('$name is told by name', async ({ body, code, says }) => {
    const failed = await failureOf(smiOf(body).queryGpus(never));
    expect(isAppError(failed, code), errorChain(failed)).toBe(true);
    expect(errorChain(failed)).toContain(says);
  });

  test('no tool at all is told with the way out', async () => {
    const failed = await failureOf(
      createNvidiaSmi({ command: ['/no/such/nvidia-smi'] }).queryGpus(never),
    );
    expect(isAppError(failed, 'DRIVER_AWAY')).toBe(true);
    expect(errorHint(failed)).toContain('configuration');
  });

  test('a tool that hangs is killed with its children at the limit, and the next call goes on', async () => {
    const smi = smiOf(
      `[ -e "$DIR/ok" ] && exec echo '0, ${gpu}, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, Default, Enabled, [N/A], [N/A], NVIDIA L4'
      sleep 61 & sleep 60`,
      { queryTimeoutMs: 300 },
    );
    const hung = failureOf(smi.queryGpus(never));
    expect(isAppError(await hung, 'PROCESS_TIMEOUT')).toBe(true);
    writeFileSync(join(tool?.directory ?? '', 'ok'), '');
    expect(await smi.queryGpus(never)).toHaveLength(1);
  });

  test('calls wait for each other: there are never two of the tool at once', async () => {
    const smi = smiOf(
      `mkdir "$DIR/lock" || { echo 'two at once'; exit 1; }; sleep 0.05; rmdir "$DIR/lock"`,
    );
    await Promise.all(Array.from({ length: 4 }, () => smi.queryProcesses(never)));
    expect(tool?.calls()).toHaveLength(4);
  });

  test('a busy instance is GPU_BUSY with where to look', async () => {
    const smi = smiOf(`
      case "$ARGS" in
        *-dci*) echo 'Unable to destroy compute instance ID  0 from GPU  0 GPU instance ID  3: In use by another client'
                echo 'Failed to destroy compute instances: In use by another client'; exit 19;;
      esac`);
    const failed = await failureOf(
      smi.destroyMigInstance(gpu, { gpuInstanceId: 3, computeInstanceIds: [0] }, never),
    );
    expect(isAppError(failed, 'GPU_BUSY')).toBe(true);
    expect(errorHint(failed)).toContain('fuser');
    expect(tool?.calls()).toEqual([`mig -i ${gpu} -dci -gi 3 -ci 0`]);
  });

  test('an instance without a compute instance is given back', async () => {
    const smi = smiOf(`
      case "$ARGS" in
        *-cgi*) echo 'Successfully created GPU instance ID  9 on GPU  0 using profile MIG 1g.5gb (ID 19)'
                echo 'Unable to create a default compute instance on GPU  0 GPU instance ID  9: Unknown Error'; exit 255;;
      esac`);
    const failed = await failureOf(
      smi.createMigInstance(gpu, { giProfileId: 19, start: 6 }, never),
    );
    expect(errorChain(failed)).toContain('cannot create MIG profile 19 at 6');
    expect(tool?.calls()).toEqual([`mig -i ${gpu} -cgi 19:6 -C`, `mig -i ${gpu} -dgi -gi 9`]);
  });

  test('a mode change that waits for a reset is pending, whatever the exit code says', async () => {
    const smi = smiOf(`
      case "$ARGS" in
        *-mig*) echo 'Warning: MIG mode is in pending enable state for GPU 00000000:07:00.0:In use by another client'; echo 'All done.';;
        *) echo 'Disabled, Enabled';;
      esac`);
    expect(await smi.setMigMode(gpu, true, never)).toBe('pending');
  });

  const row = (index: number): string =>
    `${index}, GPU-${index}, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, Default, Enabled, [N/A], [N/A], NVIDIA L4`;
  const broken = Array.from({ length: 19 }, () => '[Unknown Error]').join(', ');

  test('a sampling loop that goes blind ends with the reason after its good samples', async () => {
    const smi = smiOf(`
      case "$ARGS" in *-lms*) for i in 1 2; do echo '${row(0)}'; echo '${row(1)}'; done; echo '${broken}'; sleep 60;; esac
      echo '${row(0)}'; echo '${row(1)}'`);
    let samples = 0;
    const failed = await failureOf(
      (async () => {
        for await (const sample of smi.sampleGpus(100, never))
          samples += sample.length === 2 ? 1 : 100;
      })(),
    );
    expect(samples).toBe(3);
    expect(isAppError(failed, 'OUTPUT_UNREADABLE')).toBe(true);
    expect(errorChain(failed)).toContain('Unknown Error');
  });

  test('a sampling loop that stalls is ended by the watchdog', async () => {
    const smi = smiOf(
      `case "$ARGS" in *-lms*) echo '${row(0)}'; sleep 60;; esac\necho '${row(0)}'`,
    );
    const failed = await failureOf(
      (async () => {
        for await (const sample of smi.sampleGpus(100, never)) expect(sample).toHaveLength(1);
      })(),
    );
    expect(isAppError(failed, 'PROCESS_TIMEOUT')).toBe(true);
  }, 20_000);

  test('while the MIG mode is changed no sampling child holds the card, and sampling goes on after', async () => {
    // A mode change is refused while the loop's lock is there.
    const smi = smiOf(`
      case "$ARGS" in
        *-lms*) mkdir "$DIR/held"; trap 'rmdir "$DIR/held"; exit 0' TERM
                while :; do echo '${row(0)}'; sleep 0.05; done;;
        *-mig*) if [ -e "$DIR/held" ]; then echo 'held' > "$DIR/mode"; else echo 'Enabled, Enabled' > "$DIR/mode"; fi;;
        *mig.mode*current,mig.mode.pending*name*) echo '${row(0)}';;
        *) cat "$DIR/mode";;
      esac`);
    const enough = new AbortController();
    let samples = 0;
    const sampling = failureOf(
      (async () => {
        for await (const sample of smi.sampleGpus(50, enough.signal)) samples += sample.length;
      })(),
    );
    await eventually('samples before', () => (samples > 3 ? true : null));
    expect(await smi.setMigMode(gpu, true, never)).toBe('active');
    const before = samples;
    await eventually('samples after', () => (samples > before + 3 ? true : null));
    enough.abort(new Error('enough'));
    expect(errorChain(await sampling)).toBe('enough');
    expect(tool?.calls().filter((call) => call.includes('-lms'))).toHaveLength(2);
  });

  test('a question for the cards is answered by the running loop, but not across a change of mode or its failure', async () => {
    const smi = smiOf(`
      case "$ARGS" in
        *-lms*) while [ ! -e "$DIR/end" ]; do echo '${row(0)}'; echo '${row(1)}'; sleep 0.05; done; exit 3;;
        *-c*DEFAULT*) echo 'All done.';;
        *) echo '${row(0)}'; echo '${row(1)}';;
      esac`);
    let samples = 0;
    const sampling = failureOf(
      (async () => {
        for await (const sample of smi.sampleGpus(50, never)) samples += sample.length;
      })(),
    );
    await eventually('samples', () => (samples > 6 ? true : null));
    const queries = (): number =>
      (tool?.calls() ?? []).filter((call) => call.includes('--query-gpu') && !call.includes('-lms'))
        .length;
    expect(queries()).toBe(1);
    expect(await smi.queryGpus(never)).toHaveLength(2);
    expect(queries()).toBe(1);
    const change = smi.setComputeMode(gpu, 'DEFAULT', never);
    expect(await smi.queryGpus(never)).toHaveLength(2);
    expect(queries()).toBe(2);
    await change;
    writeFileSync(join(tool?.directory ?? '', 'end'), '');
    expect(isAppError(await sampling, 'PROCESS_FAILED')).toBe(true);
    expect(await smi.queryGpus(never)).toHaveLength(2);
    expect(queries()).toBe(3);
  });

  test('a loop that was let go begins again without counting the cards anew; one that failed does not', async () => {
    const smi = smiOf(`
      case "$ARGS" in
        *-lms*) while [ ! -e "$DIR/end" ]; do echo '${row(0)}'; echo '${row(1)}'; sleep 0.05; done; exit 3;;
        *) echo '${row(0)}'; echo '${row(1)}';;
      esac`);
    const takeTwo = async (): Promise<void> => {
      let left = 2;
      for await (const sample of smi.sampleGpus(50, never)) {
        expect(sample).toHaveLength(2);
        left -= 1;
        if (left === 0) break;
      }
    };
    const shown = (): string[] =>
      (tool?.calls() ?? []).map((call) => (call.includes('-lms') ? 'loop' : 'query'));
    await takeTwo();
    await takeTwo();
    expect(shown()).toEqual(['query', 'loop', 'loop']);
    writeFileSync(join(tool?.directory ?? '', 'end'), '');
    await failureOf(takeTwo());
    await failureOf(takeTwo());
    expect(shown()).toEqual(['query', 'loop', 'loop', 'loop', 'query', 'loop']);
  });

  test('instances that stay as they are cost one listing; a stranger’s change and ours cost all three', async () => {
    const smi = smiOf(`
      case "$ARGS" in
        *-lgi*) cat "$DIR/lgi" 2>/dev/null || printf '%s\n' '|====|' '|   0  MIG 1g.5gb       19        7          0:1     |';;
        *-lci*) printf '%s\n' '|====|' '|   0      7       MIG 1g.5gb        0         0          0:1     |';;
        -L) echo 'GPU 0: NVIDIA A100 (UUID: ${gpu})'; echo '  MIG 1g.5gb      Device  0: (UUID: MIG-6cee1a0e-0c37-5c2a-bd11-2d3fb1b0e3e8)';;
        *-cgi*) echo 'Insufficient Resources'; exit 19;;
      esac`);
    const words = (): string =>
      (tool?.calls() ?? []).map((call) => call.split(' ').at(-1)).join(' ');
    const before = await smi.listMigInstances(never);
    expect(before).toMatchObject([{ gpuInstanceId: 7, start: 0, computeInstanceIds: [0] }]);
    expect(words()).toBe('-lgi -lci -L');
    expect(await smi.listMigInstances(never)).toEqual(before);
    expect(words()).toBe('-lgi -lci -L -lgi');
    // The same instance id, elsewhere on the card: its device may have the very same UUID.
    const moved = '|====|\n|   0  MIG 1g.5gb       19        7          3:1     |\n';
    writeFileSync(join(tool?.directory ?? '', 'lgi'), moved);
    expect(await smi.listMigInstances(never)).toMatchObject([{ gpuInstanceId: 7, start: 3 }]);
    expect(words()).toBe('-lgi -lci -L -lgi -lgi -lci -L');
    await failureOf(smi.createMigInstance(gpu, { giProfileId: 19, start: 0 }, never));
    await smi.listMigInstances(never);
    expect(words()).toBe('-lgi -lci -L -lgi -lgi -lci -L -C -lgi -lci -L');
  });

  test('a sampling loop that ends by itself is a failure; an abort is not', async () => {
    const smi = smiOf(`echo '${row(0)}'`);
    const ended = await failureOf(
      (async () => {
        for await (const sample of smi.sampleGpus(100, never)) expect(sample).toHaveLength(1);
      })(),
    );
    expect(isAppError(ended, 'PROCESS_FAILED')).toBe(true);
    const abort = new AbortController();
    const aborted = await failureOf(
      (async () => {
        for await (const sample of smi.sampleGpus(100, abort.signal)) {
          expect(sample).toHaveLength(1);
          abort.abort(new Error('enough'));
        }
      })(),
    );
    expect(errorChain(aborted)).toBe('enough');
  });
});

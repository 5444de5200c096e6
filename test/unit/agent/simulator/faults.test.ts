import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseFault } from '../../../../agent/simulator/faults/fault.ts';
import { xidRecord } from '../../../../agent/simulator/faults/kernel-log.ts';
import { openSimHost, type SimHost } from './harness.ts';

let host: SimHost;
beforeEach(async () => {
  host = await openSimHost('2xA100-40GB');
});
afterEach(() => host.close());

/** What a person would put into the control file. */
function inject(...lines: readonly string[]): void {
  writeFileSync(join(host.directory, 'faults'), `${lines.join('\n')}\n`);
}

async function cells(fields: string): Promise<readonly string[]> {
  const said = await host.smi(`--query-gpu=${fields}`, '--format=csv,noheader,nounits', '-i', '0');
  return said.out.trim().split(', ');
}

test.for([
  'hang=1',
  'slow',
  'slow=soon',
  'exit=256',
  'lost',
  'lost=',
  'lost=0:1',
  'recovery=0',
  'recovery=0:pray',
  'xid=0',
  'in-use=0:often',
  'fail-create=',
  'odd',
  '',
])('%j is no fault', (text) => {
  expect(parseFault(text)).toBeUndefined();
});

test('a fault that is none is one message that says where and what to write', async () => {
  inject('# a comment', 'lost=0', 'odd');
  const failed = host.smi('-L');
  await expect(failed).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(`"odd" in ${host.directory}/faults is no fault`) as string,
  });
});

describe('of a whole invocation', () => {
  test.for([
    { fault: 'no-permission', exitCode: 4, out: /^Failed to initialize NVML: Insufficient Perm/ },
    { fault: 'no-driver', exitCode: 9, out: /^NVIDIA-SMI has failed because/ },
    { fault: 'mismatch', exitCode: 18, out: /^Failed to initialize NVML: Driver\/library/ },
    { fault: 'exit=7', exitCode: 7, out: /^GPU 0: NVIDIA A100-SXM4-40GB \(UUID/ },
    { fault: 'truncate=6', exitCode: 0, out: /^GPU 0:$/ },
    { fault: 'truncate=6, exit=3 # both', exitCode: 3, out: /^GPU 0:$/ },
  ])('$fault', async ({ fault, exitCode, out }) => {
    inject(fault);
    const said = await host.smi('-L');
    expect(said.exitCode).toBe(exitCode);
    expect(said.out).toMatch(out);
    inject('');
    expect((await host.smi('-L')).exitCode).toBe(0);
  });

  test('slow=MS waits first', async () => {
    inject('slow=1500');
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => {
      waits.push(ms);
      return Promise.resolve();
    };
    const clock = { wallMs: () => host.wallMs, monotonicMs: () => host.wallMs, sleep };
    expect((await host.run(['-L'], { clock })).exitCode).toBe(0);
    expect(waits).toEqual([1500]);
  });

  test('the environment injects as well', async () => {
    const environment = { TANGRAM_SIM_FAULTS: 'lost=1,exit=5' };
    const said = await host.run(['--query-gpu=power.draw', '--format=csv,noheader'], {
      environment,
    });
    expect(said.exitCode).toBe(5);
    expect(said.out.split('\n')[1]).toBe('[GPU is lost]');
  });
});

describe('of a card', () => {
  test('needs-reset: no reading, until a reset', async () => {
    inject('needs-reset=0');
    const fields = 'utilization.gpu,reset_status.reset_required,name';
    expect(await cells(fields)).toEqual(['[GPU requires reset]', 'Yes', 'NVIDIA A100-SXM4-40GB']);
    expect((await host.smi('-q', '-i', '0')).out).toMatch(/Reset Required +: Yes/);
    expect(await host.smi('-r', '-i', '0')).toMatchObject({
      out: 'GPU 00000000:07:00.0 was successfully reset.\nAll done.\n',
      exitCode: 0,
    });
    expect(await cells(fields)).toEqual(['0', 'No', 'NVIDIA A100-SXM4-40GB']);
    inject('needs-reset=0', '# written again: it strikes again');
    expect((await cells(fields))[0]).toBe('[GPU requires reset]');
  });

  test('ecc: uncorrectable errors in every view', async () => {
    inject('ecc=0:3');
    const fields =
      'ecc.errors.uncorrected.volatile.total,ecc.errors.corrected.volatile.total,ecc.errors.uncorrected.volatile.dram';
    expect(await cells(fields)).toEqual(['3', '0', '3']);
    expect((await host.smi('-q', '-x', '-i', '0')).out).toContain(
      '<dram_uncorrectable>3</dram_uncorrectable>',
    );
    expect((await host.smi()).out).toMatch(/ {20}3 \|\n/);
  });

  test('thermal and power-brake: reasons, mask and clocks', async () => {
    host.put({
      pid: 7,
      command: ['burn'],
      environment: { CUDA_VISIBLE_DEVICES: (await cells('uuid'))[0] ?? '' },
    });
    const fields =
      'clocks_event_reasons.active,clocks_event_reasons.hw_thermal_slowdown,clocks_event_reasons.hw_power_brake_slowdown,clocks.sm';
    expect(await cells(fields)).toEqual(['0x0000000000000000', 'Not Active', 'Not Active', '1410']);
    inject('thermal=0');
    expect(await cells(fields)).toEqual(['0x0000000000000048', 'Active', 'Not Active', '705']);
    expect(Number((await cells('temperature.gpu'))[0])).toBeGreaterThan(89);
    inject('power-brake=0');
    expect(await cells(fields)).toEqual(['0x0000000000000088', 'Not Active', 'Active', '705']);
  });

  test('row remapping: pending until a reset, failure for good', async () => {
    inject('row-remap-pending=0', 'row-remap-failure=0');
    const told = async (): Promise<string> => (await host.smi('-q', '-x', '-i', '0')).out;
    expect(await told()).toContain('<remapped_row_pending>Yes</remapped_row_pending>');
    expect(await told()).toContain('<remapped_row_failure>Yes</remapped_row_failure>');
    await host.smi('-r', '-i', '0');
    expect(await told()).toContain('<remapped_row_pending>No</remapped_row_pending>');
    expect(await told()).toContain('<remapped_row_failure>Yes</remapped_row_failure>');
  });

  test('recovery: the verdict of drivers from 570 on', async () => {
    await host.smi('--sim-init', '2xA100-40GB', '--sim-driver', '570.148.08');
    inject('recovery=0:drain-and-reset');
    expect(await cells('gpu_recovery_action')).toEqual(['Drain and Reset']);
    await host.smi('-r', '-i', '0');
    expect(await cells('gpu_recovery_action')).toEqual(['None']);
  });

  test('handle-error: a line before the rest, and the card is left out', async () => {
    inject('handle-error=0');
    const line = 'Unable to determine the device handle for GPU0: 0000:07:00.0: Unknown Error';
    const listed = (await host.smi('-L')).out.split('\n');
    expect(listed[0]).toBe(line);
    expect(listed[1]).toMatch(/^GPU 1: /);
    expect(await cells('index,name,power.draw')).toEqual([
      '[Unknown Error]',
      '[Unknown Error]',
      '[Unknown Error]',
    ]);
  });

  test('xid: a record in the kernel log, once', async () => {
    expect((await host.smi('--sim-fault', 'xid=1:79')).out).toBe('fault: xid=1:79\n');
    await host.smi('-L');
    expect(readFileSync(join(host.directory, 'kmsg'), 'utf8')).toBe(
      "3,1000,1000000000,-;NVRM: Xid (PCI:0000:0f:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n",
    );
    inject('xid=0:94:5');
    await host.smi('-L');
    const records = readFileSync(join(host.directory, 'kmsg'), 'utf8').split('\n');
    expect(records[1]).toMatch(/^3,1001,1000000000,-;NVRM: Xid \(PCI:0000:07:00 GPU-I:05\): 94, /);
  });

  test('an event outside the table still has the form of one', () => {
    const event = { code: 9999, busId: '00000008:01:00.0', gpuInstanceId: null };
    expect(xidRecord(event, { sequence: 1, us: 2 })).toMatch(
      /^3,1,2,-;NVRM: Xid \(PCI:0008:01:00\): 9999, /,
    );
  });
});

describe('of a change', () => {
  const inUse = 'In use by another client';

  test('in-use, twice: MIG mode, creation, destruction and reset are refused', async () => {
    inject('in-use=0:2');
    expect((await host.smi('-i', '0', '-mig', '1')).out).toContain(
      `Warning: MIG mode is in pending enable state for GPU 00000000:07:00.0:${inUse}\n`,
    );
    expect((await host.smi('-i', '0', '-r')).out).toContain(
      `The following GPUs could not be reset:\n  GPU 00000000:07:00.0: ${inUse}\n\n1 device is currently`,
    );
    expect((await host.smi('-i', '0', '-mig', '1')).out).toBe(
      'Enabled MIG Mode for GPU 00000000:07:00.0\nAll done.\n',
    );
    inject('in-use=0');
    expect(await host.smi('mig', '-cgi', '14')).toMatchObject({
      out: `Unable to create a GPU instance on GPU  0 using profile 14: ${inUse}\nFailed to create GPU instances: ${inUse}\n`,
      exitCode: 19,
    });
  });

  test('mig-pending: the mode changes at the next reset', async () => {
    inject('mig-pending=0');
    await host.smi('-i', '0', '-mig', '1');
    const modes = 'mig.mode.current,mig.mode.pending';
    expect(await cells(modes)).toEqual(['Disabled', 'Enabled']);
    await host.smi('-i', '0', '-r');
    expect(await cells(modes)).toEqual(['Enabled', 'Enabled']);
  });

  test('vm: no reset, so the mode stays pending', async () => {
    inject('vm');
    const bus = '00000000:07:00.0';
    expect((await host.smi('-i', '0', '-mig', '1')).out).toBe(
      `Warning: MIG mode is in pending enable state for GPU ${bus}:Not Supported\n` +
        `Reboot the system or try nvidia-smi --gpu-reset to make MIG mode effective on GPU ${bus}\nAll done.\n`,
    );
    expect(await host.smi('-i', '0', '-r')).toMatchObject({
      out: `Resetting GPU ${bus} is not supported.\n`,
      exitCode: 3,
    });
  });

  test('fail-create and fail-destroy strike one profile, so often', async () => {
    await host.smi('-i', '0', '-mig', '1');
    inject('fail-create=3g.20gb:1', 'fail-destroy=19:1');
    const made = await host.smi('mig', '-i', '0', '-cgi', '19:6,9:0', '-C');
    expect(made.exitCode).toBe(255);
    expect(made.out).toContain(
      'Unable to create a GPU instance on GPU  0 using profile 9:0: Unknown Error\n',
    );
    expect((await host.smi('mig', '-i', '0', '-cgi', '9:0')).exitCode).toBe(0);
    await host.smi('mig', '-i', '0', '-dci');
    expect((await host.smi('mig', '-i', '0', '-dgi', '-gi', '13')).exitCode).toBe(19);
    expect((await host.smi('mig', '-i', '0', '-dgi', '-gi', '13')).exitCode).toBe(0);
  });

  test('a step takes time, half of it before the change is made', async () => {
    await host.smi('--sim-step-ms', '800');
    const seen: string[] = [];
    const clock = {
      wallMs: () => host.wallMs,
      monotonicMs: () => host.wallMs,
      sleep: async (ms: number) => {
        seen.push(`${ms} ${(await cells('mig.mode.current'))[0] ?? ''}`);
      },
    };
    await host.run(['-i', '0', '-mig', '1'], { clock });
    expect(seen).toEqual(['400 Disabled', '400 Enabled']);
    const environment = { TANGRAM_SIM_STEP_MS: '0' };
    expect((await host.run(['mig', '-cgi', '9'], { environment })).exitCode).toBe(0);
  });
});

describe('of a loop', () => {
  async function looped(samples: number): Promise<{ out: string; exitCode: number }> {
    const stop = new AbortController();
    let slept = 0;
    const clock = {
      wallMs: () => host.wallMs,
      monotonicMs: () => host.wallMs,
      sleep: async (ms: number) => {
        slept += 1;
        host.wallMs += ms;
        if (slept >= samples) stop.abort();
        return Promise.resolve();
      },
    };
    const argv = ['-i', '0', '--query-gpu=index,utilization.gpu', '--format=csv,noheader', '-lms'];
    return host.run([...argv, '1000'], { clock, signal: stop.signal });
  }

  test.for([
    { fault: 'loop-stall', out: '0, 0 %\n', exitCode: 0 },
    { fault: 'loop-die', out: '0, 0 %\n', exitCode: 255 },
    { fault: 'loop-errors', out: '0, 0 %\n0, [Unknown Error]\n0, [Unknown Error]\n', exitCode: 0 },
  ])('$fault: only the first sample is good', async ({ fault, out, exitCode }) => {
    inject(fault);
    expect(await looped(3)).toMatchObject({ out, exitCode });
  });
});

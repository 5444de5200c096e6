import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorChain } from '../../../../../shared/platform/errors.ts';
import { createDcgmi } from '../../../../../agent/drivers/dcgm/create-dcgmi.ts';
import type { DcgmRow } from '../../../../../agent/drivers/dcgm/dcgmi.ts';
import { isBlank, readingOf } from '../../../../../agent/drivers/dcgm/fields.ts';
import { scriptedTool, type ScriptedTool } from '../../../../fakes/agent/drivers/scripted-tool.ts';

const uuid = 'GPU-aaaaaaaa-0000-0000-0000-000000000001';
// After NVIDIA's user guide; the numbers are invented.
const hierarchy = `
+-------------------+--------------------------------------------------------------------+
| Instance Hierarchy                                                                     |
+===================+====================================================================+
| GPU 0             | GPU ${uuid} (EntityID: 0)         |
| -> I 0/13         | GPU Instance (EntityID: 3)                                         |
|    -> CI 0/13/0   | Compute Instance (EntityID: 3)                                     |
| -> I 0/5          | GPU Instance (EntityID: 2)                                         |
+-------------------+--------------------------------------------------------------------+
`.trim();
const head = '#Entity   GRACT        SMACT\nID';

let tool: ScriptedTool | null = null;
let signal: AbortSignal;
let end: () => void;
beforeEach(() => {
  const controller = new AbortController();
  signal = controller.signal;
  end = () => controller.abort(new Error('the test is over'));
});
afterEach(() => {
  end();
  tool?.remove();
  tool = null;
});

/** The samples of a stand-in until it ends, and why it did. */
async function samplesOf(
  body: string,
  most = 10,
): Promise<{ readonly samples: readonly (readonly DcgmRow[])[]; readonly error: string }> {
  tool = scriptedTool(body);
  const samples: (readonly DcgmRow[])[] = [];
  try {
    for await (const sample of createDcgmi({ command: tool.command }).sample(100, signal)) {
      samples.push(sample);
      if (samples.length >= most) break;
    }
  } catch (error) {
    return { samples, error: errorChain(error) };
  }
  return { samples, error: '' };
}

function standIn(dmon: string): string {
  return `case "$ARGS" in
    "discovery -c") cat <<'TEXT'
${hierarchy}
TEXT
    ;;
    "discovery -l") exit 0;;
    *" -c 1") cat <<'TEXT'
${head}
GPU 0     N/A          N/A
TEXT
    ;;
    dmon*) ${dmon};;
  esac`;
}

describe('samples of dcgmi dmon', () => {
  test('entities are told by card and GPU instance id, and N/A is null', async () => {
    const { samples, error } = await samplesOf(
      standIn(`cat <<'TEXT'
${head}
GPU 0     0.500        N/A
GPU-I 3   N/A          N/A
GPU-I 2   0.250        0.125
${head}
GPU 0     0.600        N/A
GPU-I 3   1.000        0.900
GPU-I 2   0.000        9223372036854775794
TEXT
sleep 0.2; exit 3`),
    );
    expect(
      samples.map((rows) =>
        rows.map((row) => [row.gpu, row.gpuInstanceId, row.engineActiveRatio, row.smActiveRatio]),
      ),
    ).toEqual([
      [
        [uuid, null, 0.5, null],
        [uuid, 13, null, null],
        [uuid, 5, 0.25, 0.125],
      ],
      [
        [uuid, null, 0.6, null],
        [uuid, 13, 1, 0.9],
        [uuid, 5, 0, null],
      ],
    ]);
    expect(error).toContain('ended with exit code 3');
    expect(tool?.calls().at(-1)).toBe(
      'dmon -e 1001,1002,1005,1004,1003,1009,1010 -i 0,i:3,i:2 -d 100',
    );
  });

  test('an entity that is not in the hierarchy is left out: nobody knows where it is', async () => {
    const { samples } = await samplesOf(
      standIn(
        `printf '#Entity   GRACT\\nID\\nGPU 0     0.5\\nGPU-I 9   0.5\\nGPU-I 3   0.5\\nGPU-I 2   0.5\\n'; sleep 0.2`,
      ),
    );
    expect(samples[0]?.map((row) => row.gpuInstanceId)).toEqual([null, 13, 5]);
  });

  test('fields that DCGM refuses are left out one by one', async () => {
    const { samples } = await samplesOf(
      `case "$ARGS" in
        "discovery -c") cat <<'TEXT'
${hierarchy}
TEXT
        ;;
        "discovery -l") exit 0;;
        *1002*) echo 'Error setting watches. Result: -6: Feature not supported'; exit 249;;
        *"-c 1") printf '#Entity   GRACT\\nID\\nGPU 0     N/A\\n';;
        *) printf '#Entity   GRACT\\nID\\nGPU 0     0.5\\nGPU 0     0.5\\n'; sleep 0.2;;
      esac`,
      1,
    );
    expect(samples[0]?.[0]).toMatchObject({ engineActiveRatio: 0.5, smActiveRatio: null });
    expect(tool?.calls().at(-1)).toContain('dmon -e 1001,1005,1004,1003,1009,1010 -i');
  });

  test('no host engine is told as such', async () => {
    const { samples, error } = await samplesOf(
      'echo "Error: unable to establish a connection to the specified host: localhost"; exit 255',
    );
    expect(samples).toEqual([]);
    expect(error).toContain('cannot read what DCGM watches');
    expect(error).toContain('unable to establish a connection');
  });

  test('a host engine that goes away in the middle ends the loop', async () => {
    const { samples, error } = await samplesOf(
      standIn(
        `printf '#Entity   GRACT\\nID\\nGPU 0     0.5\\nGPU-I 3   0.5\\nGPU-I 2   0.5\\n'; echo 'Error: Unable to connect to host engine. Host engine connection invalid/disconnected.'; sleep 5`,
      ),
    );
    expect(samples).toHaveLength(1);
    expect(error).toContain('the sampling dcgmi failed');
  });

  test('cards that are not cut come from the list of cards', async () => {
    const { samples } = await samplesOf(
      `case "$ARGS" in
        "discovery -c") exit 0;;
        "discovery -l") cat <<'TEXT'
1 GPU found.
+--------+----------------------------------------------------------------------+
| GPU ID | Device Information                                                   |
+--------+----------------------------------------------------------------------+
| 0      | Name: NVIDIA L40S                                                    |
|        | PCI Bus ID: 00000000:01:00.0                                         |
|        | Device UUID: ${uuid}                |
+--------+----------------------------------------------------------------------+
TEXT
        ;;
        *"-c 1") printf '#Entity   GRACT\\nID\\nGPU 0     N/A\\n';;
        *) printf '#Entity   GRACT\\nID\\nGPU 0     0.5\\n'; sleep 0.2;;
      esac`,
      1,
    );
    expect(samples[0]?.[0]).toMatchObject({ gpu: uuid, gpuInstanceId: null });
  });
});

describe('what a row says', () => {
  test('a ratio beyond 1 and a negative one are no ratios; bytes may be many', () => {
    const reading = readingOf({ GRACT: 1.5, SMACT: -1, PCITX: 498_948, TENSO: 'N/A' });
    expect(reading).toMatchObject({
      engineActiveRatio: null,
      smActiveRatio: null,
      tensorActiveRatio: null,
      pcieSentBytesPerS: 498_948,
    });
    expect([isBlank(reading), isBlank(readingOf({ GRACT: null }))]).toEqual([false, true]);
  });
});

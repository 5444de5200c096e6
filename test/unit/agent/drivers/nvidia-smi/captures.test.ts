import { expect, test } from 'vitest';
import { parseToolFailure } from '../../../../../agent/drivers/nvidia-smi/error-output.ts';
import { joinMigInstances } from '../../../../../agent/drivers/nvidia-smi/mig-join.ts';
import { parseGpuList } from '../../../../../agent/formats/listings/gpu-list.ts';
import {
  parseComputeInstances,
  parseGpuInstances,
} from '../../../../../agent/formats/mig/mig-instances.ts';
import { captures, capturesFound, capturesOf, captureText } from '../../../../setup/captures.ts';
import { describeWhere } from '../../../../setup/needs.ts';

describeWhere('captures', capturesFound, 'captures of real cards', () => {
  test('of one mixed host join instances with their MIG UUIDs', () => {
    const gpuInstances = parseGpuInstances(
      captureText('mig/prickle-h100-mig-mixed-20260729-mig-gi.txt'),
    );
    const compute = parseComputeInstances(
      captureText('mig/prickle-h100-mig-mixed-20260729-mig-ci.txt'),
    );
    const gpus = parseGpuList(captureText('smi-list/prickle-h100-mig-mixed-20260729-gpus.txt'));
    if (!gpuInstances.ok || !compute.ok || !gpus.ok) throw new Error('a capture is not readable');
    const joined = joinMigInstances(gpuInstances.value, compute.value, gpus.value.gpus);
    expect(
      joined.ok && joined.value.map((row) => [row.profile, row.start, row.gpuInstanceId, row.uuid]),
    ).toEqual([
      ['1g.10gb', 6, 13, 'MIG-ee6996fb-86fb-5405-83f0-b20887da1bb3'],
      ['3g.40gb', 0, 1, 'MIG-5ff0d535-9a82-5af6-80df-768b9d3ac092'],
      ['1g.10gb+me', 4, 11, 'MIG-8443519f-66f7-5962-8955-60dba0866f3a'],
    ]);
  });

  test('of errors are told apart by their words', () => {
    const kinds = capturesOf('errors').map((capture) => [
      capture.file.replace('errors/', ''),
      parseToolFailure(captureText(capture.file), capture.exit_code ?? 255).kind,
    ]);
    expect(Object.fromEntries(kinds)).toEqual({
      'mock-550-L-with-i.txt': 'bad-option',
      'mock-550-bad-field.txt': 'unknown-field',
      'mock-550-bad-index-csv.txt': 'no-device',
      'mock-550-bad-index.txt': 'no-device',
      'mock-550-bad-option.txt': 'bad-option',
      'mock-550-pm1.txt': 'other',
      'real-340-no-nvml-lib.txt': 'no-driver',
      'real-390.157-nodriver.txt': 'no-driver',
      'real-550-no-nvml-lib.txt': 'no-driver',
      'real-550-nodriver-qx.txt': 'no-driver',
      'real-550.163.01-nodriver.txt': 'no-driver',
      'stub-550-version-mismatch-smi-nvml.txt': 'version-mismatch',
      'stub-550.163.01-init-insufficient-permissions.txt': 'no-permission',
      'stub-550.163.01-init-lib-mismatch.txt': 'version-mismatch',
      'stub-550.163.01-init-unknown.txt': 'other',
      'ug-vm-gpu-reset-notsupported.txt': 'refused',
    });
  });

  test('of anything are a kind of failure, and never an exception', () => {
    expect(captures.length).toBeGreaterThanOrEqual(300);
    for (const capture of captures) {
      expect(parseToolFailure(captureText(capture.file), 0).words.length).toBeLessThanOrEqual(400);
    }
  });
});

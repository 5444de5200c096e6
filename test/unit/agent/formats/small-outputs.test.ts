import { expect, test } from 'vitest';
import { grammarFormat } from '../../../../agent/formats/listings/smi-dtd.ts';
import { helpFormat } from '../../../../agent/formats/listings/smi-help.ts';
import { versionFormat } from '../../../../agent/formats/listings/smi-version.ts';
import { samples } from '../../../fuzz/samples.ts';

const sample = (file: string): string => samples.find((each) => each.file === file)?.text ?? '';

test('versions: 610 says KMD and CUDA UMD', () => {
  expect(versionFormat.parse(sample('version.txt'))).toEqual({
    ok: true,
    value: { nvidiaSmi: '610.57.04', nvml: '610.57', driver: '610.57.04', cuda: '13.3' },
  });
  expect(versionFormat.parse('NVIDIA-SMI version  : 550')).toMatchObject({
    problem: { code: 'TRUNCATED' },
  });
});

test('help of a query: fields with their other names, and no sections', () => {
  const text = sample('help-query-gpu.txt').replace(
    '"pci.bus_id"',
    'Section about pci properties\nAll about it.\n\n"pci.bus_id"',
  );
  expect(helpFormat.recognises(text)).toBe(true);
  expect(helpFormat.parse(text)).toEqual({
    ok: true,
    value: {
      about: 'query',
      query: 'gpu',
      fields: [
        {
          name: 'name',
          aliases: ['gpu_name'],
          description: 'The official product name of the GPU.',
        },
        {
          name: 'pci.bus_id',
          aliases: ['gpu_bus_id'],
          description: 'PCI bus id as "domain:bus:device.function", in hex.',
        },
      ],
    },
  });
  expect(helpFormat.parse(text.slice(0, -20))).toMatchObject({ problem: { code: 'TRUNCATED' } });
});

test('help of a sub-command', () => {
  const text =
    '\n    mig -- Multi Instance GPU management.\n\n    Usage: nvidia-smi mig [options]\n\n    Options include:\n    [-i | --id]: Enumeration index, PCI bus ID or UUID.\n                 Provide comma separated values.\n    [-C | --default-compute-instance]: Create it.\n';
  expect(helpFormat.recognises(text)).toBe(true);
  expect(helpFormat.parse(text)).toEqual({
    ok: true,
    value: {
      about: 'options',
      command: 'nvidia-smi mig',
      options: [
        {
          name: '-i',
          aliases: ['--id'],
          description: 'Enumeration index, PCI bus ID or UUID. Provide comma separated values.',
        },
        { name: '-C', aliases: ['--default-compute-instance'], description: 'Create it.' },
      ],
    },
  });
});

test('a grammar names its elements and what they hold', () => {
  const text = sample('device.dtd');
  expect(grammarFormat.recognises(text)).toBe(true);
  expect(grammarFormat.parse(text)).toEqual({
    ok: true,
    value: {
      grammars: ['nvsmi_device_v12'],
      elements: [
        { name: 'nvidia_smi_log', children: ['timestamp', 'gpu'] },
        { name: 'timestamp', children: [] },
      ],
    },
  });
  expect(grammarFormat.parse(text.slice(0, -5))).toMatchObject({ problem: { code: 'TRUNCATED' } });
  expect(grammarFormat.recognises(`${text}<nvidia_smi_log>`)).toBe(false);
});

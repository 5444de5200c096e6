import { expect, test } from 'vitest';
import { tableFormat } from '../../../../agent/formats/table/table.ts';

const parse = (text: string) => {
  const parsed = tableFormat.parse(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};

const title340 = `+------------------------------------------------------+
| NVIDIA-SMI 340.1      Driver Version: 340.1          |
|-------------------------------+----------------------+----------------------+
| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |
| Fan  Temp  Perf  Pwr:Usage/Cap|         Memory-Usage | GPU-Util  Compute M. |
|===============================+======================+======================|
|   0  Card A              Off  | 0000:07:00.0     N/A |                  N/A |
| 35%   47C    P0    N/A /  N/A |      2MiB /  1023MiB |     N/A      Default |
+-------------------------------+----------------------+----------------------+

+-----------------------------------------------------------------------------+
| Compute processes:                                               GPU Memory |
|  GPU       PID  Process name                                     Usage      |
|=============================================================================|
`;
const end = '+-----------------------------------------------------------------------------+\n';

test('the title of driver 340 is narrower than its table, and its processes have no type', () => {
  const row = '|    0      4321  ./train -u a b                                       100MiB |\n';
  const { gpus, processes } = parse(title340 + row + end);
  expect(gpus).toMatchObject([{ index: 0, name: 'Card A', memoryTotalMib: 1_023 }]);
  expect(processes).toEqual([
    {
      gpuIndex: 0,
      gpuInstanceId: null,
      computeInstanceId: null,
      pid: 4_321,
      type: null,
      name: './train -u a b',
      usedMemoryMib: 100,
    },
  ]);
});

test('a card that cannot tell its processes is no second card', () => {
  const row = '|    0            Not Supported                                               |\n';
  expect(parse(title340 + row + end)).toMatchObject({ gpuCount: 1, processes: [] });
});

test('a table of which a web page ate the blanks is read', () => {
  const text = `+-----------------------------------------------------------------------------+
| NVIDIA-SMI 375.1 Driver Version: 375.1 |
|-------------------------------+----------------------+----------------------+
| GPU Name Persistence-M| Bus-Id Disp.A | Volatile Uncorr. ECC |
| Fan Temp Perf Pwr:Usage/Cap| Memory-Usage | GPU-Util Compute M. |
|===============================+======================+======================|
| 0 Card A Off | 0000:00:1E.0 Off | 0 |
| N/A 28C P0 53W / 149W | 0MiB / 11439MiB | 65% Default |
+-------------------------------+----------------------+----------------------+
`;
  expect(tableFormat.recognises(text)).toBe(true);
  expect(parse(text).gpus).toMatchObject([
    { name: 'Card A', powerDrawW: 53, memoryUsedMib: 0, utilizationGpuPct: 65 },
  ]);
});

test('the table of vGPUs tells the cards that carry them', () => {
  const text = `+-----------------------------------------------------------------------------+
| NVIDIA-SMI 470.1                  Driver Version: 470.1                     |
|---------------------------------+------------------------------+------------+
| GPU  Name                       | Bus-Id                       | GPU-Util   |
|      vGPU ID     Name           | VM ID     VM Name            | vGPU-Util  |
|=================================+==============================+============|
|   0  Card A                     | 00000000:3B:00.0             |  12%       |
|      3251634213  Slice A-8C     | ab12      vm1                |      5%    |
+---------------------------------+------------------------------+------------+
`;
  expect(parse(text).gpus).toMatchObject([
    {
      name: 'Card A',
      pciBusId: '00000000:3B:00.0',
      utilizationGpuPct: 12,
      fanSpeedPct: null,
      eccModeCurrent: null,
    },
  ]);
});

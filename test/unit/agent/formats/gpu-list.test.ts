import { expect, test } from 'vitest';
import { gpuListFormat } from '../../../../agent/formats/listings/gpu-list.ts';

const card = 'GPU-11111111-2222-3333-4444-555555555555';
const mig = 'MIG-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';

const spellings = [
  { name: 'before 470', device: `MIG-${card}/7/0`, gi: 7, ci: 0, line: '  MIG 1g.5gb Device 0:' },
  { name: 'of 450', device: mig, gi: null, ci: null, line: '  MIG 1g.5gb Device 0:' },
  { name: 'since 510', device: mig, gi: null, ci: null, line: '  MIG 1g.5gb      Device  0:' },
];
test.for(spellings)('reads MIG lines $name', ({ device, gi, ci, line }) => {
  const text = `GPU 0: NVIDIA A100 (Test: 40) (UUID: ${card})\n${line} (UUID: ${device})\n`;
  expect(gpuListFormat.recognises(text)).toBe(true);
  expect(gpuListFormat.parse(text)).toEqual({
    ok: true,
    value: {
      gpus: [
        {
          index: 0,
          name: 'NVIDIA A100 (Test: 40)',
          uuid: card,
          migDevices: [
            {
              index: 0,
              profileName: '1g.5gb',
              uuid: device,
              gpuInstanceId: gi,
              computeInstanceId: ci,
            },
          ],
        },
      ],
      notices: [],
    },
  });
});

test('a card that does not open is told in its own line', () => {
  const complaint = 'Unable to determine the device handle for gpu 0000:34:00.0: Unknown Error';
  const parsed = gpuListFormat.parse(`${complaint}\r\nGPU 1: Tesla T4 (UUID: ${card})\r\n`);
  expect(parsed).toMatchObject({
    ok: true,
    value: { gpus: [{ index: 1, name: 'Tesla T4' }], notices: [complaint] },
  });
});

test('the prompt and the command around it are no part of it', () => {
  const text = `root@node:~# nvidia-smi -L\nGPU 0: X (UUID: ${card})\nroot@node:~# \n`;
  expect(gpuListFormat.recognises(text)).toBe(true);
  expect(gpuListFormat.parse(text)).toMatchObject({ ok: true, value: { gpus: [{ index: 0 }] } });
});

test('links are no list of cards', () => {
  expect(gpuListFormat.recognises(`GPU 0: X (UUID: ${card})\n\t Link 0: 25 GB/s\n`)).toBe(false);
});

const wrong = [
  { text: `GPU 0: X (UUID: ${card})\nGPU 1: X (UUI`, code: 'TRUNCATED' },
  { text: `GPU 0: X (UUID: ${card})\nhello\n`, code: 'LIST_LINE' },
  { text: `  MIG 1g.5gb Device 0: (UUID: ${mig})\n`, code: 'LIST_LINE' },
  { text: 'No devices were found\n', code: 'NO_DEVICES' },
  { text: '\n', code: 'UNREADABLE' },
];
test.for(wrong)('$text is $code', ({ text, code }) => {
  expect(gpuListFormat.parse(text)).toMatchObject({ ok: false, problem: { code } });
});

import { expect, test } from 'vitest';
import { nvlinkResetNote } from '../../../../shared/domain/nvlink-reset.ts';

const together = 'they are reset together or not at all';
const nothing = 'nothing may run on any of them';

const cases: readonly (readonly [string, string, readonly number[] | null, string | null])[] = [
  ['Hopper is reset alone', 'NVIDIA H100 80GB HBM3', [1, 2], null],
  ['Blackwell, not known', 'NVIDIA B200', null, null],
  ['no peers', 'NVIDIA A100-SXM4-40GB', [], null],
  ['an unlisted card without peers', 'Tesla V100-SXM2-16GB', [], null],
  [
    'Ampere with peers',
    'NVIDIA A100-SXM4-40GB',
    [1, 3],
    `NVLink joins this card with GPU 1, 3: ${together}, unless the fabric manager runs; ${nothing}`,
  ],
  [
    'older cards',
    'Tesla V100-SXM2-16GB',
    [2],
    `NVLink joins this card with GPU 2: ${together}; ${nothing}`,
  ],
  [
    'nobody tells',
    'NVIDIA A100-SXM4-40GB',
    null,
    `where NVLink joins this card with others: ${together}, unless the fabric manager runs; ${nothing}`,
  ],
];

test.for(cases)('%s', ([, product, peers, want]) => {
  expect(nvlinkResetNote(product, peers)).toBe(want);
});

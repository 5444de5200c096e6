import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  claimCodec,
  decodeValue,
  encodeValue,
  valueReader,
  type ClaimRecord,
} from '../../../../coordinator/store/values.ts';

/** As the store may hold it: whether it is a claim, only the codec knows. */
const stored = (value: unknown): Uint8Array => encodeValue({ ...claimCodec }, value as ClaimRecord);

const slice = {
  id: 'vad-0-0',
  incarnation: 1,
  node: 'n1',
  gpu: 'GPU-1',
  shape: { kind: 'mps', memoryMib: 8_192, smPercent: 10 },
};
const claim = {
  id: 'vad-0',
  holder: { kind: 'replica', replica: 'vad-0', model: 'vad', modelVersion: 1 },
  node: 'n1',
  slices: [slice],
  cpuMillis: 0,
  memoryMib: 0,
  state: 'held',
  createdAtMs: 1,
};
const workload = {
  image: 'server:1',
  command: null,
  args: [],
  env: { NOTE: 'a text with ,"workload":{ in it' },
  port: 8_000,
  health: { path: '/healthz', startupDeadlineMs: 1 },
  cpuMillis: 0,
  memoryMib: 0,
  mounts: [],
  writableRoot: false,
};
const record = { claim, workload, processes: 1, superseded: false };

/** What the codec says, and what a reader that has seen the like of it before says. */
function bothRead(bytes: Uint8Array): { readonly slow: unknown; readonly quick: unknown } {
  const read = valueReader(claimCodec);
  read('claims/before', stored(record));
  const said = (task: () => unknown): unknown => {
    try {
      return task();
    } catch (error) {
      return String(error);
    }
  };
  return {
    slow: said(() => decodeValue(claimCodec, 'claims/x', bytes)),
    quick: said(() => read('claims/x', bytes)),
  };
}

test('copies of one version share one workload in memory', () => {
  const read = valueReader(claimCodec);
  const first = read('claims/a', stored(record));
  const second = read('claims/b', stored(record));
  const third = read('claims/c', stored({ ...record, claim: { ...claim, state: 'reclaiming' } }));
  expect(second).toEqual(first);
  expect(third.claim.state).toBe('reclaiming');
  expect(third.workload).toBe(second.workload);
});

test.for([
  { name: 'a claim as it is', value: record },
  { name: 'one that is reclaimed', value: { ...record, claim: { ...claim, state: 'reclaiming' } } },
  { name: 'another workload', value: { ...record, workload: { ...workload, port: 1 } } },
  {
    name: 'an allocation',
    value: { ...record, claim: { ...claim, holder: { kind: 'allocation', allocation: 'a' } } },
  },
  { name: 'a claim that is apart', value: { ...record, claim: { ...claim, apartFrom: ['asr'] } } },
  { name: 'apart from no name', value: { ...record, claim: { ...claim, apartFrom: ['A B'] } } },
  { name: 'a key of a newer version', value: { ...record, claim: { ...claim, later: 1 } } },
  { name: 'no holder', value: { ...record, claim: { ...claim, holder: null } } },
  { name: 'slices that are none', value: { ...record, claim: { ...claim, slices: {} } } },
  { name: 'an unknown state', value: { ...record, claim: { ...claim, state: 'gone' } } },
  { name: 'keys in another order', value: Object.fromEntries(Object.entries(record).toReversed()) },
])('reads as the codec does: $name', ({ value }) => {
  const { slow, quick } = bothRead(stored(value));
  expect(quick).toEqual(slow);
});

test('reads as the codec does, whatever is changed in the text', () => {
  const text = new TextDecoder().decode(stored(record));
  const places = fc.nat({ max: text.length });
  const pieces = fc.oneof(
    fc.constantFrom(
      '',
      '"',
      '{',
      '}',
      ',',
      '1.5',
      '-1',
      'null',
      '"x"',
      '\\',
      ',"workload":{',
      '\uFEFF',
    ),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(places, fc.nat({ max: 6 }), pieces, (at, cut, piece) => {
      const changed = text.slice(0, at) + piece + text.slice(at + cut);
      const { slow, quick } = bothRead(new TextEncoder().encode(changed));
      expect(quick).toEqual(slow);
    }),
    { numRuns: 2_000 },
  );
});

import { expect, test } from 'vitest';
import {
  decodeValue,
  encodeValue,
  modelCodec,
  storeKeys,
  tombstoneCodec,
  type ModelRecord,
} from '../../../../coordinator/store/values.ts';
import { parseModelName, parseReplicaId } from '../../../../shared/domain/ids.ts';
import { valueOf } from '../../../fakes/coordinator/fake-agent.ts';
import { modelSpec } from '../../../fakes/coordinator/sim-fleet.ts';

const record: ModelRecord = {
  spec: modelSpec('vad', {
    labels: { team: 'nlp' },
    placement: {
      spread: 'zone',
      maxPerNode: 1,
      antiAffinity: [valueOf(parseModelName('ocr'))],
      constraints: { zone: 'eu-1' },
    },
    disruption: { kind: 'budget', seconds: 60 },
  }),
  version: 3,
  rolloutVersion: 2,
  createdAtMs: 1,
  updatedAtMs: 2,
  deleting: false,
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a value comes back as it was written, with its versions beside it', () => {
  const written = encodeValue(modelCodec, record);
  expect(decodeValue(modelCodec, 'models/vad', written)).toEqual(record);
  expect(JSON.parse(new TextDecoder().decode(written))).toMatchObject({
    schemaVersion: 1,
    leastReader: 1,
  });
});

test('a newer schema that we may read is read; what it adds is left out', () => {
  const newer = { schemaVersion: 9, leastReader: 1, value: { ...record, invented: true } };
  expect(decodeValue(modelCodec, 'models/vad', bytes(JSON.stringify(newer)))).toEqual(record);
});

test.for([
  {
    name: 'a value for newer readers',
    text: JSON.stringify({ schemaVersion: 2, leastReader: 2, value: record }),
    message: 'the model at models/vad needs a reader of schema 2, this program has 1',
  },
  {
    name: 'no JSON',
    text: '{"schemaVersion":1,',
    message: 'the value at models/vad is corrupt: it is not JSON',
  },
  {
    name: 'JSON of another kind',
    text: '[]',
    message: 'the value at models/vad is corrupt: (value): ',
  },
  {
    name: 'a disruption that no reader knows',
    text: JSON.stringify({
      schemaVersion: 1,
      leastReader: 1,
      value: { ...record, spec: { ...record.spec, disruption: { kind: 'sometimes' } } },
    }),
    message: 'the value at models/vad is corrupt: spec.disruption.kind: ',
  },
  {
    name: 'a field of the wrong kind',
    text: JSON.stringify({
      schemaVersion: 1,
      leastReader: 1,
      value: { ...record, version: 'three' },
    }),
    message: 'the value at models/vad is corrupt: version: ',
  },
  {
    name: 'a name that is no name',
    text: JSON.stringify({
      schemaVersion: 1,
      leastReader: 1,
      value: { ...record, spec: { ...record.spec, name: 'Not A Name' } },
    }),
    message: 'the value at models/vad is corrupt: spec.name: ',
  },
])('$name is unreadable, and its key is named', ({ text, message }) => {
  expect(() => decodeValue(modelCodec, 'models/vad', bytes(text))).toThrow(
    expect.objectContaining({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining(message),
    }),
  );
});

test('tombstones have keys of their own for each node, kind and id', () => {
  const replica = valueOf(parseReplicaId('vad-aaaaaaaa'));
  expect(storeKeys.tombstone('node-a', { kind: 'replica', replica })).toBe(
    'tombstones/node-a/replica/vad-aaaaaaaa',
  );
  const node = 'node-a';
  const written = { node, tombstone: { kind: 'replica', replica }, createdAtMs: 5 };
  const text = JSON.stringify({ schemaVersion: 1, leastReader: 1, value: written });
  expect(decodeValue(tombstoneCodec, 'tombstones/x', bytes(text))).toEqual(written);
});

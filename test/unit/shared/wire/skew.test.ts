import fc from 'fast-check';
import { Reader, Writer } from 'protobufjs';
import { expect, test } from 'vitest';
import type { Result } from '../../../../shared/domain/result.ts';
import { decodeInventory, encodeInventory } from '../../../../shared/wire/inventory-codec.ts';
import { linkService, packageDefinition } from '../../../../shared/wire/services.ts';
import { decodeStatus, encodeStatus } from '../../../../shared/wire/status-codec.ts';
import { decodeTarget, encodeTarget } from '../../../../shared/wire/target-codec.ts';
import {
  FakeCore,
  gpuInventory,
  inventoryOf,
  mpsTarget,
  node,
  readyReplica,
} from '../../../fakes/agent/fake-core.ts';

interface FieldType {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly typeName: string;
}

const control = linkService.Control;
const welcome = { protocolVersion: 1, clusterId: 'c1', epoch: 1, heartbeatMs: 500 };
const hello = { protocolVersion: 1, clusterId: 'c1', epochSeen: 1, generationSeen: 1 };
const inventory = encodeInventory(inventoryOf([gpuInventory()]));
const status = encodeStatus(new FakeCore().statusNow, [readyReplica]);
const up = 'ControlRequest';
const down = 'ControlResponse';

/** One of each message kind, as this program sends it. */
const messages = [
  { name: 'hello', of: up, bytes: control.requestSerialize({ hello: { ...hello, inventory } }) },
  { name: 'inventory', of: up, bytes: control.requestSerialize({ inventory }) },
  { name: 'status', of: up, bytes: control.requestSerialize({ status }) },
  { name: 'heartbeat', of: up, bytes: control.requestSerialize({ heartbeat: {} }) },
  { name: 'welcome', of: down, bytes: control.responseSerialize({ welcome }) },
  {
    name: 'target',
    of: down,
    bytes: control.responseSerialize({ target: encodeTarget(mpsTarget()) }),
  },
  {
    name: 'standing',
    of: down,
    bytes: control.responseSerialize({ standing: { leading: true, epoch: 1, leader: 'a:1' } }),
  },
] as const;

/** Fields of a message of the link; none for what is not found, such as the entries of a map. */
function fieldsOf(message: string): readonly FieldType[] {
  const name = message.replace(/^\./, '');
  const found =
    packageDefinition[name] ??
    packageDefinition[`tangram.link.v1.${name}`] ??
    packageDefinition[`tangram.v1.${name}`];
  if (found === undefined || !('type' in found)) return [];
  // The loader types a descriptor as `object`.
  return (found.type as { readonly field?: readonly FieldType[] }).field ?? [];
}

/** Rewrites a message field by field, however deep. */
function rewritten(
  bytes: Uint8Array,
  message: string,
  change: { readonly enumAs: number | null; readonly added: Uint8Array },
): Uint8Array {
  const fields = new Map(fieldsOf(message).map((field) => [field.number, field]));
  const reader = Reader.create(bytes);
  const parts: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const from = reader.pos;
    const tag = reader.uint32();
    const field = fields.get(tag >>> 3);
    if (field?.type === 'TYPE_MESSAGE' && fieldsOf(field.typeName).length > 0) {
      const inner = rewritten(reader.bytes(), field.typeName, change);
      parts.push(Writer.create().uint32(tag).bytes(inner).finish());
    } else if (field?.type === 'TYPE_ENUM' && (tag & 7) === 0 && change.enumAs !== null) {
      reader.int32();
      parts.push(Writer.create().uint32(tag).int32(change.enumAs).finish());
    } else {
      reader.skipType(tag & 7);
      parts.push(bytes.subarray(from, reader.pos));
    }
  }
  return Buffer.concat([...parts, change.added]);
}

/** One unknown field of each wire type. */
function unknownFields(value: number, text: string): Uint8Array {
  return Writer.create()
    .uint32((15_000 << 3) | 0)
    .uint32(value)
    .uint32((15_001 << 3) | 1)
    .fixed64(value)
    .uint32((15_002 << 3) | 2)
    .string(text)
    .uint32((15_003 << 3) | 5)
    .fixed32(value)
    .finish();
}

type Decoded = { readonly raw: unknown; readonly value: Result<unknown> | null };

/** As the two sides do it: bytes, the loader's object, then our own words. */
function decode(of: string, bytes: Uint8Array): Decoded {
  const buffer = Buffer.from(bytes);
  if (of === up) {
    const raw = control.requestDeserialize(buffer);
    const told = raw.inventory ?? raw.hello?.inventory ?? null;
    if (told !== null) return { raw, value: decodeInventory(told) };
    return { raw, value: raw.status ? decodeStatus(raw.status, node) : null };
  }
  const raw = control.responseDeserialize(buffer);
  return { raw, value: raw.target ? decodeTarget(raw.target) : null };
}

test.for(messages)(
  'what a newer peer adds to $name, however deep, changes nothing of it',
  (given) => {
    const before = decode(given.of, given.bytes);
    expect(before.value?.ok ?? true).toBe(true);
    fc.assert(
      fc.property(fc.nat(), fc.string({ maxLength: 40 }), (value, text) => {
        const change = { enumAs: null, added: unknownFields(value, text) };
        const newer = rewritten(given.bytes, given.of, change);
        expect(newer.length).toBeGreaterThan(given.bytes.length);
        expect(decode(given.of, newer)).toEqual(before);
      }),
      { numRuns: 50 },
    );
  },
);

test.for(messages)(
  'words of a newer peer in $name are understood as something, or refused with their place',
  (given) => {
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 100_000 }), (enumAs) => {
        const newer = rewritten(given.bytes, given.of, { enumAs, added: new Uint8Array() });
        const { value } = decode(given.of, newer);
        if (value === null || value.ok) return;
        expect(value.problem.path ?? '').not.toBe('');
        expect(value.problem.message).not.toBe('');
      }),
      { numRuns: 50 },
    );
  },
);

test.for([up, down])(
  'a message kind that %s does not know yet is no message, and no error',
  (of) => {
    const kind = Writer.create()
      .uint32((15_000 << 3) | 2)
      .bytes(Buffer.from('newer'))
      .finish();
    const { raw, value } = decode(of, kind);
    expect(raw).toMatchObject({});
    expect((raw as { message?: string }).message).toBeUndefined();
    expect(value).toBeNull();
  },
);

test('every kind of message of the link that this program sends is among them', () => {
  const known = new Set<string>(messages.map(({ name }) => name));
  const others = ['logs', 'trust'];
  for (const side of [up, down]) {
    for (const { name } of fieldsOf(side)) expect([...known, ...others]).toContain(name);
  }
});

import protobuf from 'protobufjs';
import { fieldError } from '../../shared/wire/unary.ts';

const integers: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};
const depthMax = 32;

/**
 * A message from its proto3 JSON (https://protobuf.dev/programming-guides/json): names in either spelling, 64-bit numbers
 * as text or number, enums by name. Unlike the loader it refuses what it does not know. Throws REQUEST_INVALID.
 */
export function readMessage(
  type: protobuf.Type,
  json: unknown,
  path = '',
  depth = 0,
): Record<string, unknown> {
  if (depth > depthMax)
    throw fieldError(place(path), 'is nested too deeply', `at most ${depthMax}`);
  if (!isRecord(json)) throw fieldError(place(path), 'is no JSON object', 'send an object');
  const message: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    const field = fieldOf(type, name);
    const at = path === '' ? name : `${path}.${name}`;
    if (field === undefined) {
      const known = type.fieldsArray.map((each) => each.name).join(', ');
      throw fieldError(
        at,
        'is not known',
        known === '' ? 'there are no fields' : `there are ${known}`,
      );
    }
    if (value !== null) message[field.name] = readField(field, value, at, depth);
  }
  return message;
}

/** By its name in JSON or in the proto. */
export function fieldOf(type: protobuf.Type, name: string): protobuf.Field | undefined {
  const camel = name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  return Object.hasOwn(type.fields, camel) ? type.fields[camel] : undefined;
}

function readField(field: protobuf.Field, value: unknown, path: string, depth: number): unknown {
  if (field instanceof protobuf.MapField) {
    if (!isRecord(value)) throw fieldError(path, 'is no JSON object', 'send an object');
    const entries = Object.entries(value).map(([key, inner]) => [
      key,
      readOne(field, inner, `${path}.${key}`, depth),
    ]);
    return Object.fromEntries(entries);
  }
  if (!field.repeated) return readOne(field, value, path, depth);
  if (!Array.isArray(value)) throw fieldError(path, 'is no JSON array', 'send an array');
  return value.map((inner, index) => readOne(field, inner, `${path}.${index}`, depth));
}

function readOne(field: protobuf.Field, value: unknown, path: string, depth: number): unknown {
  const type = field.resolvedType;
  if (type instanceof protobuf.Enum) return readEnum(type, value, path);
  if (type?.fullName === '.google.protobuf.FieldMask') return readMaskText(value, path);
  if (type !== null) return readMessage(type, value, path, depth + 1);
  const range = integers[field.type];
  if (range !== undefined) return readInteger(value, path, range);
  if (field.type === 'bool') {
    if (typeof value === 'boolean') return value;
    throw fieldError(path, `${shown(value)} is neither true nor false`, 'send true or false');
  }
  if (field.type === 'string') {
    if (typeof value === 'string') return value;
    throw fieldError(path, `${shown(value)} is no text`, 'send a JSON string');
  }
  if (typeof value === 'number') return value;
  throw fieldError(path, `${shown(value)} is no number`, 'send a JSON number');
}

function readEnum(type: protobuf.Enum, value: unknown, path: string): string {
  if (typeof value === 'string' && Object.hasOwn(type.values, value)) return value;
  const known = Object.keys(type.values).join(', ');
  throw fieldError(path, `${shown(value)} is not known`, `there are ${known}`);
}

function readInteger(
  value: unknown,
  path: string,
  [least, most]: readonly [bigint, bigint],
): string {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && /^-?\d{1,20}$/.test(text)) {
    const number = BigInt(text);
    if (number >= least && number <= most) return number.toString();
  }
  const hint = `send a whole number from ${least} to ${most}`;
  throw fieldError(path, `${shown(value)} is no such number`, hint);
}

/** JSON has the paths of a mask in one text: `name,status.replicasReady`. */
function readMaskText(value: unknown, path: string): { readonly paths: readonly string[] } {
  if (typeof value !== 'string') {
    throw fieldError(path, `${shown(value)} is no text`, 'send paths joined by commas');
  }
  return { paths: value.split(',').filter((each) => each !== '') };
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
}

function place(path: string): string {
  return path === '' ? 'body' : path;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

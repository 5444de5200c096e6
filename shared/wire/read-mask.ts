import { fieldError } from './unary.ts';
import { packageDefinition } from './services.ts';

/** The fields of one message that are wanted; null: all of it. */
interface Wanted {
  [field: string]: Wanted | null;
}

/** As a descriptor has it, as far as masks need it. */
interface FieldShape {
  readonly name: string;
  /** Empty: no message. */
  readonly typeName: string;
}

interface MessageShape {
  readonly field: readonly FieldShape[];
}

const limits = { pathsMax: 64, pathLengthMax: 256 } as const;

/** What an item is known by comes along always: programs need it, and so does whoever decides who may see the item. */
const identities = {
  'tangram.v1.Model': ['name', 'labels'],
  'tangram.v1.Node': ['name'],
  'tangram.v1.Change': ['change'],
  'tangram.v1.Allocation': ['name', 'labels'],
} as const;

/**
 * Keeps of a message only what `mask` names: paths of proto names such as `status.replicas.phase`, which go through
 * lists and end at maps. Absent, empty or `*`: everything. Throws REQUEST_INVALID for a path that names no field.
 */
export function readMask<T extends object>(
  type: keyof typeof identities,
  mask: { readonly paths: readonly string[] } | null,
): (message: T) => T {
  const paths = mask?.paths ?? [];
  if (paths.length === 0 || paths.includes('*')) return (message) => message;
  if (paths.length > limits.pathsMax) {
    const message = `has ${paths.length} paths`;
    throw fieldError(
      'read_mask',
      message,
      `give at most ${limits.pathsMax}, or none for everything`,
    );
  }
  const wanted: Wanted = {};
  for (const path of [...identities[type], ...paths]) addPath(wanted, type, path);
  return (message) => picked(message, wanted) as T; // a part of T: what is not there has its default on the wire
}

function addPath(wanted: Wanted, type: string, path: string): void {
  let at: Wanted = wanted;
  let message: string | null = type;
  const names = path.length > limits.pathLengthMax ? [''] : path.split('.');
  for (const [index, name] of names.entries()) {
    const key = camelCase(name);
    const field: string | null | undefined =
      message === null ? undefined : fieldsOf(message).get(key);
    if (field === undefined) throw unknownPath(path, names.slice(0, index), message);
    const below: Wanted | null | undefined = at[key];
    if (index === names.length - 1) {
      at[key] = null;
      return;
    }
    // What is wanted whole stays so; the path is read to its end all the same.
    at = below ?? (below === null ? {} : (at[key] = {}));
    message = field;
  }
}

function unknownPath(path: string, before: readonly string[], message: string | null): Error {
  const shown = JSON.stringify(path.slice(0, 80));
  if (message === null) {
    return fieldError('read_mask', `${shown} goes on below ${before.join('.')}`, 'end it there');
  }
  const known = [...fieldsOf(message).keys()].map(snakeCase).join(', ');
  return fieldError('read_mask', `${shown} names no field`, `there are ${known}`);
}

/** The loader's names of a message's fields, each with the message that a path may go on in; null: it ends there. */
const shapes = new Map<string, ReadonlyMap<string, string | null>>();

function fieldsOf(message: string): ReadonlyMap<string, string | null> {
  const known = shapes.get(message);
  if (known !== undefined) return known;
  const definition = packageDefinition[message];
  const { field } = (definition as { readonly type: MessageShape }).type; // the loader keeps its descriptor there
  const fields = new Map(
    field.map(({ name, typeName }): [string, string | null] => {
      const inner = `${message.slice(0, message.lastIndexOf('.'))}.${typeName}`;
      return [name, typeName !== '' && hasFields(inner) ? inner : null];
    }),
  );
  shapes.set(message, fields);
  return fields;
}

/** Entries of maps are no messages of the package, and enums have no fields. */
function hasFields(name: string): boolean {
  const definition = packageDefinition[name];
  return definition !== undefined && 'type' in definition && 'field' in definition.type;
}

function picked(value: unknown, wanted: Wanted): unknown {
  if (Array.isArray(value)) return value.map((each) => picked(each, wanted));
  if (typeof value !== 'object' || value === null) return value;
  const from = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([key, below]) =>
      key in from ? [[key, below === null ? from[key] : picked(from[key], below)]] : [],
    ),
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** JSON writes paths in this way, so both are understood. */
function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

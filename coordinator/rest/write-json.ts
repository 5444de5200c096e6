import protobuf from 'protobufjs';

/**
 * The proto3 JSON of a message as the loader decodes it (https://protobuf.dev/programming-guides/json). Fields that have
 * their default are there; messages, `optional` fields and members of a oneof that are not set are not.
 */
export function writeMessage(
  type: protobuf.Type,
  message: object,
): Readonly<Record<string, unknown>> {
  const from = message as Readonly<Record<string, unknown>>;
  const json: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const value = from[field.name];
    if (value === undefined || value === null) continue;
    json[field.name] =
      field.repeated && Array.isArray(value)
        ? value.map((each) => one(field, each))
        : one(field, value);
  }
  return json;
}

function one(field: protobuf.Field, value: unknown): unknown {
  const type = field.resolvedType;
  if (!(type instanceof protobuf.Type) || typeof value !== 'object' || value === null) return value;
  if (!(field instanceof protobuf.MapField)) return writeMessage(type, value);
  const entries = Object.entries(value as Readonly<Record<string, object>>);
  return Object.fromEntries(entries.map(([key, inner]) => [key, writeMessage(type, inner)]));
}

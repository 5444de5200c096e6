import type { OpenAPIV3_1 } from 'openapi-types';
import protobuf from 'protobufjs';
import { mirrored, type Mirrored } from './gateway.ts';

type Schema = OpenAPIV3_1.SchemaObject | OpenAPIV3_1.ReferenceObject;

let made: { readonly version: string; readonly document: OpenAPIV3_1.Document } | undefined;

/** What the mirror offers, as OpenAPI 3.1: paths from the table, schemas and descriptions from the protos. */
export function openApi(version: string): OpenAPIV3_1.Document {
  if (made?.version !== version) made = { version, document: describeAll(version) };
  return made.document;
}

function describeAll(version: string): OpenAPIV3_1.Document {
  const schemas = new Map<string, OpenAPIV3_1.SchemaObject>();
  const paths: Record<string, Record<string, OpenAPIV3_1.OperationObject>> = {};
  for (const each of mirrored()) {
    const path = (paths[each.route.path] ??= {});
    path[each.route.verb.toLowerCase()] = operationOf(each, schemas);
  }
  const sorted = [...schemas].sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tangram',
      version,
      description:
        'A mirror of the gRPC services of tangram.v1 for scripts: the same calls, the same errors. ' +
        'Streams answer one JSON object a line (application/x-ndjson); their last line may be {"error": …}.',
    },
    paths,
    components: {
      schemas: { ...Object.fromEntries(sorted), Error: errorSchema },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
    // The empty one: on loopback, with `tls: off`, nothing is asked for.
    security: [{ token: [] }, {}],
  };
}

const errorSchema: OpenAPIV3_1.SchemaObject = {
  type: 'object',
  description: 'google.rpc.Status as Google’s APIs write it in JSON (AIP-193).',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'integer', description: 'The HTTP status.' },
        message: { type: 'string', description: 'One line: what, why, what to do.' },
        status: { type: 'string', description: 'The name of the gRPC status.' },
        details: {
          type: 'array',
          description:
            'ErrorInfo (its reason is a stable word), BadRequest, PreconditionFailure, RetryInfo.',
          items: { type: 'object', additionalProperties: true },
        },
      },
      required: ['code', 'message', 'status', 'details'],
    },
  },
  required: ['error'],
};

function operationOf(
  { route, fields, request, response, method }: Mirrored,
  schemas: Map<string, OpenAPIV3_1.SchemaObject>,
): OpenAPIV3_1.OperationObject {
  const [service = '', name = ''] = route.rpc.split('/');
  const rpc = request.root.lookupService(`tangram.v1.${service}`).methods[name];
  const media = method.responseStream ? 'application/x-ndjson' : 'application/json';
  const bodied = route.body === undefined ? undefined : bodySchema(route.body, request, schemas);
  return {
    operationId: `${name}${route.verb === 'PUT' ? 'ByName' : ''}`,
    tags: [service],
    ...commentOf(rpc),
    parameters: [
      ...fields.map((field) => pathParameter(request, field)),
      ...queryFields(request, route.body, fields).map((field) => queryParameter(field, schemas)),
    ],
    ...(bodied === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: bodied } } } }),
    responses: {
      '200': {
        description: method.responseStream ? 'One message a line.' : 'Done.',
        content: { [media]: { schema: reference(response, schemas) } },
      },
      default: {
        description: 'What went wrong.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function bodySchema(
  body: string,
  request: protobuf.Type,
  schemas: Map<string, OpenAPIV3_1.SchemaObject>,
): Schema {
  const type = body === '*' ? request : request.fields[body]?.resolvedType;
  return type instanceof protobuf.Type ? reference(type, schemas) : { type: 'object' };
}

/** What is neither in the path nor in the body; messages do not fit into a query, masks do. */
function queryFields(
  request: protobuf.Type,
  body: string | undefined,
  taken: readonly string[],
): readonly protobuf.Field[] {
  if (body === '*') return [];
  return request.fieldsArray.filter(
    (field) =>
      field.name !== body &&
      !taken.includes(field.name) &&
      (!(field.resolvedType instanceof protobuf.Type) || isMask(field.resolvedType)),
  );
}

function pathParameter(request: protobuf.Type, path: string): OpenAPIV3_1.ParameterObject {
  return {
    name: path,
    in: 'path',
    required: true,
    ...commentOf(fieldAt(request, path.split('.'))),
    schema: { type: 'string' },
  };
}

function fieldAt(type: protobuf.Type, path: readonly string[]): protobuf.Field | undefined {
  const [first = '', ...rest] = path;
  const field = type.fields[first];
  const below = field?.resolvedType;
  return rest.length > 0 && below instanceof protobuf.Type ? fieldAt(below, rest) : field;
}

function queryParameter(
  field: protobuf.Field,
  schemas: Map<string, OpenAPIV3_1.SchemaObject>,
): OpenAPIV3_1.ParameterObject {
  return {
    name: field.name,
    in: 'query',
    ...commentOf(field),
    // The types of parameters were written for 3.0.
    schema: fieldSchema(field, schemas) as NonNullable<OpenAPIV3_1.ParameterObject['schema']>,
  };
}

/** A reference to a message's schema, which is made when it is first needed. */
function reference(
  type: protobuf.Type,
  schemas: Map<string, OpenAPIV3_1.SchemaObject>,
): OpenAPIV3_1.ReferenceObject {
  const { name } = type;
  if (!schemas.has(name)) {
    const schema: OpenAPIV3_1.SchemaObject = { type: 'object', properties: {} };
    // Before its fields: a message may hold itself.
    schemas.set(name, schema);
    if (type.comment !== null) schema.description = type.comment;
    schema.properties = Object.fromEntries(
      type.fieldsArray.map((field) => [field.name, described(field, fieldSchema(field, schemas))]),
    );
  }
  return { $ref: `#/components/schemas/${name}` };
}

function described(field: protobuf.Field, schema: Schema): Schema {
  return { ...schema, ...commentOf(field) };
}

function commentOf(of: { readonly comment: string | null } | undefined): {
  readonly description?: string;
} {
  const comment = of?.comment ?? '';
  return comment === '' ? {} : { description: comment };
}

function fieldSchema(
  field: protobuf.Field,
  schemas: Map<string, OpenAPIV3_1.SchemaObject>,
): Schema {
  const one = valueSchema(field, schemas);
  if (field instanceof protobuf.MapField)
    return { type: 'object', additionalProperties: one } as const;
  return field.repeated ? { type: 'array', items: one } : one;
}

const scalars: Readonly<Record<string, OpenAPIV3_1.SchemaObject>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  double: { type: 'number' },
  float: { type: 'number' },
  int32: { type: 'integer', format: 'int32' },
  uint32: { type: 'integer', format: 'uint32' },
  // JSON's numbers do not hold 64 bits, so proto3 JSON writes them as text.
  int64: { type: 'string', format: 'int64' },
  uint64: { type: 'string', format: 'uint64' },
  bytes: { type: 'string', format: 'byte' },
};

function valueSchema(
  field: protobuf.Field,
  schemas: Map<string, OpenAPIV3_1.SchemaObject>,
): Schema {
  const type = field.resolvedType;
  if (type instanceof protobuf.Enum) {
    return { type: 'string', enum: Object.keys(type.values) };
  }
  if (type === null) return scalars[field.type] ?? {};
  return isMask(type) ? { type: 'string' } : reference(type, schemas);
}

function isMask(type: protobuf.Type): boolean {
  return type.fullName === '.google.protobuf.FieldMask';
}

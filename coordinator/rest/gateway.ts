import {
  Client,
  Metadata,
  type ChannelCredentials,
  type ClientReadableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type protobuf from 'protobufjs';
import { systemClock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { contract } from '../../shared/wire/contract.ts';
import { channelOptions, packageDefinition } from '../../shared/wire/services.ts';
import { fieldOf, readMessage } from './read-json.ts';
import { patternOf, routes, type Route } from './routes.ts';
import { writeMessage } from './write-json.ts';

type Method = MethodDefinition<object, object, object, object>;

/** A route with what it is made of. */
export interface Mirrored {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly fields: readonly string[];
  readonly method: Method;
  readonly request: protobuf.Type;
  readonly response: protobuf.Type;
}

/** One HTTP request, as far as the mirror cares. */
export interface RestRequest {
  readonly verb: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** undefined: there is none. */
  readonly body: unknown;
  /** The `authorization` header; empty: none. */
  readonly authorization: string;
  /** Where the caller is. */
  readonly address: string;
}

/** Says in a call's metadata for whom it is made. */
export type NoteAddress = (metadata: Metadata, address: string) => void;

/** Longer than the longest wait that an rpc promises. */
const deadlineMs = 660_000;

/** Every row of the table, ready to be called. */
export function mirrored(): readonly Mirrored[] {
  const root = contract();
  return routes.map((route) => {
    const [service = '', name = ''] = route.rpc.split('/');
    const described = root.lookupService(`tangram.v1.${service}`).methods[name];
    const defined = packageDefinition[`tangram.v1.${service}`] as Readonly<Record<string, Method>>;
    const method = defined[name];
    if (
      described === undefined ||
      described.resolvedRequestType === null ||
      described.resolvedResponseType === null
    ) {
      throw new AppError('INTERNAL', `the REST table names ${route.rpc}, which there is not`);
    }
    if (method === undefined) throw new AppError('INTERNAL', `${route.rpc} is not loaded`);
    const { resolvedRequestType: request, resolvedResponseType: response } = described;
    return { route, ...patternOf(route.path), method, request, response };
  });
}

/**
 * Calls rpcs for those who speak HTTP and JSON: as a client of the coordinator's own gRPC door, with the caller's own
 * proof, so that there is one place that says who may do what.
 */
export class Gateway {
  readonly #client: Client;
  readonly #noteAddress: NoteAddress;
  readonly #mirrored = mirrored();

  /** `address` is the gRPC door, `host:port`. */
  constructor(address: string, credentials: ChannelCredentials, noteAddress: NoteAddress) {
    this.#noteAddress = noteAddress;
    this.#client = new Client(address, credentials, channelOptions);
  }

  /** undefined: nothing is there; `verbs`: what else can be done with this path. */
  find(
    verb: string,
    path: string,
  ): { readonly found?: Mirrored; readonly verbs: readonly string[] } {
    const there = this.#mirrored.filter(({ pattern }) => pattern.test(path));
    const found = there.find(({ route }) => route.verb === verb);
    const verbs = [...new Set(there.map(({ route }) => route.verb))];
    return found === undefined ? { verbs } : { found, verbs };
  }

  async call(to: Mirrored, request: RestRequest, signal: AbortSignal): Promise<object> {
    const { method } = to;
    const message = requestMessage(to, request);
    const response = await new Promise<object>((resolve, reject) => {
      const done = (error: ServiceError | null, answer?: object): void => {
        signal.removeEventListener('abort', cancel);
        if (error !== null) reject(error);
        else resolve(answer ?? {});
      };
      const call = this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        message,
        this.#metadataOf(request),
        { deadline: systemClock.wallMs() + deadlineMs },
        done,
      );
      const cancel = (): void => call.cancel();
      signal.addEventListener('abort', cancel, { once: true });
    });
    return writeMessage(to.response, response);
  }

  /** One JSON object a message. Ends when `signal` aborts; throws what the rpc ended with. */
  async *stream(to: Mirrored, request: RestRequest, signal: AbortSignal): AsyncIterable<object> {
    const { method } = to;
    const call: ClientReadableStream<object> = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      requestMessage(to, request),
      this.#metadataOf(request),
    );
    const cancel = (): void => call.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for await (const message of call) yield writeMessage(to.response, message as object);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
      call.cancel();
    }
  }

  close(): void {
    this.#client.close();
  }

  #metadataOf({ authorization, address }: RestRequest): Metadata {
    const metadata = new Metadata();
    if (authorization !== '') metadata.set('authorization', authorization);
    this.#noteAddress(metadata, address);
    return metadata;
  }
}

/** Body, then query, then path: a later one may not contradict. Throws REQUEST_INVALID. */
function requestMessage(to: Mirrored, { path, query, body }: RestRequest): object {
  const { route, request, pattern, fields } = to;
  const message = bodyMessage(to, body);
  for (const [name, value] of Object.entries(query)) {
    Object.assign(message, readMessage(request, { [name]: fromQuery(request, name, value) }));
  }
  const values = pattern.exec(path)?.slice(1) ?? [];
  for (const [index, field] of fields.entries()) {
    const text = decodeSegment(values[index] ?? '', route.path);
    // A number in a path is text, too: what is none is refused by its name.
    if (!field.includes('.')) readMessage(request, { [field]: text });
    set(message, field.split('.'), text);
  }
  return message;
}

function bodyMessage({ route, request }: Mirrored, body: unknown): Record<string, unknown> {
  if (body === undefined || body === null) return {};
  if (route.body === undefined) {
    throw new AppError('REQUEST_INVALID', `${route.verb} ${route.path} takes no body`, {
      hint: 'give what you want to say as query parameters',
    });
  }
  return readMessage(request, route.body === '*' ? body : { [route.body]: body });
}

/** Text of a query as the JSON that it stands for. */
function fromQuery(type: protobuf.Type, name: string, value: unknown): unknown {
  const field = fieldOf(type, name);
  if (field?.repeated === true) return Array.isArray(value) ? value : [value];
  if (field?.type === 'bool' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function decodeSegment(text: string, path: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AppError('REQUEST_INVALID', `${path}: ${JSON.stringify(text)} is badly encoded`);
  }
}

/** Throws REQUEST_INVALID when the body says otherwise. */
function set(message: Record<string, unknown>, path: readonly string[], value: string): void {
  const [first = '', ...rest] = path;
  if (rest.length > 0) {
    const inner = (message[first] ??= {}) as Record<string, unknown>;
    set(inner, rest, value);
    return;
  }
  const said = message[first];
  if (said !== undefined && said !== value) {
    throw new AppError(
      'REQUEST_INVALID',
      `the path says ${value}, and the body ${JSON.stringify(said)}`,
      {
        hint: 'say the same in both, or leave it out of the body',
      },
    );
  }
  message[first] = value;
}

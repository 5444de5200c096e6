import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../shared/platform/errors.ts';
import { callerAddress } from './caller-address.ts';
import type { Gateway, RestRequest } from './gateway.ts';
import { httpErrorOf } from './http-error.ts';
import { openApi } from './openapi.ts';
import { refuseForeignPages } from './same-site.ts';

export interface RestDeps {
  /** null: the gRPC door is not open yet. */
  readonly gateway: () => Gateway | null;
  readonly version: string;
  /** A proxy is in front, and says in `X-Forwarded-For` for whom it asks. */
  readonly proxied: boolean;
}

const bodyBytesMax = 1024 * 1024;
/** The gateway's connection carries 100 calls at once: streams must leave room for answers. */
const streamsMax = 64;

/** Adds `/v1/…` and `/openapi.json` to the HTTP door. */
export function mountRest(server: FastifyInstance, { gateway, version, proxied }: RestDeps): void {
  let streams = 0;
  const description = (): object => openApi(version);
  server.get('/openapi.json', async (_request, reply) => reply.send(description()));
  server.all('/v1/*', { bodyLimit: bodyBytesMax }, async (request, reply) => {
    try {
      refuseForeignPages(request.headers);
      const through = gateway();
      if (through === null) {
        throw new AppError('COORDINATOR_AWAY', 'the coordinator is starting', {
          hint: 'try again',
        });
      }
      const asked = restRequest(request, proxied);
      const { found: to, verbs } = through.find(asked.verb, asked.path);
      if (to === undefined) return await sendMissing(reply, asked, verbs);
      const signal = whileConnected(reply);
      if (!to.method.responseStream) {
        return await reply.send(await through.call(to, asked, signal));
      }
      if (streams >= streamsMax) {
        throw new AppError('LIMIT_REACHED', `${streams} streams are open over HTTP`, {
          hint: 'end some of them, or use gRPC',
        });
      }
      streams += 1;
      reply.raw.once('close', () => {
        streams -= 1;
      });
      return await sendStream(reply, through.stream(to, asked, signal));
    } catch (error) {
      return sendError(reply, error);
    }
  });
}

/** There is nothing under this path, or something else may be done with it. */
function sendMissing(
  reply: FastifyReply,
  { verb, path }: RestRequest,
  verbs: readonly string[],
): FastifyReply {
  const code = verbs.length === 0 ? 404 : 405;
  if (code === 405) void reply.header('allow', verbs.join(', '));
  const message =
    code === 404
      ? `there is no ${path}; GET /openapi.json lists what there is`
      : `${verb} is not for ${path}; use ${verbs.join(' or ')}`;
  return reply.status(code).send({ error: { code, message, status: 'NOT_FOUND', details: [] } });
}

function restRequest(request: FastifyRequest, proxied: boolean): RestRequest {
  return {
    verb: request.method,
    path: request.url.split('?', 1)[0] ?? '',
    query: request.query as Readonly<Record<string, unknown>>,
    body: request.body,
    authorization: request.headers.authorization ?? '',
    address: callerAddress(request.headers, request.ip, proxied),
  };
}

/** Aborts when the caller goes away. */
function whileConnected(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

/**
 * One JSON object a line. The first is waited for, so that what is refused at once has its own status; what ends a stream
 * later is its last line, `{"error": …}`.
 */
async function sendStream(reply: FastifyReply, messages: AsyncIterable<object>): Promise<unknown> {
  const iterator = messages[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* lines(): AsyncIterable<string> {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) {
        yield `${JSON.stringify(next.value)}\n`;
      }
    } catch (error) {
      yield `${JSON.stringify(httpErrorOf(error).body)}\n`;
    }
  }
  return reply.type('application/x-ndjson').send(Readable.from(lines()));
}

function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const { code, headers, body } = httpErrorOf(error);
  return reply.status(code).headers(headers).send(body);
}

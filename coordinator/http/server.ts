import fastify, { type FastifyInstance } from 'fastify';
import { createBreather } from '../../shared/platform/breather.ts';
import { systemClock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import {
  listenError,
  parseListenAddress,
  renderAddress,
} from '../../shared/platform/listen-address.ts';
import { withoutSchemas } from '../../shared/platform/without-schemas.ts';
import { notLeader, type StandingSource } from '../leader/standing.ts';
import { mountRest, type RestDeps } from '../rest/mount.ts';
import type { MetricsPage } from './metrics.ts';
import { targetGroups } from './service-discovery.ts';

export interface HttpDeps {
  readonly core: Pick<CoordinatorCore, 'eachNode'>;
  /** Absent: no other coordinator can lead. */
  readonly standing?: StandingSource;
  readonly metrics: MetricsPage;
  /** Absent: there is no mirror of the API. */
  readonly rest?: RestDeps;
  readonly log: Log;
}

export interface HttpServer {
  /** `host:port`, with the port that was really taken. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Opens `/metrics`, `/healthz`, `/readyz` and `/sd/prometheus` on a loopback address. Throws ADDRESS_REFUSED, ADDRESS_TAKEN. */
export async function startHttpServer(address: string, deps: HttpDeps): Promise<HttpServer> {
  const listen = parseListenAddress(address);
  const server = createHttpServer(deps);
  try {
    await server.listen({ host: listen.host, port: listen.port });
  } catch (cause) {
    throw listenError(address, 'http', cause);
  }
  const bound = server.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : listen.port;
  return {
    address: renderAddress({ host: listen.host, port }),
    stop: async () => {
      await server.close();
    },
  };
}

function createHttpServer({ core, standing, metrics, rest, log }: HttpDeps): FastifyInstance {
  const server = fastify({
    ...withoutSchemas,
    logger: false,
    bodyLimit: 1_024,
    requestTimeout: 30_000,
    forceCloseConnections: true,
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.render()),
  );
  // The process serves only while its store does: it ends when it cannot write.
  server.get('/healthz', async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send('ok\n'),
  );
  // Ready is who answers calls: what balances load sends them to the leader.
  server.get('/readyz', async (_request, reply) => {
    const problem = standbyLine(standing);
    const text = reply.type('text/plain; charset=utf-8');
    return problem === null ? text.send('ok\n') : text.status(503).send(problem);
  });
  server.get('/sd/prometheus', async (_request, reply) => {
    const problem = standbyLine(standing);
    // Not an empty list: Prometheus keeps what it knew when it is refused, and forgets all when it is told so.
    if (problem !== null) return reply.status(503).type('text/plain; charset=utf-8').send(problem);
    const breathe = createBreather(systemClock, new AbortController().signal);
    return reply.send(await targetGroups(core.eachNode(), breathe));
  });
  if (rest !== undefined) mountRest(server, rest);
  server.setNotFoundHandler(async (_request, reply) =>
    reply
      .status(404)
      .type('text/plain; charset=utf-8')
      .send(
        'not found; there are /metrics, /healthz, /readyz, /sd/prometheus, /v1 and /openapi.json\n',
      ),
  );
  server.setErrorHandler((err, _request, reply) => {
    // What the server itself refuses before anybody is asked: JSON that is none, a body that is too large.
    if (isClientError(err)) {
      return reply
        .status(err.statusCode)
        .type('text/plain; charset=utf-8')
        .send(`${err.message}\n`);
    }
    log.error({ err }, 'an HTTP request failed');
    return reply
      .status(500)
      .type('text/plain; charset=utf-8')
      .send("internal error; the coordinator's log has more\n");
  });
  return server;
}

function isClientError(error: unknown): error is Error & { readonly statusCode: number } {
  return (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode >= 400 &&
    error.statusCode < 500
  );
}

/** null: it leads. */
function standbyLine(source: StandingSource | undefined): string | null {
  const standing = source?.standing();
  return standing === undefined || standing.leading ? null : `${notLeader(standing).message}\n`;
}

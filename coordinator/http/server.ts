import fastify, { type FastifyInstance } from 'fastify';
import type { Log } from '../../shared/platform/log.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import {
  listenError,
  parseListenAddress,
  renderAddress,
} from '../../shared/platform/listen-address.ts';
import type { MetricsPage } from './metrics.ts';
import { targetGroups } from './service-discovery.ts';

export interface HttpDeps {
  readonly core: Pick<CoordinatorCore, 'nodes'>;
  readonly metrics: MetricsPage;
  readonly log: Log;
}

export interface HttpServer {
  /** `host:port`, with the port that was really taken. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Opens `/metrics`, `/healthz` and `/sd/prometheus` on a loopback address. Throws ADDRESS_REFUSED, ADDRESS_TAKEN. */
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

function createHttpServer({ core, metrics, log }: HttpDeps): FastifyInstance {
  const server = fastify({
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
  server.get('/sd/prometheus', async (_request, reply) => reply.send(targetGroups(core.nodes())));
  server.setNotFoundHandler(async (_request, reply) =>
    reply
      .status(404)
      .type('text/plain; charset=utf-8')
      .send('not found; there are /metrics, /healthz and /sd/prometheus\n'),
  );
  server.setErrorHandler((err, _request, reply) => {
    log.error({ err }, 'an HTTP request failed');
    return reply
      .status(500)
      .type('text/plain; charset=utf-8')
      .send("internal error; the coordinator's log has more\n");
  });
  return server;
}

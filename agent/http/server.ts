import fastify, { type FastifyInstance } from 'fastify';
import { AppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { withoutSchemas } from '../../shared/platform/without-schemas.ts';
import { gpuMetrics } from '../telemetry/catalogue.ts';
import type { GpuSampler } from '../telemetry/sampler.ts';
import { renderHealth, type HealthCheck } from './health.ts';
import type { MetricsPage } from './metrics.ts';

const historyWindowMs = 600_000;

export interface HttpDeps {
  readonly metrics: MetricsPage;
  readonly health: () => readonly HealthCheck[];
  /** The page that a dcgm-exporter would serve. */
  readonly dcgmPage: () => Promise<string>;
  readonly sampler: GpuSampler | null;
  readonly log: Log;
}

/** The agent's HTTP door: `/metrics`, `/metrics/dcgm`, `/healthz`, and `/samples`, the last minutes at the sampling rate. */
export function createHttpServer(deps: HttpDeps): FastifyInstance {
  const server = fastify({
    ...withoutSchemas,
    logger: false,
    bodyLimit: 1_024,
    requestTimeout: 30_000,
  });
  server.get('/metrics', async (_request, reply) => {
    const page = await deps.metrics.render();
    return reply.type(deps.metrics.contentType).send(page);
  });
  server.get('/metrics/dcgm', async (_request, reply) => {
    const page = await deps.dcgmPage();
    return reply.type(deps.metrics.contentType).send(page);
  });
  server.get('/healthz', async (_request, reply) => {
    const checks = deps.health();
    const status = checks.every((check) => check.ok) ? 200 : 503;
    return reply.status(status).type('text/plain; charset=utf-8').send(renderHealth(checks));
  });
  server.get('/samples', async (request, reply) => {
    const { gpu, metric } = asQuery(request.query);
    const found = deps.sampler?.history(gpu, metric, historyWindowMs) ?? null;
    if (found === null) {
      return reply.status(404).send({
        code: 'GPU_UNKNOWN',
        message: `no samples of ${JSON.stringify(metric)} for ${JSON.stringify(gpu)}`,
        hint: `ask /samples?gpu=UUID&metric=NAME; names: ${gpuMetrics.map((row) => row.name).join(', ')}`,
      });
    }
    // JSON has no NaN: a value that the tool did not tell is null.
    return reply.send({ gpu, metric, ...found });
  });
  server.setErrorHandler((err, _request, reply) => {
    deps.log.error({ err }, 'an HTTP request failed');
    return reply.status(500).type('text/plain').send('internal error; the agent’s log has more\n');
  });
  return server;
}

function asQuery(query: unknown): { readonly gpu: string; readonly metric: string } {
  const found = typeof query === 'object' && query !== null ? query : {};
  const text = (key: 'gpu' | 'metric'): string => {
    const value: unknown = Reflect.get(found, key);
    return typeof value === 'string' ? value : '';
  };
  return { gpu: text('gpu'), metric: text('metric') };
}

/** Opens the door and answers with where it is: `127.0.0.1:p`. Throws ADDRESS_TAKEN. */
export async function listenHttp(
  server: FastifyInstance,
  at: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await server.listen({ host: at.host, port: at.port });
  } catch (cause) {
    throw new AppError('ADDRESS_TAKEN', `cannot listen on ${at.host}:${at.port}`, {
      cause,
      hint: 'stop what uses it, or choose another with the key `http` (port 0 takes a free one)',
    });
  }
  const bound = server.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : at.port;
  return at.host.includes(':') ? `[${at.host}]:${port}` : `${at.host}:${port}`;
}

import { hostname } from 'node:os';
import { systemClock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import { writeReadyFile } from '../../shared/platform/ready-file.ts';
import {
  agentService,
  healthService,
  layoutService,
  localService,
  mpsService,
} from '../../shared/wire/services.ts';
import { healthServiceHandlers } from '../api/health-service.ts';
import { layoutServiceHandlers, type LayoutServiceDeps } from '../api/layout-service.ts';
import { localServiceHandlers } from '../api/local-service.ts';
import { mpsServiceHandlers, type MpsServiceDeps } from '../api/mps-service.ts';
import { closeAgentSocket, openAgentSocket } from '../api/server.ts';
import { agentServiceHandlers, type AgentServiceDeps } from '../api/service.ts';
import type { AgentConfig } from '../config.ts';
import type { HealthKeeper } from '../health/keeper.ts';
import { renderDcgmPage } from '../http/dcgm-page.ts';
import { checkHealth } from '../http/health.ts';
import { createMetricsPage, type MetricsDeps } from '../http/metrics.ts';
import { createHttpServer, listenHttp } from '../http/server.ts';

/** What is open now; closed in the reverse order. */
export interface Doors {
  metricsAddress: string | null;
  readonly closers: (() => Promise<void> | void)[];
}

/** Opens the metrics page and the socket, then says that they are open. Throws ADDRESS_TAKEN. */
export async function openDoors(
  config: AgentConfig,
  doors: Doors,
  about: AgentServiceDeps &
    MetricsDeps &
    MpsServiceDeps &
    LayoutServiceDeps & { readonly health: HealthKeeper; readonly log: Log },
): Promise<void> {
  const { core, sampler, usage, log } = about;
  const http = createHttpServer({
    metrics: createMetricsPage(about),
    dcgmPage: async () => renderDcgmPage((await usage?.read()) ?? null, hostname()),
    health: () => checkHealth({ core, clock: systemClock, sampler }),
    sampler,
    log,
  });
  doors.closers.push(() => http.close());
  const metricsAddress = await listenHttp(http, config.http);
  doors.metricsAddress = metricsAddress;
  const { node, socket, readyFile, authority } = config;
  const server = await openAgentSocket(socket, [
    [agentService, { ...agentServiceHandlers(about) }],
    [healthService, { ...healthServiceHandlers({ ...about, clock: systemClock }) }],
    [layoutService, { ...layoutServiceHandlers(about) }],
    [mpsService, { ...mpsServiceHandlers(about) }],
    [
      localService,
      { ...localServiceHandlers({ ...about, coordinator: config.coordinator[0]?.text ?? null }) },
    ],
  ]);
  doors.closers.push(() => closeAgentSocket(server, socket));
  if (readyFile !== undefined) {
    const metrics = `http://${metricsAddress}/metrics`;
    doors.closers.push(writeReadyFile(readyFile, { node, metrics, socket }));
  }
  log.info({ node, metricsAddress, socket, authority }, 'the agent is up');
}

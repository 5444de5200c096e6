import { join } from 'node:path';
import type { Layout } from './layout.ts';
import type { Ports } from './ports.ts';
import type { ServedModel } from './sample-models.ts';
import { shellWord } from './wrappers.ts';

export interface Report {
  readonly layout: Layout;
  readonly ports: Ports;
  readonly models: readonly ServedModel[];
  /** `2xA100-40GB,L40S, simulated`. */
  readonly cards: string;
  readonly runtime: 'docker' | 'process';
}

/** `.tangram/endpoints.json`, for programs: where everything of this cluster is. */
export function endpointsOf(
  report: Pick<Report, 'layout' | 'ports' | 'models'>,
  agent: { readonly node: string; readonly metrics: string },
): object {
  return {
    coordinator: `127.0.0.1:${report.ports.grpc}`,
    context: report.layout.adminContext,
    http: `http://127.0.0.1:${report.ports.http}`,
    agents: [{ node: agent.node, metrics: agent.metrics, socket: report.layout.socket }],
    models: report.models.map(({ name, url }) => ({ name, url })),
  };
}

/** What a person sees once everything answers: three commands first, then where things are. */
export function renderReport(report: Report): string {
  const { layout, ports, models } = report;
  const speech = shellWord(join(layout.samplesDir, 'speech.wav'));
  const bin = (name: string): string => shellWord(join(layout.binDir, name));
  const width = Math.max(...models.map(({ name }) => name.length));
  const how = report.runtime === 'docker' ? 'containers' : 'plain processes';
  return [
    '',
    `Tangram is up: ${models.length} models on ${report.cards}, as ${how}.`,
    '',
    ...models.map(({ name, url, place }) => `  ${name.padEnd(width)}  ${url}\n    ${place}`),
    '',
    'Try, from any folder:',
    '',
    `  curl -s --data-binary @${speech} ${models[0]?.url ?? ''}`,
    `  ${bin('tangram')} ps`,
    `  ${bin('agentctl')} top --once`,
    '',
    `  coordinator  127.0.0.1:${ports.grpc} (gRPC, TLS), http://127.0.0.1:${ports.http}/metrics`,
    `  credentials  ${layout.adminContext}`,
    `  agent        http://127.0.0.1:${ports.metrics}/metrics, ${layout.socket}`,
    `  for programs ${layout.endpoints}`,
    `  manifests    ${layout.samplesDir}`,
    `  logs         ${layout.logDir}`,
    '',
    'Ctrl-C ends the replicas, the agent and the coordinator; npm start resumes them.',
    '',
  ].join('\n');
}

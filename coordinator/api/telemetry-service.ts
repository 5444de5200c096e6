import type { NodeName } from '../../shared/domain/ids.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { fieldError, unary } from '../../shared/wire/unary.ts';
import type { NodeSamples } from '../../shared/wire/generated/tangram/v1/NodeSamples.ts';
import type { QuerySamplesRequest__Output } from '../../shared/wire/generated/tangram/v1/QuerySamplesRequest.ts';
import type { QuerySamplesResponse } from '../../shared/wire/generated/tangram/v1/QuerySamplesResponse.ts';
import type { TelemetryServiceHandlers } from '../../shared/wire/generated/tangram/v1/TelemetryService.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import { watchedMetrics } from '../telemetry/limits.ts';
import { rangeLimits, readRange, type Asked } from '../telemetry/range.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { modelNameIn, nodeNameIn } from './names.ts';
import { pageOf } from './page-token.ts';

export interface TelemetryServiceDeps {
  readonly core: Pick<CoordinatorCore, 'model' | 'node'>;
  readonly telemetry: Pick<Telemetry, 'samples' | 'history'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

const cardsMax = 64;
const hourMs = 3_600_000;
const pointsWanted = 100;
/** Steps that people think in. */
const steps = [1, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400].map((seconds) => seconds * 1_000);

interface Card {
  readonly node: NodeName;
  readonly row: string;
}

/** The door to what cards do and did. */
export function telemetryHandlers(deps: TelemetryServiceDeps): TelemetryServiceHandlers {
  const { telemetry, onError } = deps;
  return {
    ListSamples: unary((request) => {
      const all =
        request.node === '' ? [...telemetry.samples.nodes()] : [knownNode(deps, request.node)];
      const page = pageOf('samples', all, (node) => node, request);
      return {
        nodes: page.items.flatMap((node) => samplesOf(deps, node)),
        nextPageToken: page.nextPageToken,
      };
    }, onError),
    QuerySamples: unary((request) => querySamples(deps, request), onError),
  };
}

function samplesOf({ telemetry }: TelemetryServiceDeps, node: NodeName): readonly NodeSamples[] {
  const series = telemetry.samples.series(node);
  if (series === undefined || series.latestAtMs === 0) return [];
  const { metrics, rows } = series.table;
  return [
    {
      node,
      atMs: series.latestAtMs,
      metrics: [...metrics],
      rows: [...rows],
      values: [...series.latest],
    },
  ];
}

function querySamples(
  deps: TelemetryServiceDeps,
  request: QuerySamplesRequest__Output,
): QuerySamplesResponse {
  const { metric } = request;
  if (!watchedMetrics.some((each) => each === metric)) {
    throw fieldError(
      'metric',
      `${JSON.stringify(metric)} is not kept over time`,
      `ask for one of ${watchedMetrics.join(', ')}`,
    );
  }
  const cards = cardsOf(deps, request);
  const asked = askedRange(request, deps.clock.wallMs());
  return {
    series: cards.slice(0, cardsMax).map(({ node, row }) => ({
      node,
      gpuUuid: row,
      points: readRange(deps.telemetry, { node, row, metric }, asked).map(
        ({ atMs, mean, least, greatest }) => ({ atMs, mean, least, greatest }),
      ),
    })),
    stepMs: asked.stepMs,
    truncated: cards.length > cardsMax,
  };
}

/** In order of node and UUID, each once. */
function cardsOf(
  deps: TelemetryServiceDeps,
  request: QuerySamplesRequest__Output,
): readonly Card[] {
  if (request.subject === 'node') {
    const node = knownNode(deps, request.node ?? '');
    const gpus = deps.core.node(node)?.inventory?.gpus.map((gpu) => gpu.uuid);
    const rows = gpus ?? deps.telemetry.samples.series(node)?.table.rows ?? [];
    return [...rows].sort().map((row) => ({ node, row }));
  }
  if (request.subject !== 'model') {
    throw fieldError('subject', 'is missing', 'name a node or a model');
  }
  const name = modelNameIn(request.model ?? '');
  const model = deps.core.model(name);
  if (model === undefined) {
    throw new AppError('MODEL_UNKNOWN', `there is no model ${name}`, {
      hint: 'tangram get models lists what there is',
    });
  }
  const cards = new Map<string, Card>();
  for (const slice of model.replicas.flatMap((replica) => replica.claim.slices)) {
    cards.set(`${slice.node} ${slice.gpu}`, { node: slice.node, row: slice.gpu });
  }
  return [...cards].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, card]) => card);
}

function knownNode({ core }: TelemetryServiceDeps, text: string): NodeName {
  const node = nodeNameIn(text);
  if (core.node(node) !== undefined) return node;
  throw new AppError('NODE_UNKNOWN', `there is no node ${node}`, {
    hint: 'tangram get nodes lists what there is; a node appears when its agent connects',
  });
}

function askedRange(request: QuerySamplesRequest__Output, nowMs: number): Asked {
  const toMs = timeIn('until_ms', request.untilMs) || nowMs;
  const fromMs = timeIn('since_ms', request.sinceMs) || Math.max(0, toMs - hourMs);
  const spanMs = toMs - fromMs;
  if (spanMs < 0) throw fieldError('since_ms', 'is later than until_ms', 'swap them');
  const chosen = steps.find((step) => spanMs / step <= pointsWanted) ?? steps.at(-1) ?? spanMs;
  const stepMs = timeIn('step_ms', request.stepMs) || chosen;
  const { pointsMax, stepMsMin } = rangeLimits;
  const least = Math.max(stepMsMin, Math.ceil(spanMs / pointsMax));
  if (stepMs < least) {
    throw fieldError(
      'step_ms',
      `${stepMs} ms make too many points of ${spanMs} ms`,
      `give ${least} or more, or 0`,
    );
  }
  return { fromMs, toMs, stepMs };
}

/** 64-bit numbers arrive as text. */
function timeIn(path: string, text: string | number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw fieldError(path, `${text} is out of range`, 'give milliseconds since the epoch, or 0');
}

import { renderMib } from '../../shared/domain/units.ts';
import { renderTable } from '../../shared/platform/table.ts';
import type { NodeSamples__Output } from '../../shared/wire/generated/tangram/v1/NodeSamples.ts';
import type { QuerySamplesResponse__Output } from '../../shared/wire/generated/tangram/v1/QuerySamplesResponse.ts';
import type { SamplePoint__Output } from '../../shared/wire/generated/tangram/v1/SamplePoint.ts';
import { agoText } from './words.ts';

const bytesPerMib = 1024 * 1024;

/** What is kept over time, by the word that people use. */
export const usageMetrics = {
  utilization: { name: 'gpu_utilization_ratio', text: (value: number) => percentText(value) },
  memory: {
    name: 'gpu_memory_used_bytes',
    text: (value: number) => renderMib(Math.round(value / bytesPerMib)),
  },
  power: { name: 'gpu_power_watts', text: (value: number) => `${Math.round(value)}W` },
  temperature: {
    name: 'gpu_temperature_celsius',
    text: (value: number) => `${Math.round(value)}C`,
  },
} as const;

export type UsageMetric = keyof typeof usageMetrics;

function isUsageMetric(text: string): text is UsageMetric {
  return Object.hasOwn(usageMetrics, text);
}

/** `tangram top`: every card as its agent saw it last. Empty: not known. */
export function renderTop(nodes: readonly NodeSamples__Output[], nowMs: number): string {
  const words = Object.keys(usageMetrics).filter(isUsageMetric);
  return renderTable(
    ['NODE', 'GPU', ...words.map((word) => word.toUpperCase()), 'SEEN'],
    nodes.flatMap((node) =>
      node.rows.map((uuid, row) => [
        node.node,
        uuid,
        ...words.map((word) => {
          const { name, text } = usageMetrics[word];
          const metric = node.metrics.indexOf(name);
          const value = metric < 0 ? NaN : Number(node.values[metric * node.rows.length + row]);
          return Number.isNaN(value) ? '' : text(value);
        }),
        agoText(node.atMs, nowMs),
      ]),
    ),
  );
}

/** `tangram usage`: one metric over time, a line a card. */
export function renderUsage(answer: QuerySamplesResponse__Output, metric: UsageMetric): string {
  const { text } = usageMetrics[metric];
  const most = Math.max(
    ...answer.series.flatMap(({ points }) => points.map((point) => point.greatest)),
  );
  const table = renderTable(
    ['NODE', 'GPU', 'MEAN', 'LEAST', 'GREATEST', 'OVER TIME'],
    answer.series.map(({ node, gpuUuid, points }) => {
      if (points.length === 0) return [node, gpuUuid, '', '', '', 'nothing is known'];
      const mean = points.reduce((sum, point) => sum + point.mean, 0) / points.length;
      const least = Math.min(...points.map((point) => point.least));
      const greatest = Math.max(...points.map((point) => point.greatest));
      return [node, gpuUuid, text(mean), text(least), text(greatest), sparks(points, most)];
    }),
  );
  return answer.truncated ? `${table}more cards are not shown\n` : table;
}

const sparkCharacters = '▁▂▃▄▅▆▇█';

/** The means as bars, from 0 to `most`. */
function sparks(points: readonly SamplePoint__Output[], most: number): string {
  const last = sparkCharacters.length - 1;
  return points
    .map(({ mean }) => sparkCharacters[most <= 0 ? 0 : Math.round((mean / most) * last)] ?? '')
    .join('');
}

function percentText(ratio: number): string {
  return `${Math.round(ratio * 100)}%`;
}

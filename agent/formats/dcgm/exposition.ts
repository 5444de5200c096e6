import { err, ok, type Problem, type Result } from '../../../shared/domain/result.ts';
import { withoutBlanks } from './dcgm-blank.ts';
import { parseExpositionLine, unescape, type ExpositionSample } from './exposition-line.ts';
import type { Format } from '../format.ts';
import { isCut, truncated } from '../text/saved-output.ts';
import { headOf, linesOf } from '../text/text.ts';

type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** A scrape of dcgm-exporter, or of anything that speaks Prometheus' text format. */
export interface Exposition {
  readonly metrics: readonly ExpositionMetric[];
  /** The cards that the labels name. */
  readonly gpus: readonly ExporterGpu[];
}

interface ExpositionMetric {
  readonly name: string;
  readonly type: MetricType | null;
  readonly help: string | null;
  readonly samples: readonly {
    readonly labels: Readonly<Record<string, string>>;
    /** Null: NaN, or one of DCGM's blanks. JSON has no infinities: `+Inf`, `-Inf`. */
    readonly value: number | '+Inf' | '-Inf' | null;
    readonly timestampMs: number | null;
  }[];
}

interface ExporterGpu {
  /** The exporter's own number, as a label: `0`. */
  readonly gpu: string;
  readonly uuid: string | null;
  readonly name: string | null;
  readonly hostname: string | null;
  readonly driverVersion: string | null;
  /** Rows under MIG carry the UUID of the card, never that of the instance. */
  readonly instances: readonly {
    readonly gpuInstanceId: number;
    readonly profile: string | null;
  }[];
}

interface OpenMetric {
  name: string;
  type: MetricType | null;
  help: string | null;
  samples: ExpositionMetric['samples'][number][];
}

const types: readonly MetricType[] = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];
/** In upper case since dcgm-exporter 2. */
const ownMetric = /^(?:# (?:HELP|TYPE) )?(?:DCGM_|dcgm_)[A-Za-z0-9_]{1,100}[ {]/m;
const metaLine = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*)(?: (.*))?$/;

/** Prometheus' text format, strictly: a line that is none of it is a problem with its number. */
export const expositionFormat: Format<Exposition> = {
  kind: 'dcgm-exporter',
  command: 'GET /metrics',
  recognises: (text) => {
    const head = headOf(text);
    // Anything may speak this format: what is ours is told by its metrics.
    if (!ownMetric.test(head)) return false;
    const first = linesOf(head).find((line) => isSample(line) || metaLine.test(line)) ?? '';
    return first.startsWith('#') || parseExpositionLine(first) !== null;
  },
  parse: parseExposition,
};

function isSample(line: string): boolean {
  return line.trim() !== '' && !line.startsWith('#');
}

function parseExposition(text: string): Result<Exposition> {
  const metrics = new Map<string, OpenMetric>();
  const open = (name: string): OpenMetric => {
    const metric = metrics.get(name) ?? { name, type: null, help: null, samples: [] };
    metrics.set(name, metric);
    return metric;
  };
  const lines = linesOf(text);
  for (const [at, line] of lines.entries()) {
    const meta = metaLine.exec(line);
    if (meta !== null) {
      const [, word, name = '', rest = ''] = meta;
      const type = types.find((each) => each === rest.trim());
      if (word === 'HELP') open(name).help = unescape(rest);
      else if (type !== undefined) open(name).type = type;
      else return err(lineProblem(text, lines, at));
    } else if (isSample(line)) {
      const sample = parseExpositionLine(line);
      if (sample === null) return err(lineProblem(text, lines, at));
      open(familyOf(sample.metric, metrics)).samples.push(saved(sample, sample.metric));
    }
  }
  const list = [...metrics.values()];
  if (list.length === 0) {
    return err({
      code: 'UNREADABLE',
      message: 'there is no sample in it',
      hint: 'save it with curl -s http://HOST:9400/metrics',
    });
  }
  return ok({ metrics: list, gpus: gpusOf(list) });
}

/** A histogram's and a summary's samples have the family's name with a suffix. */
function familyOf(name: string, metrics: ReadonlyMap<string, OpenMetric>): string {
  if (metrics.has(name)) return name;
  const family = name.replace(/_(?:bucket|sum|count)$/, '');
  const type = metrics.get(family)?.type;
  return type === 'histogram' || type === 'summary' ? family : name;
}

function saved(sample: ExpositionSample, name: string): ExpositionMetric['samples'][number] {
  const { labels, value, timestampMs } = sample;
  const suffixed = /_(?:bucket|sum|count)$/.exec(name);
  return {
    labels: suffixed === null ? labels : { ...labels, __name__: name },
    value: valueOf(value),
    timestampMs,
  };
}

function valueOf(value: number): number | '+Inf' | '-Inf' | null {
  if (Number.isNaN(value) || withoutBlanks(value) === null) return null;
  if (Number.isFinite(value)) return value;
  return value > 0 ? '+Inf' : '-Inf';
}

function gpusOf(metrics: readonly OpenMetric[]): ExporterGpu[] {
  const gpus = new Map<
    string,
    { labels: Readonly<Record<string, string>>; instances: Map<number, string | null> }
  >();
  for (const { samples } of metrics) {
    for (const { labels } of samples) {
      const number = labels['gpu'];
      const uuid = uuidIn(labels);
      if (number === undefined || uuid === null) continue;
      const key = `${labels['Hostname'] ?? ''}/${uuid}/${number}`;
      const gpu = gpus.get(key) ?? { labels, instances: new Map<number, string | null>() };
      gpus.set(key, gpu);
      const id = labels['GPU_I_ID'];
      if (id !== undefined && /^\d{1,6}$/.test(id)) {
        gpu.instances.set(Number(id), labels['GPU_I_PROFILE'] ?? null);
      }
    }
  }
  return [...gpus.values()].map(({ labels, instances }) => ({
    gpu: labels['gpu'] ?? '',
    uuid: uuidIn(labels),
    name: labels['modelName'] ?? null,
    hostname: labels['Hostname'] ?? null,
    driverVersion: labels['DCGM_FI_DRIVER_VERSION'] ?? null,
    instances: [...instances].map(([gpuInstanceId, profile]) => ({ gpuInstanceId, profile })),
  }));
}

/** In lower case before dcgm-exporter 2. */
function uuidIn(labels: Readonly<Record<string, string>>): string | null {
  return labels['UUID'] ?? labels['uuid'] ?? null;
}

function lineProblem(text: string, lines: readonly string[], at: number): Problem {
  const path = `line ${at + 1}`;
  if (isCut(text, lines, at)) return truncated(path);
  const shown = JSON.stringify((lines[at] ?? '').slice(0, 120));
  return {
    code: 'EXPOSITION_LINE',
    path,
    message: `${shown} is no sample of Prometheus' text format`,
    hint: 'save the answer of /metrics as it is, without the headers',
  };
}

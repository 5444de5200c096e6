import { stringify } from 'yaml';
import type { Disruption, GpuNeed, ModelSpec, Workload } from '../domain/model.ts';
import { manifestApiVersion } from './manifest-schema.ts';

/** The YAML document that declares this model: `parseManifests` reads it back as the same spec. */
export function renderManifest(spec: ModelSpec): string {
  return stringify(toManifest(spec), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Nothing is left to a default, so that the text means the same whatever the defaults become. */
function toManifest(spec: ModelSpec): object {
  return {
    apiVersion: manifestApiVersion,
    kind: 'Model',
    metadata: { name: spec.name, ...(isEmpty(spec.labels) ? {} : { labels: spec.labels }) },
    spec: {
      replicas: spec.replicas,
      ...workloadKeys(spec.workload),
      gpu: spec.gpu === null ? 'none' : gpuKeys(spec.gpu),
      priority: spec.priority,
      placement: {
        spread: spec.placement.spread,
        ...(spec.placement.maxPerNode === 0 ? {} : { maxPerNode: spec.placement.maxPerNode }),
        ...(spec.placement.antiAffinity.length === 0
          ? {}
          : { antiAffinity: spec.placement.antiAffinity }),
        ...(isEmpty(spec.placement.constraints) ? {} : { constraints: spec.placement.constraints }),
      },
      disruption: renderDisruption(spec.disruption),
    },
  };
}

/** As the manifest spells it: `never`, `idle`, `budget:60s`. */
function renderDisruption(disruption: Disruption): string {
  if (disruption.kind !== 'budget') return disruption.kind;
  return `budget:${renderExactDuration(disruption.seconds * 1_000)}`;
}

function workloadKeys(workload: Workload): object {
  return {
    ...(workload.image === null ? {} : { image: workload.image }),
    ...(workload.command === null ? {} : { process: { command: workload.command } }),
    ...(workload.args.length === 0 ? {} : { args: workload.args }),
    ...(isEmpty(workload.env) ? {} : { env: workload.env }),
    port: workload.port,
    health: {
      path: workload.health.path,
      startupDeadline: renderExactDuration(workload.health.startupDeadlineMs),
    },
    ...(workload.cpuMillis === 0 ? {} : { cpu: workload.cpuMillis / 1_000 }),
    ...(workload.memoryMib === 0 ? {} : { memory: renderExactMib(workload.memoryMib) }),
    ...(workload.mounts.length === 0 ? {} : { mounts: workload.mounts }),
    ...(workload.writableRoot ? { writableRoot: true } : {}),
  };
}

function gpuKeys(gpu: GpuNeed): object {
  return {
    memory: renderExactMib(gpu.memoryMib),
    ...(gpu.computePercent === 0 ? {} : { compute: gpu.computePercent }),
    isolation: gpu.isolation,
    count: gpu.count,
    ...(gpu.processes === 1 ? {} : { processes: gpu.processes }),
    ...(gpu.models.length === 0 ? {} : { models: gpu.models }),
  };
}

function renderExactMib(mib: number): string {
  return mib % 1024 === 0 && mib > 0 ? `${mib / 1024}GiB` : `${mib}MiB`;
}

function renderExactDuration(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  if (ms % 1_000 === 0) return `${ms / 1_000}s`;
  return `${ms}ms`;
}

function isEmpty(map: Readonly<Record<string, string>>): boolean {
  return Object.keys(map).length === 0;
}

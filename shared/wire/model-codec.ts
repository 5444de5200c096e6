import { unreachable } from '../domain/assert.ts';
import type { Isolation } from '../domain/gpu.ts';
import { parseModelName } from '../domain/ids.ts';
import {
  checkModel,
  modelDefaults,
  type GpuNeed,
  type ModelSpec,
  type PlacementRule,
  type Workload,
} from '../domain/model.ts';
import { err, type Problem, type Result } from '../domain/result.ts';
import { decoding, emptyAsNull, enumerated, inner, inverted, required, whole } from './fields.ts';
import type { GpuNeed as WireGpuNeed, GpuNeed__Output } from './generated/tangram/v1/GpuNeed.ts';
import type { Model__Output } from './generated/tangram/v1/Model.ts';
import type { ModelSpec as WireModelSpec } from './generated/tangram/v1/ModelSpec.ts';
import type { PlacementRule__Output } from './generated/tangram/v1/PlacementRule.ts';
import type {
  Workload as WireWorkload,
  Workload__Output,
} from './generated/tangram/v1/Workload.ts';

const isolations = {
  ISOLATION_ANY: 'any',
  ISOLATION_MPS: 'mps',
  ISOLATION_MIG: 'mig',
  ISOLATION_WHOLE: 'whole',
} as const satisfies Readonly<Record<string, Isolation>>;
const encodeIsolation = inverted(isolations);

const spreads = {
  SPREAD_UNSPECIFIED: 'none',
  SPREAD_NONE: 'none',
  SPREAD_NODE: 'node',
} as const satisfies Readonly<Record<string, PlacementRule['spread']>>;

/** Decodes and checks what a client declares. The problem's path is the YAML path, whichever door was used. */
export function decodeModel(message: Model__Output): Result<ModelSpec> {
  const decoded = decoding((): ModelSpec => {
    const spec = required(message.spec, 'spec');
    return {
      name: inner(parseModelName(message.name), 'metadata.name'),
      labels: { ...message.labels },
      replicas: whole(spec.replicas, 'spec.replicas'),
      workload: inner(decodeWorkload(required(spec.workload, 'spec.workload')), 'spec'),
      gpu: spec.gpu === null ? null : inner(decodeGpuNeed(spec.gpu), 'spec.gpu'),
      priority: whole(spec.priority, 'spec.priority'),
      placement: decodePlacement(spec.placement),
    };
  });
  if (!decoded.ok) return decoded;
  const problems = checkModel(decoded.value);
  return problems.length === 0 ? decoded : err(joined(problems));
}

function joined(problems: readonly Problem[]): Problem {
  const [first] = problems;
  const rest = problems
    .slice(1)
    .map((each) => `; ${each.path ?? ''}: ${each.message} (${each.hint ?? ''})`);
  return {
    code: 'MODEL_INVALID',
    path: first?.path ?? 'spec',
    message: `${first?.message ?? ''}${first?.hint === undefined ? '' : ` (${first.hint})`}${rest.join('')}`,
  };
}

export function encodeModelSpec(spec: ModelSpec): WireModelSpec {
  return {
    replicas: spec.replicas,
    workload: encodeWorkload(spec.workload),
    gpu: spec.gpu === null ? null : encodeGpuNeed(spec.gpu),
    priority: spec.priority,
    placement: {
      spread: encodeSpread(spec.placement.spread),
      maxPerNode: spec.placement.maxPerNode,
      constraints: { ...spec.placement.constraints },
    },
  };
}

export function encodeWorkload(workload: Workload): WireWorkload {
  return {
    image: workload.image ?? '',
    command: [...(workload.command ?? [])],
    args: [...workload.args],
    env: { ...workload.env },
    port: workload.port,
    health: { ...workload.health },
    cpuMillis: workload.cpuMillis,
    memoryMib: workload.memoryMib,
  };
}

export function decodeWorkload(message: Workload__Output): Result<Workload> {
  return decoding(() => ({
    image: emptyAsNull(message.image),
    command: message.command.length === 0 ? null : message.command,
    args: message.args,
    env: { ...message.env },
    port: whole(message.port, 'port') || modelDefaults.port,
    health: {
      path: message.health?.path || modelDefaults.healthPath,
      startupDeadlineMs:
        whole(message.health?.startupDeadlineMs, 'health.startup_deadline_ms') ||
        modelDefaults.startupDeadlineMs,
    },
    cpuMillis: whole(message.cpuMillis, 'cpu_millis'),
    memoryMib: whole(message.memoryMib, 'memory_mib'),
  }));
}

function encodeGpuNeed(need: GpuNeed): WireGpuNeed {
  return { ...need, isolation: encodeIsolation(need.isolation), models: [...need.models] };
}

function decodeGpuNeed(message: GpuNeed__Output): Result<GpuNeed> {
  return decoding(() => ({
    memoryMib: whole(message.memoryMib, 'memory'),
    computePercent: whole(message.computePercent, 'compute'),
    isolation:
      message.isolation === 'ISOLATION_UNSPECIFIED'
        ? modelDefaults.isolation
        : enumerated<Isolation>(isolations, message.isolation, 'isolation'),
    count: whole(message.count, 'count') || modelDefaults.gpuCount,
    processes: whole(message.processes, 'processes') || modelDefaults.gpuProcesses,
    models: message.models,
  }));
}

function encodeSpread(spread: PlacementRule['spread']): 'SPREAD_NONE' | 'SPREAD_NODE' {
  switch (spread) {
    case 'none':
      return 'SPREAD_NONE';
    case 'node':
      return 'SPREAD_NODE';
    default:
      return unreachable(spread);
  }
}

function decodePlacement(message: PlacementRule__Output | null): PlacementRule {
  if (message === null) return { spread: modelDefaults.spread, maxPerNode: 0, constraints: {} };
  return {
    spread: enumerated<PlacementRule['spread']>(spreads, message.spread, 'spec.placement.spread'),
    maxPerNode: whole(message.maxPerNode, 'spec.placement.max_per_node'),
    constraints: { ...message.constraints },
  };
}

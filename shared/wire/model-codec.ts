import type { Isolation } from '../domain/gpu.ts';
import { parseModelName } from '../domain/ids.ts';
import {
  checkModel,
  modelDefaults,
  type Disruption,
  type GpuNeed,
  type ModelSpec,
  type PlacementRule,
  type Spread,
  type Workload,
} from '../domain/model.ts';
import { err, type Problem, type Result } from '../domain/result.ts';
import {
  decoding,
  emptyAsNull,
  enumerated,
  fault,
  inner,
  inverted,
  required,
  whole,
} from './fields.ts';
import type {
  Disruption as WireDisruption,
  Disruption__Output,
} from './generated/tangram/v1/Disruption.ts';
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
  SPREAD_NONE: 'none',
  SPREAD_NODE: 'node',
  SPREAD_ZONE: 'zone',
} as const satisfies Readonly<Record<string, Spread>>;
const encodeSpread = inverted(spreads);

const disruptions = {
  DISRUPTION_KIND_NEVER: 'never',
  DISRUPTION_KIND_IDLE: 'idle',
  DISRUPTION_KIND_BUDGET: 'budget',
} as const satisfies Readonly<Record<string, Disruption['kind']>>;
const encodeDisruptionKind = inverted(disruptions);

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
      disruption: decodeDisruption(spec.disruption),
    };
  });
  if (!decoded.ok) return decoded;
  const problems = checkModel(decoded.value);
  return problems.length === 0 ? decoded : err(joinedProblems(problems));
}

/** All of them as one: a caller can mend them at once. */
export function joinedProblems(problems: readonly Problem[]): Problem {
  const [first] = problems;
  const rest = problems
    .slice(1)
    .map((each) => `; ${each.path ?? ''}: ${each.message} (${each.hint ?? ''})`);
  return {
    code: first?.code ?? 'MODEL_INVALID',
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
      antiAffinity: [...spec.placement.antiAffinity],
      constraints: { ...spec.placement.constraints },
    },
    disruption: encodeDisruption(spec.disruption),
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
    mounts: workload.mounts.map(({ source, target, readOnly }) => ({
      source,
      target,
      writable: !readOnly,
    })),
    writableRoot: workload.writableRoot,
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
    mounts: message.mounts.map(({ source, target, writable }) => ({
      source,
      target,
      readOnly: !writable,
    })),
    writableRoot: message.writableRoot,
  }));
}

export function encodeGpuNeed(need: GpuNeed): WireGpuNeed {
  return { ...need, isolation: encodeIsolation(need.isolation), models: [...need.models] };
}

export function decodeGpuNeed(message: GpuNeed__Output): Result<GpuNeed> {
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

function decodePlacement(message: PlacementRule__Output | null): PlacementRule {
  return {
    spread:
      message === null || message.spread === 'SPREAD_UNSPECIFIED'
        ? modelDefaults.spread
        : enumerated<Spread>(spreads, message.spread, 'spec.placement.spread'),
    maxPerNode: whole(message?.maxPerNode, 'spec.placement.max_per_node'),
    antiAffinity: (message?.antiAffinity ?? []).map((name, at) =>
      inner(parseModelName(name), `spec.placement.antiAffinity[${at}]`),
    ),
    constraints: { ...message?.constraints },
  };
}

function encodeDisruption(disruption: Disruption): WireDisruption {
  return {
    kind: encodeDisruptionKind(disruption.kind),
    budgetSeconds: disruption.kind === 'budget' ? disruption.seconds : 0,
  };
}

function decodeDisruption(message: Disruption__Output | null): Disruption {
  if (message === null) return modelDefaults.disruption;
  const kind =
    message.kind === 'DISRUPTION_KIND_UNSPECIFIED'
      ? modelDefaults.disruption.kind
      : enumerated<Disruption['kind']>(disruptions, message.kind, 'spec.disruption.kind');
  const seconds = whole(message.budgetSeconds, 'spec.disruption.budget_seconds');
  if (kind === 'budget') return { kind, seconds };
  if (seconds > 0) {
    throw fault(
      'spec.disruption.budget_seconds',
      `${seconds} is given, and the kind is ${kind}`,
      'set the kind to DISRUPTION_KIND_BUDGET, or leave the seconds out',
    );
  }
  return { kind };
}

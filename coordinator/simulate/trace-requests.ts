import { parseClaimId, parseModelName, parseReplicaId } from '../../shared/domain/ids.ts';
import type { GpuNeed, ModelSpec } from '../../shared/domain/model.ts';
import { modelDefaults } from '../../shared/domain/model.ts';
import type { Demand, DemandShape, PlacementRequest } from '../../shared/placement/engine.ts';
import type { TraceRequest } from './trace.ts';
import { wellFormed } from './well-formed.ts';

/** Requests that ask for the same are one model to the engine: their specs are made once. */
export class RequestSpecs {
  private readonly byShape = new Map<string, ModelSpec>();
  private readonly byRequest = new Map<TraceRequest, ModelSpec>();

  /** The request number `at` of a run. Numbers are never used twice. */
  requestOf(request: TraceRequest, at: number): PlacementRequest {
    const spec = this.specOf(request);
    return {
      claim: wellFormed(parseClaimId(`c${at}`)),
      replica: wellFormed(parseReplicaId(`${spec.name}-${at}`)),
      spec,
      modelVersion: 1,
      nowMs: 0,
    };
  }

  private specOf(request: TraceRequest): ModelSpec {
    const known = this.byRequest.get(request);
    if (known !== undefined) return known;
    const key = shapeKey(request, request.memoryMib);
    const spec = this.byShape.get(key) ?? makeSpec(request, this.byShape.size);
    this.byShape.set(key, spec);
    this.byRequest.set(request, spec);
    return spec;
  }
}

/**
 * What a list of requests leads a cluster to expect: every shape in it with its count. Host memory is ignored, as in
 * the published experiment.
 */
export function demandOf(requests: readonly TraceRequest[]): Demand {
  return {
    shapes: countShapes(requests).map(({ request, count }): DemandShape => ({
      gpu: needOf(request),
      cpuMillis: request.cpuMillis,
      memoryMib: 0,
      weight: count,
    })),
  };
}

export interface CountedShape {
  /** One of those that have this shape. */
  readonly request: TraceRequest;
  readonly count: number;
}

/** The distinct (CPU, GPU milli, GPUs, models), most frequent first; among equals the larger tuple. */
export function countShapes(requests: readonly TraceRequest[]): readonly CountedShape[] {
  const counted = new Map<string, { request: TraceRequest; count: number }>();
  for (const request of requests) {
    const key = shapeKey(request, 0);
    const shape = counted.get(key);
    if (shape === undefined) counted.set(key, { request, count: 1 });
    else shape.count += 1;
  }
  return [...counted.values()].sort(
    (a, b) => b.count - a.count || compareTuples(b.request, a.request),
  );
}

function compareTuples(a: TraceRequest, b: TraceRequest): number {
  const numbers = a.cpuMillis - b.cpuMillis || a.gpuMilli - b.gpuMilli || a.gpus - b.gpus;
  if (numbers !== 0) return numbers;
  return a.models.join('|') < b.models.join('|') ? -1 : 1;
}

function shapeKey(request: TraceRequest, memoryMib: number): string {
  const { cpuMillis, gpuMilli, gpus, models } = request;
  return `${cpuMillis},${memoryMib},${gpuMilli},${gpus},${models.join('|')}`;
}

function makeSpec(request: TraceRequest, number: number): ModelSpec {
  return {
    name: wellFormed(parseModelName(`shape-${number}`)),
    labels: {},
    replicas: 1,
    workload: {
      image: null,
      command: ['request'],
      args: [],
      env: {},
      port: modelDefaults.port,
      health: {
        path: modelDefaults.healthPath,
        startupDeadlineMs: modelDefaults.startupDeadlineMs,
      },
      cpuMillis: request.cpuMillis,
      memoryMib: request.memoryMib,
      mounts: [],
      writableRoot: false,
    },
    gpu: needOf(request),
    priority: modelDefaults.priority,
    placement: { spread: 'none', maxPerNode: 0, antiAffinity: [], constraints: {} },
    disruption: modelDefaults.disruption,
  };
}

function needOf(request: TraceRequest): GpuNeed | null {
  if (request.gpus === 0) return null;
  return {
    memoryMib: request.gpuMilli,
    computePercent: 0,
    isolation: request.gpuMilli < 1_000 ? 'any' : 'whole',
    count: request.gpus,
    processes: 1,
    models: request.models,
  };
}

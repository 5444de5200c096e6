import { assert } from './assert.ts';
import { parseModelName, type AllocationName } from './ids.ts';
import {
  checkGpu,
  modelDefaults,
  modelLimits,
  range,
  texts,
  type GpuNeed,
  type ModelSpec,
} from './model.ts';
import type { Problem } from './result.ts';

/** Slices that a client asks for, to start its own workload on. */
export interface AllocationSpec {
  readonly name: AllocationName;
  readonly labels: Readonly<Record<string, string>>;
  readonly gpu: GpuNeed;
  /** Host resources that are set aside with them; 0: none. */
  readonly cpuMillis: number;
  readonly memoryMib: number;
  /** Node labels that must be equal. */
  readonly constraints: Readonly<Record<string, string>>;
  /** Higher is placed first. */
  readonly priority: number;
  /** How long it may be held without being renewed. */
  readonly ttlMs: number;
}

export const allocationLimits = {
  ttlMsMin: 10_000,
  ttlMsMax: 86_400_000,
  /** How long a client may wait for room. */
  waitMsMax: 3_600_000,
} as const;

/**
 * What a client's processes carry in their environment, `TANGRAM_ALLOCATION=<name>`: by it they are known even before they
 * use a card.
 */
export const allocationMarker = 'TANGRAM_ALLOCATION';

/** Every rule that an allocation must obey. Empty: it is well formed. */
export function checkAllocation(spec: AllocationSpec): readonly Problem[] {
  const { labels, constraints, cpuMillis, memoryMib, priority } = spec;
  return [
    ...checkGpu(spec.gpu),
    ttlProblem(spec.ttlMs),
    range('spec.cpu', cpuMillis, 0, 1_024_000),
    range('spec.memory', memoryMib, 0, modelLimits.memoryMibMax),
    range('spec.priority', priority, 0, modelLimits.priorityMax),
    texts('labels', labels, modelLimits.labelsMax),
    texts('spec.constraints', constraints, modelLimits.labelsMax),
  ]
    .filter((problem) => problem !== null)
    .map((problem) => ({ ...problem, code: 'REQUEST_INVALID' }));
}

/** null: within the limits. */
export function ttlProblem(ttlMs: number): Problem | null {
  const { ttlMsMin, ttlMsMax } = allocationLimits;
  const problem = range('ttl', ttlMs, ttlMsMin, ttlMsMax);
  return problem === null
    ? null
    : {
        code: 'REQUEST_INVALID',
        path: 'ttl',
        message: `${ttlMs / 1_000} s is out of range`,
        hint: 'from 10 seconds to 24 hours; renew it to hold it longer',
      };
}

/** An allocation as placement sees it: one copy of something that we do not run. */
export function modelOfAllocation(spec: AllocationSpec): ModelSpec {
  const name = parseModelName(spec.name);
  assert(name.ok, 'models and allocations are named by the same rule');
  const { labels, gpu, cpuMillis, memoryMib, constraints, priority } = spec;
  return {
    name: name.value,
    labels,
    replicas: 1,
    workload: {
      image: null,
      command: null,
      args: [],
      env: {},
      port: modelDefaults.port,
      health: {
        path: modelDefaults.healthPath,
        startupDeadlineMs: modelDefaults.startupDeadlineMs,
      },
      cpuMillis,
      memoryMib,
      mounts: [],
      writableRoot: false,
    },
    gpu,
    priority,
    placement: { spread: 'none', maxPerNode: 0, antiAffinity: [], constraints },
    disruption: { kind: 'never' },
  };
}

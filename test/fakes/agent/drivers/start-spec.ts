import type { DeviceGrant, StartSpec } from '../../../../agent/drivers/runtime/runtime.ts';
import { parseModelName, parseReplicaId } from '../../../../shared/domain/ids.ts';
import type { Workload } from '../../../../shared/domain/model.ts';
import type { Result } from '../../../../shared/domain/result.ts';

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

/** A replica to start, of which a test names only what it is about. */
export function startSpec(
  overrides: {
    readonly replica?: string;
    readonly workload?: Partial<Workload>;
    readonly grant?: Partial<DeviceGrant>;
    readonly specHash?: string;
  } = {},
): StartSpec {
  return {
    replica: must(parseReplicaId(overrides.replica ?? 'sentiment-abcd1234')),
    model: must(parseModelName('sentiment')),
    modelVersion: 3,
    specHash: overrides.specHash ?? 'hash-1',
    workload: {
      image: null,
      command: null,
      args: [],
      env: {},
      port: 8000,
      health: { path: '/healthz', startupDeadlineMs: 30_000 },
      cpuMillis: 0,
      memoryMib: 0,
      mounts: [],
      writableRoot: false,
      ...overrides.workload,
    },
    grant: { deviceUuids: [], mps: null, ...overrides.grant },
  };
}

import { checkAllocation, type AllocationSpec } from '../domain/allocation.ts';
import { parseAllocationName } from '../domain/ids.ts';
import { modelDefaults } from '../domain/model.ts';
import { err, type Result } from '../domain/result.ts';
import { decoding, inner, required, whole } from './fields.ts';
import type { AllocateRequest__Output } from './generated/tangram/v1/AllocateRequest.ts';
import type { AllocationSpec as WireSpec } from './generated/tangram/v1/AllocationSpec.ts';
import { decodeGpuNeed, encodeGpuNeed, joinedProblems } from './model-codec.ts';

/** Decodes and checks what a client asks for. `name`: the one in the message, or the one that was chosen for it. */
export function decodeAllocation(
  message: Pick<AllocateRequest__Output, 'labels' | 'spec'>,
  name: string,
): Result<AllocationSpec> {
  const decoded = decoding((): AllocationSpec => {
    const spec = required(message.spec, 'spec');
    return {
      name: inner(parseAllocationName(name), 'name'),
      labels: { ...message.labels },
      gpu: inner(decodeGpuNeed(required(spec.gpu, 'spec.gpu')), 'spec.gpu'),
      cpuMillis: whole(spec.cpuMillis, 'spec.cpu_millis'),
      memoryMib: whole(spec.memoryMib, 'spec.memory_mib'),
      constraints: { ...spec.constraints },
      priority: whole(spec.priority, 'spec.priority') || modelDefaults.priority,
      ttlMs: whole(spec.ttlSeconds, 'spec.ttl_seconds') * 1_000,
    };
  });
  if (!decoded.ok) return decoded;
  const problems = checkAllocation(decoded.value);
  return problems.length === 0 ? decoded : err(joinedProblems(problems));
}

export function encodeAllocationSpec(spec: AllocationSpec): WireSpec {
  return {
    gpu: encodeGpuNeed(spec.gpu),
    cpuMillis: spec.cpuMillis,
    memoryMib: spec.memoryMib,
    constraints: { ...spec.constraints },
    priority: spec.priority,
    ttlSeconds: Math.round(spec.ttlMs / 1_000),
  };
}

import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { ReplicaTarget } from '../../shared/domain/node-target.ts';
import type { Slice } from '../../shared/domain/slice.ts';

/**
 * Changes when anything changes that a running replica cannot take up without a restart: what runs, on which
 * slices, shared by how many processes. Not the names that a slice has today, which a reboot may change.
 */
export function specHash(target: ReplicaTarget, slices: readonly Slice[]): string {
  const { workload, processes, modelVersion } = target;
  // How patient we are with a replica is not part of what it is.
  const { health: _health, ...what } = workload;
  const on = slices.map(({ id, incarnation, gpu, shape }) => ({ id, incarnation, gpu, shape }));
  return createHash('sha256')
    .update(canonicalJson({ what, processes, modelVersion, on }))
    .digest('hex')
    .slice(0, 16);
}

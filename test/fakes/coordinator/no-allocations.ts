import { parseAllocationName } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import type { Allocations } from '../../../coordinator/fleet/allocations.ts';
import { unknownAllocation } from '../../../coordinator/fleet/allocate.ts';

/** A cluster that never has room: what its doors need where a test is about something else. */
export function noAllocations(): Allocations {
  const name = parseAllocationName('a-1');
  if (!name.ok) throw new Error(name.problem.message);
  return {
    allocate: ({ name: asked }) =>
      Promise.reject(
        new AppError('ALLOCATION_NO_ROOM', `no room for allocation ${asked}: no node`),
      ),
    renew: (asked) => Promise.reject(unknownAllocation(asked)),
    release: (asked) => Promise.reject(unknownAllocation(asked)),
    list: () => [],
    get: () => undefined,
    explain: () => undefined,
    watch: async function* (signal) {
      yield { kind: 'synced', revision: '1-0' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    drawName: () => name.value,
  };
}

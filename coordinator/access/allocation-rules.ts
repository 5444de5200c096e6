import type { Role } from './caller.ts';
import { namespaceIn } from './caller.ts';
import {
  changing,
  keeping,
  keepingEvents,
  labelsIn,
  messageIn,
  modelVisible,
  named,
  reading,
  textIn,
  type MethodRule,
} from './method-rule.ts';

const service = 'tangram.v1.AllocationService';

/** The rows of AllocationService: an allocation is in the namespace that its label says, as a model is. */
export function allocationRules(
  readers: readonly Role[],
  schedulers: readonly Role[],
): Readonly<Record<string, MethodRule>> {
  return {
    [`${service}/Allocate`]: changing(schedulers, {
      target: byName.target,
      made: (answer) => byName.target(messageIn(answer, 'allocation') ?? {}),
      // The namespace that it asks for, and the one of whoever has the name now.
      touches: (request, directory) => {
        const present = directory.allocation(textIn(request, 'name'));
        const wanted = namespaceIn(labelsIn(request));
        const namespaces = present === undefined ? [wanted] : [wanted, present.namespace];
        return { kind: 'each', namespaces };
      },
    }),
    [`${service}/GetAllocation`]: reading(readers, byName),
    [`${service}/ListAllocations`]: reading(readers, {
      filter: (namespaces) =>
        keeping('allocations', (allocation) => modelVisible(namespaces, allocation)),
    }),
    [`${service}/RenewAllocation`]: changing(schedulers, byName),
    [`${service}/ReleaseAllocation`]: changing(schedulers, byName),
    [`${service}/ExplainAllocation`]: reading(readers, byName),
    [`${service}/WatchAllocations`]: reading(readers, {
      ...byName,
      filter: (namespaces, _directory, request) =>
        keepingEvents('allocation', (allocation) => modelVisible(namespaces, allocation), request),
    }),
  };
}

const byName: Pick<MethodRule, 'target' | 'touches'> = {
  target: named('allocations', 'name'),
  touches: (request, directory) => {
    const present = directory.allocation(textIn(request, 'name'));
    if (present === undefined) return { kind: 'nothing' };
    return { kind: 'each', namespaces: [present.namespace] };
  },
};

import {
  parseAllocationName,
  parseChangeId,
  parseModelName,
  parsePlanId,
} from '../../shared/domain/ids.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { Plan } from '../../shared/domain/change.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import { namespaceIn } from './caller.ts';
import type { Directory } from './records.ts';

type Core = Pick<CoordinatorCore, 'allocations' | 'model' | 'models' | 'keptPlan' | 'change'>;

/** What calls name, looked up in the core. */
export function coreDirectory(core: Core): Directory {
  return {
    model: (name) => {
      const parsed = parseModelName(name);
      const view = parsed.ok ? core.model(parsed.value) : undefined;
      return view && { namespace: namespaceIn(view.spec.labels), etag: view.etag };
    },
    allocation: (name) => {
      const parsed = parseAllocationName(name);
      const view = parsed.ok ? core.allocations.get(parsed.value) : undefined;
      return view && { namespace: namespaceIn(view.spec.labels) };
    },
    modelOfReplica: (replica) =>
      core
        .models()
        .find((model) => model.replicas.some(({ claim }) => replicaOf(claim) === replica))?.spec
        .name,
    modelsOfPlan: (id) => {
      const parsed = parsePlanId(id);
      const plan = parsed.ok ? core.keptPlan(parsed.value) : undefined;
      return plan && modelsIn(plan);
    },
    modelsOfChange: (id) => {
      const parsed = parseChangeId(id);
      const change = parsed.ok ? core.change(parsed.value)?.change : undefined;
      if (change === undefined) return undefined;
      const declared = change.model === null ? [] : [change.model];
      return [...new Set([...declared, ...modelsIn(change.plan)])];
    },
  };
}

/** Every model that a plan begins something of, or interrupts. What it ends beside those it replaces at once. */
function modelsIn(plan: Plan): readonly string[] {
  const begun = plan.begins.flatMap(({ holder }) =>
    holder.kind === 'replica' ? [holder.model] : [],
  );
  const interrupted = plan.price.interruptions.map(({ model }) => model);
  return [...new Set<string>([...begun, ...interrupted])];
}

function replicaOf({ holder }: Claim): string | null {
  return holder.kind === 'replica' ? holder.replica : null;
}

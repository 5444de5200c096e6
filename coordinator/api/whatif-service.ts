import { parseCards } from '../../shared/domain/card.ts';
import { parseNodeName, type NodeName } from '../../shared/domain/ids.ts';
import { modelLimits } from '../../shared/domain/model.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { decodeModel } from '../../shared/wire/model-codec.ts';
import { problemError, unary } from '../../shared/wire/unary.ts';
import type { TryAddNodesRequest__Output } from '../../shared/wire/generated/tangram/v1/TryAddNodesRequest.ts';
import type { WhatIfServiceHandlers } from '../../shared/wire/generated/tangram/v1/WhatIfService.ts';
import type { CoordinatorCore } from '../fleet/core.ts';
import { makeNode } from '../scenario/made-node.ts';
import { perCard } from '../scenario/read-nodes.ts';
import { decodeBudget } from './budget-codec.ts';
import { nodeNameIn } from './names.ts';
import { gpuNames } from './plan-codec.ts';
import { encodeThought, encodeTried } from './whatif-codec.ts';

interface WhatIfDeps {
  readonly core: CoordinatorCore;
  readonly onError: (error: unknown) => void;
}

const limits = { nodesMax: 1_000, cpuMillisMax: 1_024_000, labelsMax: 64 } as const;

/** The door for questions that change nothing. */
export function whatIfHandlers({ core, onError }: WhatIfDeps): WhatIfServiceHandlers {
  return {
    TryAddNodes: unary(async (request) => {
      const nodes = thoughtNodes(request, (name) => core.node(name) !== undefined);
      return { cluster: encodeThought(await core.tryNodes(nodes)) };
    }, onError),
    TryRemoveNode: unary(
      async ({ node }) => ({ cluster: encodeThought(await core.tryWithout(nodeNameIn(node))) }),
      onError,
    ),
    TryModel: unary(async ({ model, budget }) => {
      if (model === null) {
        throw new AppError('REQUEST_INVALID', 'model: is missing', { hint: 'send a model' });
      }
      const spec = decodeModel(model);
      if (!spec.ok) throw problemError(spec.problem);
      return encodeTried(await core.tryModel(spec.value, decodeBudget(budget)), gpuNames(core));
    }, onError),
  };
}

/** The nodes of a request, under names that no node has. Throws REQUEST_INVALID. */
function thoughtNodes(
  request: TryAddNodesRequest__Output,
  isTaken: (name: NodeName) => boolean,
): readonly PlacementNode[] {
  const cards = parseCards(request.cards);
  if (!cards.ok) throw problemError({ ...cards.problem, path: 'cards' });
  const count = wholeIn('count', request.count === 0 ? 1 : request.count, limits.nodesMax);
  const [cpuGiven, memoryGiven] = [
    wholeIn('cpu_millis', request.cpuMillis, limits.cpuMillisMax),
    wholeIn('memory_mib', Number(request.memoryMib), modelLimits.memoryMibMax),
  ];
  if (Object.keys(request.labels).length > limits.labelsMax) {
    throw new AppError('REQUEST_INVALID', 'labels: there are too many', {
      hint: `at most ${limits.labelsMax}`,
    });
  }
  const nodes: PlacementNode[] = [];
  for (let number = 1; nodes.length < count; number += 1) {
    const name = parseNodeName(`added-${number}`);
    if (!name.ok || isTaken(name.value)) continue;
    nodes.push(
      makeNode({
        name: name.value,
        cards: cards.value,
        cpuMillis: cpuGiven === 0 ? perCard.cpuMillis * cards.value.length : cpuGiven,
        memoryMib: memoryGiven === 0 ? perCard.memoryMib * cards.value.length : memoryGiven,
        labels: request.labels,
        authority: 'cut',
        mpsOffered: true,
      }),
    );
  }
  return nodes;
}

function wholeIn(path: string, value: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new AppError('REQUEST_INVALID', `${path}: ${value} is out of range`, {
    hint: `a whole number, at most ${most}`,
  });
}

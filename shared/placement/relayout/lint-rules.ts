import { isCardNamed } from '../../domain/card.ts';
import type { Claim } from '../../domain/claim.ts';
import { isolationSatisfies } from '../../domain/gpu.ts';
import type { ModelName, NodeName } from '../../domain/ids.ts';
import type { ModelSpec } from '../../domain/model.ts';
import { sliceIsolation } from '../../domain/slice.ts';
import type { PlacementNode } from '../engine.ts';

/** What a claim's replica runs; null: not known, so its model's rules are not checked. */
export type SpecOf = (claim: Claim) => ModelSpec | null;

type StateCode = 'spread' | 'anti-affinity';
type PlaceCode = 'label' | 'card-model' | 'too-small' | 'isolation';

/** What models ask of their neighbours, over all replicas that serve: `maxPerNode` and `antiAffinity`. */
export function lintState(
  world: { readonly claims: readonly Claim[] },
  specOf: SpecOf,
): readonly { readonly code: StateCode; readonly message: string }[] {
  const byNode = new Map<NodeName, Map<ModelName, { count: number; spec: ModelSpec | null }>>();
  for (const claim of world.claims) {
    if (claim.holder.kind !== 'replica' || claim.state !== 'held') continue;
    const models =
      byNode.get(claim.node) ?? new Map<ModelName, { count: number; spec: ModelSpec | null }>();
    const { model } = claim.holder;
    models.set(model, { count: (models.get(model)?.count ?? 0) + 1, spec: specOf(claim) });
    byNode.set(claim.node, models);
  }
  const problems: { code: StateCode; message: string }[] = [];
  for (const [node, models] of byNode) {
    for (const [model, { count, spec }] of models) {
      const most = spec?.placement.maxPerNode ?? 0;
      if (most > 0 && count > most) {
        problems.push({
          code: 'spread',
          message: `${node} has ${count} replicas of ${model}, at most ${most}`,
        });
      }
      for (const other of spec?.placement.antiAffinity ?? []) {
        if (!models.has(other)) continue;
        problems.push({ code: 'anti-affinity', message: `${node} has ${model} beside ${other}` });
      }
    }
  }
  return problems;
}

/** What a model asks of the place of a new replica. */
export function lintNewPlace(
  claim: Claim,
  { inventory }: PlacementNode,
  spec: ModelSpec | null,
): readonly (readonly [PlaceCode, string])[] {
  if (spec === null) return [];
  const problems: [PlaceCode, string][] = [];
  for (const [label, value] of Object.entries(spec.placement.constraints)) {
    if (inventory.labels[label] === value) continue;
    problems.push([
      'label',
      `${claim.id} wants ${label}=${value}, ${inventory.node} has none such`,
    ]);
  }
  const need = spec.gpu;
  const count = need?.count ?? 0;
  if (claim.slices.length !== count) {
    problems.push(['too-small', `${claim.id} has ${claim.slices.length} slices of ${count}`]);
  }
  if (need === null) return problems;
  for (const { gpu: uuid, shape } of claim.slices) {
    const gpu = inventory.gpus.find((each) => each.uuid === uuid);
    const product = gpu?.productName ?? '';
    if (need.models.length > 0 && !need.models.some((each) => isCardNamed(product, each))) {
      problems.push(['card-model', `${claim.id} is on ${product}`]);
    }
    if (shape.memoryMib < need.memoryMib) {
      problems.push([
        'too-small',
        `${claim.id} needs ${need.memoryMib}MiB and gets ${shape.memoryMib}MiB`,
      ]);
    }
    const isolation = need.count > 1 ? 'whole' : need.isolation;
    if (!isolationSatisfies(sliceIsolation(shape.kind), isolation)) {
      problems.push(['isolation', `${claim.id} needs ${isolation} and gets ${shape.kind}`]);
    }
  }
  return problems;
}

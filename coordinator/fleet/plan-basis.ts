import type { Plan } from '../../shared/domain/change.ts';
import type { ClaimId, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { GpuInventory } from '../../shared/domain/inventory.ts';
import { storeKeys } from '../store/values.ts';
import type { World } from './world.ts';

/** What a plan rests on, each with the text that it must still have. */
export type Basis = Readonly<Record<string, string>>;

/**
 * Everything that `plan` names: the models of its replicas, the claims that it ends, its nodes, and its cards with who
 * is on them. Not the world: what happens elsewhere does not make it stale. `begun`: claims of the plan itself that the
 * world has already.
 */
export function basisOf(
  world: World,
  plan: Plan,
  models: readonly ModelName[],
  begun: ReadonlySet<ClaimId> = new Set(),
): Basis {
  const basis: Record<string, string> = {};
  for (const key of touchedKeys(plan, models)) basis[key] = textOf(world, key, begun);
  return basis;
}

/** One sentence for each thing that is no longer as it was when the plan was made. */
export function movedSince(world: World, basis: Basis): readonly string[] {
  return Object.entries(basis).flatMap(([key, was]) => {
    const is = textOf(world, key);
    return is === was ? [] : [sentence(world, key, { was, is })];
  });
}

function touchedKeys(plan: Plan, models: readonly ModelName[]): readonly string[] {
  const keys = new Set(models.map((model) => storeKeys.model(model)));
  for (const { holder } of plan.begins) {
    if (holder.kind === 'replica') keys.add(storeKeys.model(holder.model));
  }
  for (const id of plan.ends) keys.add(storeKeys.claim(id));
  for (const { steps } of plan.stages) {
    for (const step of steps) {
      keys.add(storeKeys.node(step.node));
      if ('gpu' in step) keys.add(cardKey(step.node, step.gpu));
    }
  }
  return [...keys].sort();
}

function cardKey(node: string, gpu: string): string {
  return `cards/${node}/${gpu}`;
}

/** Deterministic, and short: a revision, or the facts that the plan rests on. */
function textOf(world: World, key: string, begun: ReadonlySet<ClaimId> = new Set()): string {
  const [kind = '', name = '', gpu = ''] = key.split('/');
  switch (kind) {
    case 'models':
      return (world.ledger.models.get(key)?.revision ?? 0n).toString();
    case 'claims':
      return (world.ledger.claims.get(key)?.revision ?? 0n).toString();
    case 'nodes':
      return nodeText(world, name);
    default:
      return cardText(world, { node: name as NodeName, uuid: gpu, begun });
  }
}

function nodeText(world: World, name: string): string {
  const live = world.registry.get(name as NodeName);
  return live === undefined ? 'unknown' : world.availability(live).kind;
}

function cardText(
  world: World,
  of: { readonly node: NodeName; readonly uuid: string; readonly begun: ReadonlySet<ClaimId> },
): string {
  const { node, uuid, begun } = of;
  const gpu = world.registry.get(node)?.inventory?.gpus.find((each) => each.uuid === uuid);
  if (gpu === undefined) return 'gone';
  const claims = world
    .claimsOnNode(node)
    .map(({ claim }) => claim)
    .filter(({ id, slices }) => !begun.has(id) && slices.some((slice) => slice.gpu === uuid))
    .map((claim) => claim.id);
  return [
    `health ${gpu.health.state}`,
    `authority ${gpu.authority}`,
    `MIG ${gpu.migEnabled === null ? 'none' : gpu.migEnabled ? 'on' : 'off'}`,
    `${strangersAre}${strangersOn(world, node, gpu).join(' ') || 'none'}`,
    `held by ${claims.toSorted().join(' ') || 'nobody'}`,
  ].join(', ');
}

/**
 * MIG instances that neither carry a slice of ours nor stand where a claim has its place: only somebody else makes or
 * removes them. One of ours that has just been made carries no slice for a moment.
 */
export function strangersOn(world: World, node: NodeName, gpu: GpuInventory): readonly string[] {
  const ours = new Set(
    world
      .claimsOnNode(node)
      .flatMap(({ claim }) => claim.slices)
      .flatMap(({ gpu: card, shape }) =>
        card === gpu.uuid && shape.kind === 'mig' ? [`${shape.giProfileId}@${shape.start}`] : [],
      ),
  );
  return gpu.instances
    .filter(
      ({ slice, giProfileId, start }) => slice === null && !ours.has(`${giProfileId}@${start}`),
    )
    .map((instance) => `${instance.profile}@${instance.start}`)
    .toSorted();
}

/** What of `strangers` was not there yet when the basis was made. */
export function newStrangers(
  basis: Basis,
  card: { readonly node: NodeName; readonly gpu: string },
  strangers: readonly string[],
): readonly string[] {
  const text = basis[cardKey(card.node, card.gpu)];
  if (text === undefined) return [];
  const known = text.split(', ').find((part) => part.startsWith(strangersAre)) ?? '';
  const before = known.slice(strangersAre.length).split(' ');
  return strangers.filter((each) => !before.includes(each));
}

const strangersAre = 'instances of others ';

function sentence(
  world: World,
  key: string,
  { was, is }: { readonly was: string; readonly is: string },
): string {
  const [kind = '', name = '', gpu = ''] = key.split('/');
  if (kind === 'models' || kind === 'claims') {
    const what = kind === 'models' ? 'model' : 'replica';
    if (is === '0') return `the ${what} ${name} is gone`;
    return was === '0' ? `the ${what} ${name} exists now` : `the ${what} ${name} has changed`;
  }
  if (kind === 'nodes') return `node ${name} was ${was} and is ${is}`;
  const parts = is.split(', ').filter((part) => !was.split(', ').includes(part));
  return `${cardName(world, name as NodeName, gpu)} is now: ${parts.join(', ')}`;
}

/** For people: `GPU0 of node-a`; a card that is not there now keeps its UUID. */
export function cardName(world: World, node: NodeName, uuid: string): string {
  const gpus = world.registry.get(node)?.inventory?.gpus ?? [];
  const index = gpus.find((gpu) => gpu.uuid === uuid)?.index;
  return `${index === undefined ? uuid : `GPU${index}`} of ${node}`;
}

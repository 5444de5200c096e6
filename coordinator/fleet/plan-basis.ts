import type { Plan } from '../../shared/domain/change.ts';
import type { GpuUuid, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { GpuInventory } from '../../shared/domain/inventory.ts';
import { storeKeys } from '../store/values.ts';
import type { World } from './world.ts';

/** What a plan rests on, each with the text that it must still have. */
export type Basis = Readonly<Record<string, string>>;

/**
 * Everything that `plan` names: the models of its replicas, the claims that it ends, its nodes, and its cards with who
 * is on them. Not the world: what happens elsewhere does not make it stale.
 */
export function basisOf(world: World, plan: Plan, models: readonly ModelName[]): Basis {
  const basis: Record<string, string> = {};
  for (const key of touchedKeys(plan, models)) basis[key] = textOf(world, key);
  return basis;
}

/** One sentence for each thing that is no longer as it was when the plan was made. */
export function movedSince(world: World, basis: Basis): readonly string[] {
  return Object.entries(basis).flatMap(([key, was]) => {
    const is = textOf(world, key);
    return is === was ? [] : [sentence(key, was, is)];
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
function textOf(world: World, key: string): string {
  const [kind = '', name = '', gpu = ''] = key.split('/');
  switch (kind) {
    case 'models':
      return (world.ledger.models.get(key)?.revision ?? 0n).toString();
    case 'claims':
      return (world.ledger.claims.get(key)?.revision ?? 0n).toString();
    case 'nodes':
      return nodeText(world, name);
    default:
      return cardText(world, name, gpu);
  }
}

function nodeText(world: World, name: string): string {
  const live = world.registry.get(name as NodeName);
  return live === undefined ? 'unknown' : world.availability(live).kind;
}

function cardText(world: World, name: string, uuid: string): string {
  const node = name as NodeName;
  const gpu = world.registry.get(node)?.inventory?.gpus.find((each) => each.uuid === uuid);
  if (gpu === undefined) return 'gone';
  const claims = world
    .claimsOnNode(node)
    .map(({ claim }) => claim)
    .filter((claim) => claim.slices.some((slice) => slice.gpu === uuid))
    .map((claim) => claim.id);
  return [
    `health ${gpu.health.state}`,
    `authority ${gpu.authority}`,
    `MIG ${gpu.migEnabled === null ? 'none' : gpu.migEnabled ? 'on' : 'off'}`,
    `instances of others ${strangersOn(gpu)}`,
    `held by ${claims.toSorted().join(' ') || 'nobody'}`,
  ].join(', ');
}

/** MIG instances that are nobody's slice: only somebody else makes or removes them. */
export function strangersOn(gpu: GpuInventory): string {
  const places = gpu.instances
    .filter((instance) => instance.slice === null)
    .map((instance) => `${instance.profile}@${instance.start}`);
  return places.toSorted().join(' ') || 'none';
}

function sentence(key: string, was: string, is: string): string {
  const [kind = '', name = '', gpu = ''] = key.split('/');
  if (kind === 'models' || kind === 'claims') {
    const what = kind === 'models' ? 'model' : 'replica';
    if (is === '0') return `the ${what} ${name} is gone`;
    return was === '0' ? `the ${what} ${name} exists now` : `the ${what} ${name} has changed`;
  }
  if (kind === 'nodes') return `node ${name} was ${was} and is ${is}`;
  const parts = is.split(', ').filter((part) => !was.split(', ').includes(part));
  return `card ${gpu as GpuUuid} of ${name} is now: ${parts.join(', ')}`;
}

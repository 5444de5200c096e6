import { unreachable } from '../../../shared/domain/assert.ts';
import type { SimState } from '../nvidia-smi/state.ts';
import type { GpuView, MigDeviceView } from '../nvidia-smi/view.ts';

/** Each card has so many numbers for its instances, and as many for its compute instances. */
const instancesPerGpu = 8;

/** What DCGM counts values for. The numbers are DCGM's own, not NVML's. */
export type Entity =
  | { readonly kind: 'GPU'; readonly id: number; readonly view: GpuView }
  | {
      readonly kind: 'GPU-I';
      readonly id: number;
      readonly view: GpuView;
      readonly gpuInstanceId: number;
    }
  | {
      readonly kind: 'GPU-CI';
      readonly id: number;
      readonly view: GpuView;
      readonly gpuInstanceId: number;
      readonly device: MigDeviceView;
    };

/** Every entity, each card followed by its instances, each instance by its compute instances. */
export function entitiesOf(state: SimState, views: readonly GpuView[]): readonly Entity[] {
  return views.flatMap((view) => {
    const instances = [...(state.gpus[view.index]?.instances ?? [])].sort((a, b) => a.id - b.id);
    let computeRank = 0;
    return [
      { kind: 'GPU', id: view.index, view } as const,
      ...instances.flatMap((instance, rank): Entity[] => {
        const first = view.index * instancesPerGpu;
        const devices = view.devices.filter((device) => device.gpuInstanceId === instance.id);
        return [
          { kind: 'GPU-I', id: first + rank, view, gpuInstanceId: instance.id },
          ...devices.map((device): Entity => {
            const id = first + computeRank;
            computeRank += 1;
            return { kind: 'GPU-CI', id, view, gpuInstanceId: instance.id, device };
          }),
        ];
      }),
    ];
  });
}

/** `GPU-I 3`, as the rows of `dmon` begin. */
export function entityName(entity: Entity): string {
  return `${entity.kind} ${entity.id}`;
}

/**
 * The entities that `-i` names: `0`, `gpu:0`, `instance:3`, `compute_instance:2`, or a place in the hierarchy
 * such as `0/1` and `0/1/0`. A string is the word that names none.
 */
export function entitiesNamed(all: readonly Entity[], text: string): readonly Entity[] | string {
  const found: Entity[] = [];
  for (const word of text.split(',').map((each) => each.trim())) {
    const entity = all.find((each) => isNamed(each, word));
    if (entity === undefined) return word;
    found.push(entity);
  }
  // They are printed in the order of the hierarchy, however they were asked for.
  return all.filter((entity) => found.includes(entity));
}

function isNamed(entity: Entity, word: string): boolean {
  switch (entity.kind) {
    case 'GPU':
      return [`${entity.id}`, `gpu:${entity.id}`].includes(word);
    case 'GPU-I':
      return [
        `i:${entity.id}`,
        `instance:${entity.id}`,
        `${entity.view.index}/${entity.gpuInstanceId}`,
      ].includes(word);
    case 'GPU-CI':
      return [
        `ci:${entity.id}`,
        `compute_instance:${entity.id}`,
        `${entity.view.index}/${entity.gpuInstanceId}/${entity.device.computeInstance.id}`,
      ].includes(word);
    default:
      return unreachable(entity);
  }
}

/** The entities of a group: the two that always exist, and the words for all of a kind. */
export function entitiesInGroup(
  all: readonly Entity[],
  group: string,
): readonly Entity[] | undefined {
  switch (group) {
    case '0':
    case 'all_gpus':
      return all.filter(({ kind }) => kind === 'GPU');
    case '1':
    case 'all_nvswitches':
      return [];
    case 'all_instances':
      return all.filter(({ kind }) => kind === 'GPU-I');
    case 'all_compute_instances':
      return all.filter(({ kind }) => kind === 'GPU-CI');
    case 'all_entities':
      return all;
    default:
      return undefined;
  }
}

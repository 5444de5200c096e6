import { unreachable } from '../../../shared/domain/assert.ts';
import { geometryOf, type Card } from '../../../shared/domain/card.ts';
import {
  freeStarts,
  type MigGeometry,
  type MigPlacement,
  type MigProfile,
} from '../../../shared/domain/mig-profile.ts';
import type { FaultDesk } from '../faults/fault-desk.ts';
import { id2, nvmlErrors, type NvmlError } from './dialect.ts';
import {
  chooseComputeStart,
  chooseStart,
  ciProfiles,
  gpuInstanceId,
  type CiProfile,
} from './driver-choice.ts';
import type { Change, Reply } from './reply.ts';
import { cardOf, migUuid, withGpu, type GpuInstance, type SimGpu, type SimState } from './state.ts';

/** What lists. */
export const migListings = ['lgip', 'lgipp', 'lgi', 'lcip', 'lcipp', 'lci'] as const;
/** What changes. */
export const migChanges = ['cgi', 'cci', 'dgi', 'dci'] as const;
export type MigListing = (typeof migListings)[number];
export type MigChange = (typeof migChanges)[number];

export interface MigCommand {
  readonly action:
    | { readonly kind: 'list'; readonly listing: MigListing }
    | { readonly kind: 'change'; readonly change: MigChange };
  readonly selection: readonly string[] | undefined;
  readonly gpuInstances: readonly number[] | undefined;
  readonly computeInstances: readonly number[] | undefined;
  /** `-C` */
  readonly withDefault: boolean;
  /** `9`, `3g.20gb:4`, …; empty for `-cci` alone. */
  readonly tuples: readonly string[];
}

/** Who holds what: found in `/proc`, asked before anything is destroyed. */
export interface Users {
  onGpu(gpuIndex: number): boolean;
  onInstance(gpuIndex: number, gpuInstanceId: number, computeInstanceId?: number): boolean;
}

/** What may be in the way of a change. */
export interface Trouble {
  readonly users: Users;
  readonly desk: FaultDesk;
}

export const noneEnabled: Reply = { lines: ['No MIG-enabled devices found.'], exitCode: 6 };
export const noGpuInstances: Reply = {
  lines: ['No GPU instances found: Not Found'],
  exitCode: nvmlErrors['Not Found'],
};
export const noComputeInstances: Reply = {
  lines: ['No compute instances found: Not Found'],
  exitCode: nvmlErrors['Not Found'],
};

export function layoutOf(gpu: SimGpu): readonly MigPlacement[] {
  return gpu.instances.map(({ giProfileId, start }) => ({ giProfileId, start }));
}

/** A card that can be cut, with how. */
export interface CutCard {
  readonly index: number;
  readonly gpu: SimGpu;
  readonly card: Card;
  readonly geometry: MigGeometry;
}

export function cutCard(state: SimState, index: number): CutCard | undefined {
  const gpu = state.gpus[index];
  if (gpu === undefined) return undefined;
  const card = cardOf(gpu);
  const geometry = geometryOf(card);
  return geometry === null ? undefined : { index, gpu, card, geometry };
}

/** Carries out `-cgi`, `-cci`, `-dgi` or `-dci` on the selected cards. Nothing is rolled back: the tool does not. */
export function changeMig(
  state: SimState,
  gpus: readonly number[],
  asked: { readonly change: MigChange; readonly command: MigCommand },
  trouble: Trouble,
): Change {
  const { change, command } = asked;
  const enabled = gpus.filter((index) => state.gpus[index]?.migCurrent === true);
  if (enabled.length === 0) return { state, ...noneEnabled };
  switch (change) {
    case 'cgi':
      return createGpuInstances(state, enabled, command, trouble);
    case 'cci':
      return createComputeInstances(state, enabled, command);
    case 'dgi':
      return destroyGpuInstances(state, enabled, command, trouble);
    case 'dci':
      return destroyComputeInstances(state, enabled, command, trouble);
    default:
      return unreachable(change);
  }
}

// oxlint-disable-next-line max-params -- the four things every change is made of
function createGpuInstances(
  state: SimState,
  gpus: readonly number[],
  command: MigCommand,
  { desk }: Trouble,
): Change {
  const lines: string[] = [];
  let now = state;
  for (const index of gpus) {
    for (const tuple of command.tuples) {
      const made = createOne(now, index, tuple, desk);
      if (typeof made === 'string') {
        return failed(now, lines, made, {
          what: `Unable to create a GPU instance on GPU ${id2(index)} using profile ${tuple}`,
          summary: 'Failed to create GPU instances',
        });
      }
      now = withGpu(now, index, made.gpu);
      lines.push(
        `Successfully created GPU instance ID ${id2(made.id)} on GPU ${id2(index)} using profile ` +
          `MIG ${made.profile.name} (ID ${id2(made.profile.giProfileId)})`,
      );
      if (!command.withDefault) continue;
      const whole = ciProfiles(made.geometry, made.profile).find((each) => each.isDefault);
      const inner = whole && createInside(now, index, made.id, whole);
      if (inner === undefined) continue; // A new instance always has room for its default one.
      now = inner.state;
      lines.push(inner.line);
    }
  }
  return { state: now, lines, exitCode: 0 };
}

// oxlint-disable-next-line max-params -- where, what, and what may be in the way
function createOne(state: SimState, index: number, tuple: string, desk: FaultDesk) {
  const found = cutCard(state, index);
  if (found === undefined) return 'Not Supported' as const;
  const { gpu, card, geometry } = found;
  const [name = '', startText] = tuple.split(':', 2);
  const profile = profileNamed(geometry, name);
  if (profile === undefined) return 'Invalid Argument' as const;
  if (desk.strikesCard('in-use', index)) return 'In use by another client' as const;
  if (desk.strikesProfile('fail-create', profile)) return 'Unknown Error' as const;
  const layout = layoutOf(gpu);
  let start: number | undefined;
  if (startText === undefined) start = chooseStart(geometry, layout, profile);
  else {
    const wanted = Number(startText);
    if (!/^\d+$/.test(startText) || !profile.placementStarts.includes(wanted)) {
      return 'Invalid Argument' as const;
    }
    // An occupied placement is refused as INSUFFICIENT_RESOURCES too.
    start = freeStarts(geometry, layout, profile.giProfileId).includes(wanted) ? wanted : undefined;
  }
  if (start === undefined) return 'Insufficient Resources' as const;
  const id = gpuInstanceId(geometry, profile, start);
  const instance: GpuInstance = {
    id,
    giProfileId: profile.giProfileId,
    start,
    computeInstances: [],
  };
  return { id, profile, card, geometry, gpu: { ...gpu, instances: [...gpu.instances, instance] } };
}

/** By id, short name or full name: `9`, `3g.20gb`, `MIG 3g.20gb`. */
function profileNamed(geometry: MigGeometry, text: string): MigProfile | undefined {
  const name = text.trim().replace(/^MIG /i, '');
  if (/^\d+$/.test(name)) {
    return geometry.profiles.find((profile) => profile.giProfileId === Number(name));
  }
  return geometry.profiles.find((profile) => profile.name === name);
}

function createInside(state: SimState, index: number, giId: number, wanted: CiProfile) {
  const found = cutCard(state, index);
  const instance = found?.gpu.instances.find((each) => each.id === giId);
  const profile = found?.geometry.profiles.find(
    (each) => each.giProfileId === instance?.giProfileId,
  );
  if (found === undefined || instance === undefined || profile === undefined) return undefined;
  const start = chooseComputeStart(profile, instance, wanted.slices);
  if (start === undefined) return undefined;
  const taken = instance.computeInstances.map((each) => each.id);
  let id = 0;
  while (taken.includes(id)) id += 1;
  const { gpu } = found;
  const made = {
    id,
    ciProfileId: wanted.id,
    slices: wanted.slices,
    start,
    uuid: migUuid(state.seed, index, [giId, id, gpu.incarnations]),
  };
  const instances = gpu.instances.map((each) =>
    each.id === giId ? { ...each, computeInstances: [...each.computeInstances, made] } : each,
  );
  const line =
    `Successfully created compute instance ID ${id2(id)} on GPU ${id2(index)} GPU instance ID ` +
    `${id2(giId)} using profile MIG ${wanted.name} (ID ${id2(wanted.id)})`;
  const next = { ...gpu, instances, incarnations: gpu.incarnations + 1 };
  return { state: withGpu(state, index, next), line };
}

function createComputeInstances(
  state: SimState,
  gpus: readonly number[],
  command: MigCommand,
): Change {
  const lines: string[] = [];
  let now = state;
  const inside = instancesIn(state, gpus, command.gpuInstances);
  if (inside.length === 0) return { state, ...noGpuInstances };
  for (const { index, instance } of inside) {
    const found = cutCard(state, index);
    const profile = found?.geometry.profiles.find(
      (each) => each.giProfileId === instance.giProfileId,
    );
    if (found === undefined || profile === undefined) continue;
    const offered = ciProfiles(found.geometry, profile);
    for (const tuple of command.tuples.length === 0 ? ['*'] : command.tuples) {
      const name = (tuple.split(':', 1)[0] ?? '').replace(/^MIG /i, '');
      const wanted = offered.find((each) =>
        tuple === '*' ? each.isDefault : String(each.id) === name || each.name === name,
      );
      const made = wanted && createInside(now, index, instance.id, wanted);
      if (made === undefined) {
        const where = `on GPU ${id2(index)} GPU instance ID ${id2(instance.id)}`;
        return failed(now, lines, wanted ? 'Insufficient Resources' : 'Invalid Argument', {
          what:
            tuple === '*'
              ? `Unable to create a default compute instance ${where}`
              : `Unable to create a compute instance ${where} using profile ${tuple}`,
          summary: 'Failed to create compute instances',
        });
      }
      now = made.state;
      lines.push(made.line);
    }
  }
  return { state: now, lines, exitCode: 0 };
}

function destroyGpuInstances(
  state: SimState,
  gpus: readonly number[],
  command: MigCommand,
  { users, desk }: Trouble,
): Change {
  const lines: string[] = [];
  let now = state;
  const doomed = instancesIn(state, gpus, command.gpuInstances);
  if (doomed.length === 0) return { state, ...noGpuInstances };
  for (const { index, instance } of doomed) {
    const profile = cutCard(state, index)?.geometry.profiles.find(
      (each) => each.giProfileId === instance.giProfileId,
    );
    if (
      instance.computeInstances.length > 0 ||
      users.onInstance(index, instance.id) ||
      // An idle instance may be busy for the driver: tried again, it goes.
      (profile !== undefined && desk.strikesProfile('fail-destroy', profile))
    ) {
      return failed(now, lines, 'In use by another client', {
        what: `Unable to destroy GPU instance ID ${id2(instance.id)} from GPU ${id2(index)}`,
        summary: 'Failed to destroy GPU instances',
      });
    }
    now = withInstances(now, index, (all) => all.filter((each) => each.id !== instance.id));
    lines.push(`Successfully destroyed GPU instance ID ${id2(instance.id)} from GPU ${id2(index)}`);
  }
  return { state: now, lines, exitCode: 0 };
}

function destroyComputeInstances(
  state: SimState,
  gpus: readonly number[],
  command: MigCommand,
  { users }: Trouble,
): Change {
  const lines: string[] = [];
  let now = state;
  const inside = instancesIn(state, gpus, command.gpuInstances);
  const doomed = inside.flatMap(({ index, instance }) =>
    instance.computeInstances
      .filter((each) => command.computeInstances?.includes(each.id) ?? true)
      .map((each) => ({ index, giId: instance.id, ciId: each.id })),
  );
  if (doomed.length === 0) return { state, ...noComputeInstances };
  for (const { index, giId, ciId } of doomed) {
    const where = `compute instance ID ${id2(ciId)} from GPU ${id2(index)} GPU instance ID ${id2(giId)}`;
    if (users.onInstance(index, giId, ciId)) {
      return failed(now, lines, 'In use by another client', {
        what: `Unable to destroy ${where}`,
        summary: 'Failed to destroy compute instances',
      });
    }
    now = withInstances(now, index, (all) =>
      all.map((each) =>
        each.id === giId
          ? { ...each, computeInstances: each.computeInstances.filter((ci) => ci.id !== ciId) }
          : each,
      ),
    );
    lines.push(`Successfully destroyed ${where}`);
  }
  return { state: now, lines, exitCode: 0 };
}

function withInstances(
  state: SimState,
  index: number,
  change: (all: readonly GpuInstance[]) => readonly GpuInstance[],
): SimState {
  const gpu = state.gpus[index];
  return gpu === undefined
    ? state
    : withGpu(state, index, { ...gpu, instances: change(gpu.instances) });
}

function instancesIn(
  state: SimState,
  gpus: readonly number[],
  wanted: readonly number[] | undefined,
): readonly { readonly index: number; readonly instance: GpuInstance }[] {
  return gpus.flatMap((index) =>
    (state.gpus[index]?.instances ?? [])
      .filter((instance) => wanted?.includes(instance.id) ?? true)
      .sort((a, b) => a.id - b.id)
      .map((instance) => ({ index, instance })),
  );
}

function failed(
  state: SimState,
  lines: readonly string[],
  error: NvmlError,
  said: { readonly what: string; readonly summary: string },
): Change {
  return {
    state,
    lines: [...lines, `${said.what}: ${error}`, `${said.summary}: ${error}`],
    exitCode: nvmlErrors[error],
  };
}

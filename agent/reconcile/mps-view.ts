import type { SliceId } from '../../shared/domain/ids.ts';
import type { Holder } from '../attribution/holder.ts';
import type { GpuActual, MpsFault, MpsRecovery } from '../observe/world.ts';
import { mpsClientsMax } from './mps-clients.ts';
import { clientLimits, type ClientLimits } from './mps-plan.ts';
import { bindingsOn, type AllocationUse, type PlanInput } from './plan-input.ts';

/** A process that uses a card through its daemon. */
interface ClientView {
  readonly pid: number;
  readonly uid: number | null;
  /** null: none serves it. */
  readonly server: number | null;
  /** null: nobody of this node. */
  readonly holder: Holder | null;
}

interface ShareView {
  readonly slice: SliceId;
  /** null: nobody is to run on it. */
  readonly holder: Holder | null;
  readonly promised: ClientLimits;
  readonly processes: number;
  readonly perClient: ClientLimits;
}

/** One card with its daemon, as the last round saw it. */
export interface MpsCardView {
  readonly gpu: GpuActual;
  /** null: this node is configured without MPS. */
  readonly pipeDirectory: string | null;
  readonly modeBefore: string | null;
  /** As the daemon that answers was told. */
  readonly limits: ClientLimits | null;
  readonly clientsMax: number;
  readonly clients: readonly ClientView[];
  readonly waiting: readonly ClientView[];
  readonly fault: MpsFault | null;
  readonly recovery: MpsRecovery | null;
  readonly shares: readonly ShareView[];
}

/** Pure: what is told of the daemons; cards in the order of their indices. */
export function mpsViews(input: PlanInput): readonly MpsCardView[] {
  return [...input.world.gpus]
    .sort((a, b) => a.inventory.index - b.inventory.index)
    .map((gpu) => cardView(input, gpu));
}

function cardView(input: PlanInput, gpu: GpuActual): MpsCardView {
  const { uuid, mps } = gpu;
  const told = input.mpsDefaults.find(
    (each) => each.gpu === uuid && each.incarnation === mps.incarnation,
  );
  return {
    gpu,
    pipeDirectory: input.mpsPipes.get(uuid) ?? null,
    modeBefore: input.computeModes.find((each) => each.gpu === uuid)?.modeBefore ?? null,
    limits: told === undefined ? null : { smPercent: told.smPercent, memoryMib: told.memoryMib },
    clientsMax: mpsClientsMax(gpu.inventory.productName, input.world.inventory.driverVersion),
    clients: mps.servers.flatMap((server) =>
      server.clients.map((client) => ({
        ...client,
        server: server.pid,
        holder: holderOf(input, client.pid),
      })),
    ),
    waiting: mps.waiting.map((client) => ({
      ...client,
      server: null,
      holder: holderOf(input, client.pid),
    })),
    fault: mps.fault,
    recovery: input.mpsRecoveries.find((each) => each.gpu === uuid) ?? null,
    shares: sharesOn(input, gpu),
  };
}

function holderOf({ world, allocations }: PlanInput, pid: number): Holder | null {
  const run = world.running.find((each) => each.pids.includes(pid));
  if (run !== undefined) return { kind: 'replica', replica: run.replica, model: run.model };
  const mark = world.marked?.find((each) => each.pid === pid)?.value;
  return allocationHolder(allocations.find(({ target }) => target.allocation === mark));
}

function allocationHolder(use: AllocationUse | undefined): Holder | null {
  return use === undefined ? null : { kind: 'allocation', allocation: use.target.allocation };
}

function sharesOn(input: PlanInput, gpu: GpuActual): readonly ShareView[] {
  return bindingsOn(input, gpu.uuid).flatMap(({ slice: { id, shape } }): readonly ShareView[] => {
    if (shape.kind !== 'mps') return [];
    const run =
      input.wanted.map((each) => each.target).find((each) => each.slices.includes(id)) ??
      input.records.find((each) => each.slices.some((held) => held.id === id))?.target;
    const use = input.allocations.find(({ target }) => target.slices.includes(id));
    const processes = (run ?? use?.target)?.processes ?? 1;
    const { smPercent, memoryMib } = shape;
    return [
      {
        slice: id,
        holder:
          run === undefined
            ? allocationHolder(use)
            : { kind: 'replica', replica: run.replica, model: run.model },
        promised: { smPercent, memoryMib },
        processes,
        perClient: clientLimits(shape, processes),
      },
    ];
  });
}

import { cardByProductName } from '../../shared/domain/card.ts';
import type { GpuActual } from '../observe/world.ts';
import { bindingsOn, type PlanInput, type WantedReplica } from './plan-input.ts';

/** Cards before Volta (compute capability below 7.0) by name. The card table knows none of them. */
const preVolta =
  /\b(Tesla|Quadro) [KMP]\d|\bTITAN X|\bGTX (9|10)\d\d\b|\bP(4|40|100)\b|\bM(40|60)\b/;
/** The driver that brought CUDA 13.1. */
const driverWithSixty = 590;

/**
 * How many clients one server takes on a card: 16 before Volta, 48 after, 60 from CUDA 13.1. Sources: the manual page
 * nvidia-cuda-mps-control(1), MPS documentation of r590 (at CUDA_DEVICE_MAX_CONNECTIONS=2; a client that raises it counts more).
 */
export function mpsClientsMax(productName: string, driverVersion: string | null): number {
  if (cardByProductName(productName) === undefined && preVolta.test(productName)) return 16;
  const driver = Number(/^(\d{1,4})\./.exec(driverVersion ?? '')?.[1] ?? 0);
  return driver >= driverWithSixty ? 60 : 48;
}

/**
 * Why a replica is not started on cards that are shared already by as many clients as their server takes: the next
 * one would fail in its first CUDA call. null: there is room. Those before it in the target go first.
 */
export function clientsRefusal(
  input: PlanInput,
  { target }: WantedReplica,
  cards: readonly GpuActual[],
): string | null {
  for (const gpu of cards) {
    const sharers = sharersOf(input, gpu);
    const own = sharers.find((each) => each.replica === target.replica);
    if (own === undefined) continue;
    const max = mpsClientsMax(gpu.inventory.productName, input.world.inventory.driverVersion);
    const running = new Set(
      input.world.running.flatMap((each) => (each.state === 'running' ? [each.replica] : [])),
    );
    const before = sharers.slice(0, sharers.indexOf(own));
    const others = sharers.filter(
      (each) => each !== own && (running.has(each.replica) || before.includes(each)),
    );
    const strangers = foreignClients(input, gpu);
    const taken = others.reduce((sum, each) => sum + each.processes, strangers);
    if (taken + own.processes <= max) continue;
    return `the MPS server of ${gpu.uuid} takes ${max} clients: ${taken} are there or promised${strangers === 0 ? '' : ` (${strangers} of them not ours)`}, and ${target.replica} needs ${own.processes}`;
  }
  return null;
}

interface Sharer {
  readonly replica: WantedReplica['target']['replica'];
  readonly processes: number;
}

/** Those that run on shares of the card, or are to, in the order of the target. */
function sharersOf(input: PlanInput, gpu: GpuActual): readonly Sharer[] {
  const shares = new Set(
    bindingsOn(input, gpu.uuid)
      .filter((each) => each.slice.shape.kind === 'mps')
      .map((each) => each.slice.id),
  );
  const wanted = input.wanted
    .map((each) => each.target)
    .filter((each) => each.slices.some((id) => shares.has(id)));
  const left = input.records
    .filter((each) => each.slices.some((held) => shares.has(held.id)))
    .map((each) => each.target)
    .filter((each) => wanted.every((other) => other.replica !== each.replica));
  return [...wanted, ...left].map(({ replica, processes }) => ({ replica, processes }));
}

function foreignClients(input: PlanInput, gpu: GpuActual): number {
  const ours = new Set(input.world.running.flatMap((each) => each.pids));
  return gpu.mps.clientPids.filter((pid) => !ours.has(pid)).length;
}

import { viewCard, type CardView } from '../../../../../shared/placement/card-view.ts';
import { shareReserveMib } from '../../../../../shared/placement/cost.ts';
import type { DemandShape } from '../../../../../shared/placement/engine.ts';
import { needOf } from '../../../../../shared/placement/need.ts';
import type {
  CardSight,
  NodeSight,
  Option,
  Outlook,
  RequestSight,
  Scratch,
} from '../../../../../shared/placement/policies/policy.ts';
import type { GpuNeed } from '../../../../../shared/domain/model.ts';
import { gpu } from '../builders.ts';

/** A product of 1000 MiB for shares, so that MiB are thousandths, as in the public trace. */
const memoryTotalMib = 1_000 + shareReserveMib;

/** A card of the trace's kind: whole, timeshares, no MIG and no MPS. */
function card(freeMilli: number, productName = 'T4'): CardSight {
  const idle = viewCard(
    gpu('n', 0, 'T4', { productName, memoryTotalMib, smCount: 0, mpsOffered: false }),
    [],
  );
  const used = { use: 'timeshare', slicesHeld: 1, memoryHeldMib: 1_000 - freeMilli } as const;
  return cardOf(freeMilli === 1_000 ? idle : { ...idle, ...used }, freeMilli);
}

let cards = 0;

export function cardOf(view: CardView, freeMilli: number): CardSight {
  cards += 1;
  return {
    id: cards,
    view,
    freeMilli,
    idle: freeMilli === 1_000,
    offers: () => [],
    scratch: scratch(),
  };
}

function scratch(): Scratch {
  return { by: null, numbers: null };
}

export interface NodeParts {
  readonly cpu?: number;
  /** Free thousandths of each card. */
  readonly free?: readonly number[];
  readonly productName?: string;
  readonly work?: number;
}

/** A node whose cards are each a group of their own. */
export function node({ cpu = 64_000, free = [], productName, work = 0 }: NodeParts): NodeSight {
  return nodeOf(
    free.map((milli) => card(milli, productName)),
    cpu,
    work,
  );
}

function nodeOf(sights: readonly CardSight[], cpu = 64_000, work = 0): NodeSight {
  return {
    cpuTotalMillis: 128_000,
    cpuFreeMillis: cpu,
    memoryTotalMib: 0,
    memoryFreeMib: 0,
    groups: sights.map((each) => ({ card: each, count: 1 })),
    cardCount: sights.length,
    idleCount: sights.filter(({ idle }) => idle).length,
    freeMilli: sights.reduce((sum, { freeMilli }) => sum + freeMilli, 0),
    work,
    scratch: scratch(),
  };
}

/** An option that takes `milli` of each of these cards of a node. */
export function option(
  of: NodeSight,
  at: readonly number[],
  milli: number,
  price = { slice: 0, node: 0 },
): Option {
  const parts = at.flatMap((index) => {
    const sight = of.groups[index]?.card;
    if (sight === undefined) return [];
    const left = sight.freeMilli - milli;
    const offer = {
      shape:
        milli === 1_000
          ? { kind: 'whole' as const, memoryMib: memoryTotalMib }
          : { kind: 'timeshare' as const, memoryMib: milli },
      priceMilli: price.slice,
      after: card(left, sight.view.productName),
      opensIdle: sight.idle,
    };
    return [{ card: sight, offer }];
  });
  return { parts, priceMilli: price.slice * parts.length + price.node };
}

/** Asks for `milli` of one card: a share below 1000, whole cards above. */
function gpuNeed(milli: number, changes: Partial<GpuNeed> = {}): GpuNeed {
  return {
    memoryMib: Math.min(milli, 1_000),
    computePercent: 0,
    isolation: milli < 1_000 ? 'any' : 'whole',
    count: Math.max(1, milli / 1_000),
    processes: 1,
    models: [],
    ...changes,
  };
}

export function ask(milli: number, cpuMillis: number): RequestSight {
  return {
    need: milli === 0 ? null : needOf(gpuNeed(milli)),
    cpuMillis,
    memoryMib: 0,
    work: workOf(milli),
  };
}

/** As `workBit` says. */
export function workOf(milli: number): number {
  if (milli === 0) return 1;
  return milli < 1_000 ? 2 : 2 ** (1 + milli / 1_000);
}

export function shape(milli: number, cpuMillis: number, weight = 1): DemandShape {
  return { gpu: milli === 0 ? null : gpuNeed(milli), cpuMillis, memoryMib: 0, weight };
}

export function outlook(shapes: readonly DemandShape[], changes: Partial<Outlook> = {}): Outlook {
  return {
    demand: { shapes },
    fleet: [{ productName: 'T4', memoryTotalMib, count: 8 }],
    seed: 0,
    ...changes,
  };
}

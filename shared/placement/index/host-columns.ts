import type { Ask } from '../ask.ts';
import type { NodeRecord } from '../node-record.ts';

const isReady = 1;
const hasCards = 2;
const hasDocker = 4;
const hasProcess = 8;

/**
 * What filters ask of every node, side by side by slot: a board that is filled reads a few arrays from one end to the
 * other instead of thousands of objects that lie anywhere.
 * Invariants: each row is what `set` made of the record that is in this slot now.
 */
export class HostColumns {
  /** Of the state of each node. */
  readonly stateIds: Int32Array;
  private readonly traits: Uint8Array;
  private readonly cpuFreeMillis: Float64Array;
  private readonly memoryFreeMib: Float64Array;
  private readonly roomiestMib: Float64Array;

  constructor(from: readonly NodeRecord[] | HostColumns) {
    if (from instanceof HostColumns) {
      this.stateIds = from.stateIds.slice();
      this.traits = from.traits.slice();
      this.cpuFreeMillis = from.cpuFreeMillis.slice();
      this.memoryFreeMib = from.memoryFreeMib.slice();
      this.roomiestMib = from.roomiestMib.slice();
      return;
    }
    this.stateIds = new Int32Array(from.length);
    this.traits = new Uint8Array(from.length);
    this.cpuFreeMillis = new Float64Array(from.length);
    this.memoryFreeMib = new Float64Array(from.length);
    this.roomiestMib = new Float64Array(from.length);
    for (const [slot, record] of from.entries()) this.set(slot, record);
  }

  set(slot: number, record: NodeRecord): void {
    const { state } = record;
    this.stateIds[slot] = state.id;
    this.traits[slot] =
      (record.ready ? isReady : 0) |
      (state.cardCount > 0 ? hasCards : 0) |
      (record.hasDocker ? hasDocker : 0) |
      (record.hasProcess ? hasProcess : 0);
    this.cpuFreeMillis[slot] = state.cpuFreeMillis;
    this.memoryFreeMib[slot] = state.memoryFreeMib;
    this.roomiestMib[slot] = state.roomiestMib;
  }

  /** Whether a node has no place for what it is and has left, its labels not looked at. Of cards it is the cheap half. */
  refuses(slot: number, { must, anyOf, cpuMillis, memoryMib, cardMib }: HostNeed): boolean {
    const traits = this.traits[slot] ?? 0;
    if ((traits & must) !== must || (anyOf !== 0 && (traits & anyOf) === 0)) return true;
    return (
      cardMib > (this.roomiestMib[slot] ?? 0) ||
      (cpuMillis > 0 && cpuMillis > (this.cpuFreeMillis[slot] ?? 0)) ||
      (memoryMib > 0 && memoryMib > (this.memoryFreeMib[slot] ?? 0))
    );
  }
}

/** What a request asks of a node beside its cards. */
export interface HostNeed {
  /** Traits that it must have all. */
  readonly must: number;
  /** Traits of which one will do; 0: none is asked for. */
  readonly anyOf: number;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  /** What one of its cards must be able to give; 0: nothing, or nobody knows. */
  readonly cardMib: number;
  /** Its labels are to be looked at as well. */
  readonly isPicky: boolean;
}

export function hostNeedOf({ spec, need, waived, constraints, zone }: Ask): HostNeed {
  const { image, command, cpuMillis, memoryMib } = spec.workload;
  const runtimes = (image === null ? 0 : hasDocker) | (command === null ? 0 : hasProcess);
  return {
    must: (waived.has('availability') ? 0 : isReady) | (need === null ? 0 : hasCards),
    anyOf: waived.has('runtime') ? 0 : runtimes,
    cpuMillis,
    memoryMib,
    // Cards that are thought to be more ours than they are might give more.
    cardMib: need?.authorityFloor === 'observe' ? need.memoryMib : 0,
    isPicky: constraints.length > 0 || zone !== null,
  };
}

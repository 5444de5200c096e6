import type { Dice } from './dice.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A host on the network, by name. */
export interface Host {
  readonly name: string;
  /** Hands over what arrives, now or when its process goes on. false: nobody is there. */
  receive(word: () => void): boolean;
}

interface Packet {
  readonly from: string;
  readonly to: Host;
  readonly deliver: () => void;
  readonly undelivered: () => void;
  readonly lane: Lane;
  /** Its place in the lane, from 0. */
  readonly place: number;
}

/** What travels one way in one stream: it arrives in order. */
interface Lane {
  freeAtMs: number;
  sent: number;
  arrived: number;
  /** Overtook what a cut path had held up. By place. */
  readonly early: Map<number, Packet>;
}

const usualDelayMs = 4;
const nothing = (): void => undefined;

/**
 * Paths between hosts. What cannot pass waits as TCP's segments do, and arrives once the path is whole again, however
 * late; within a lane order is kept.
 */
export class Network {
  readonly #time: VirtualTime;
  readonly #dice: Dice;
  /** `from>to` */
  readonly #cut = new Set<string>();
  #held: Packet[] = [];
  /** Paths that take longer, by `from>to`: ms. */
  readonly #slow = new Map<string, number>();

  constructor(time: VirtualTime, dice: Dice) {
    this.#time = time;
    this.#dice = dice;
  }

  lane(): Lane {
    return { freeAtMs: 0, sent: 0, arrived: 0, early: new Map() };
  }

  /** `undelivered`: nobody was there when it arrived. */
  send(lane: Lane, from: string, to: Host, deliver: () => void, undelivered = nothing): void {
    const extra = this.#slow.get(path(from, to.name)) ?? 0;
    const delayMs = this.#dice.next() * (usualDelayMs + extra);
    const atMs = Math.max(lane.freeAtMs, this.#time.nowMs + delayMs);
    lane.freeAtMs = atMs;
    const place = lane.sent;
    lane.sent += 1;
    this.#travel({ from, to, deliver, undelivered, lane, place }, atMs - this.#time.nowMs);
  }

  cut(from: string, to: string): void {
    this.#cut.add(path(from, to));
  }

  mend(from: string, to: string): void {
    this.#cut.delete(path(from, to));
    const due = this.#held.filter((each) => each.from === from && each.to.name === to);
    this.#held = this.#held.filter((each) => each.from !== from || each.to.name !== to);
    for (const packet of due) this.#travel(packet, this.#dice.next() * usualDelayMs);
  }

  /** Sleeping half of it on average is added to each message; 0: as usual. */
  slow(from: string, to: string, ms: number): void {
    this.#slow.set(path(from, to), ms);
  }

  mendAll(): void {
    this.#slow.clear();
    for (const each of this.#cut) {
      const [from = '', to = ''] = each.split('>');
      this.mend(from, to);
    }
  }

  /** Whether anything is wrong between the two, either way. */
  troubled(one: string, other: string): boolean {
    return [path(one, other), path(other, one)].some(
      (each) => this.#cut.has(each) || (this.#slow.get(each) ?? 0) > 0,
    );
  }

  isCut(from: string, to: string): boolean {
    return this.#cut.has(path(from, to));
  }

  #travel(packet: Packet, delayMs: number): void {
    // What waits in the same lane keeps its order by waiting behind it.
    const atMs = Math.max(packet.lane.freeAtMs, this.#time.nowMs + delayMs);
    packet.lane.freeAtMs = atMs;
    this.#time.after(atMs - this.#time.nowMs, () => this.#arrive(packet));
  }

  #arrive(packet: Packet): void {
    const { lane, place, from, to } = packet;
    if (this.isCut(from, to.name)) {
      this.#held.push(packet);
      return;
    }
    if (place !== lane.arrived) {
      lane.early.set(place, packet);
      return;
    }
    lane.arrived += 1;
    if (!to.receive(packet.deliver)) packet.undelivered();
    const next = lane.early.get(lane.arrived);
    lane.early.delete(lane.arrived);
    if (next !== undefined) this.#arrive(next);
  }
}

function path(from: string, to: string): string {
  return `${from}>${to}`;
}

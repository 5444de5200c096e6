import type { GpuInventory, MigInstance } from '../../domain/inventory.ts';
import type { Slice, SliceShape } from '../../domain/slice.ts';
import type { CardClass, CardClasses } from '../card-class.ts';
import { viewCard } from '../card-view.ts';
import type { Need } from '../need.ts';

/** Replicas that a search need not tell apart. */
export interface Kind {
  readonly need: Need;
  /** What it takes at least from one place to another, in seconds: make, start, stop, give back. */
  readonly lasts: number;
  /** It may stop before its successor is ready. */
  readonly mayStop: boolean;
  readonly cpuMillis: number;
  readonly memoryMib: number;
}

/** A replica on a card. */
export interface Part {
  readonly kind: number;
  readonly shape: SliceShape;
  /** It has its new place, and may not go on from there. */
  readonly settled: boolean;
}

/** What of a card never changes in a search. Cards with the same one are interchangeable. */
export interface Base {
  readonly id: number;
  /** Without the instances of those that may move, and without idle ones that may be destroyed. */
  readonly gpu: GpuInventory;
  /** Of those that stay. */
  readonly fixed: readonly Pick<Slice, 'shape'>[];
  /** By kind: whether the node would have it. */
  readonly hosts: readonly boolean[];
}

/** One state of a card, the same object for equal states. */
export interface PaperCard {
  readonly id: number;
  readonly base: Base;
  /** In order of their texts. */
  readonly parts: readonly Part[];
  /** Instances that are nobody's and may be destroyed. */
  readonly idle: readonly MigInstance[];
  readonly class: CardClass;
}

/** A card with one replica more or less, or one idle instance less. */
interface Put {
  readonly shape: SliceShape;
  readonly card: PaperCard;
}
interface Taken {
  readonly part: Part;
  readonly card: PaperCard;
}
interface Recut {
  readonly instance: MigInstance;
  readonly card: PaperCard;
}

/** More parts than this are shares, which are all alike but for their size. */
const latticeMax = 8;

/**
 * Cards on paper: what each state of a card can become.
 * Invariants: equal states are one object; all that is remembered is a pure function of a state.
 */
export class PaperCards {
  readonly #kinds: readonly Kind[];
  readonly #classes: CardClasses;
  readonly #known = new Map<string, PaperCard>();
  readonly #puts = new Map<string, readonly Put[]>();
  readonly #taken = new Map<number, readonly Taken[]>();
  readonly #lacks = new Map<string, number>();

  constructor(kinds: readonly Kind[], classes: CardClasses) {
    this.#kinds = kinds;
    this.#classes = classes;
  }

  find(base: Base, parts: readonly Part[], idle: readonly MigInstance[]): PaperCard {
    const texts = parts.map((part) => ({ part, text: this.#textOf(part) }));
    texts.sort((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text)));
    const holes = idle.map(({ giProfileId, start }) => `${giProfileId}@${start}`).join();
    const key = `${base.id}|${texts.map(({ text }) => text).join()}|${holes}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const gpu =
      idle.length === 0 ? base.gpu : { ...base.gpu, instances: [...base.gpu.instances, ...idle] };
    const slices = [...base.fixed, ...parts];
    const made: PaperCard = {
      id: this.#known.size,
      base,
      parts: texts.map(({ part }) => part),
      idle,
      class: this.#classes.find(viewCard(gpu, slices)),
    };
    this.#known.set(key, made);
    return made;
  }

  /** The ways to put a replica of a kind on a card, where it may stay for good. */
  puts(card: PaperCard, kind: number, settled = false): readonly Put[] {
    const key = `${card.id}/${kind}${settled ? '!' : ''}`;
    const known = this.#puts.get(key);
    if (known !== undefined) return known;
    const need = this.#kinds[kind]?.need;
    const offers =
      need === undefined || card.base.hosts[kind] !== true ? [] : card.class.offers(need);
    const cut = offers.filter(({ shape }) => shape.kind !== 'whole');
    const made = (cut.length > 0 ? cut : offers).map(({ shape }) => ({
      shape,
      card: this.find(card.base, [...card.parts, { kind, shape, settled }], card.idle),
    }));
    this.#puts.set(key, made);
    return made;
  }

  /** The one way to put a replica of a kind on a card that has it in this very shape; null: there is none. */
  put(card: PaperCard, kind: number, shape: SliceShape, settled: boolean): Put | null {
    const text = this.#textOf({ kind, shape, settled });
    const is = (put: Put) => this.#textOf({ kind, shape: put.shape, settled }) === text;
    return this.puts(card, kind, settled).find(is) ?? null;
  }

  /** The replicas that may leave a card, of equal ones one. */
  taken(card: PaperCard): readonly Taken[] {
    const known = this.#taken.get(card.id);
    if (known !== undefined) return known;
    const made = card.parts.flatMap((part, at) => {
      const before = card.parts[at - 1];
      if (part.settled || (before !== undefined && this.#textOf(before) === this.#textOf(part)))
        return [];
      return [{ part, card: this.#without(card, at) }];
    });
    this.#taken.set(card.id, made);
    return made;
  }

  /** The idle instances that may be destroyed. */
  recuts(card: PaperCard): readonly Recut[] {
    return card.idle
      .filter((instance) => !card.parts.some(({ shape }) => holds(shape, instance)))
      .map((instance) => {
        const rest = card.idle.filter((each) => each !== instance);
        return { instance, card: this.find(card.base, card.parts, rest) };
      });
  }

  /** How many would have to leave a card before a kind fits on it; Infinity: it never does. */
  lack(card: PaperCard, kind: number): number {
    if (card.base.hosts[kind] !== true) return Infinity;
    const key = `${card.id}/${kind}`;
    const known = this.#lacks.get(key);
    if (known !== undefined) return known;
    const lack = this.puts(card, kind).length > 0 ? 0 : 1 + this.#lackOfRest(card, kind);
    this.#lacks.set(key, lack);
    return lack;
  }

  #lackOfRest(card: PaperCard, kind: number): number {
    const loose = card.parts.filter(({ settled }) => !settled);
    if (loose.length > latticeMax) {
      const largest = loose.reduce((a, b) => (b.shape.memoryMib > a.shape.memoryMib ? b : a));
      return this.lack(this.#without(card, card.parts.indexOf(largest)), kind);
    }
    return [...this.taken(card), ...this.recuts(card)].reduce(
      (least, each) => Math.min(least, this.lack(each.card, kind)),
      Infinity,
    );
  }

  /** A card without one of its replicas that is just like `part`. */
  without(card: PaperCard, part: Part): PaperCard {
    const text = this.#textOf(part);
    return this.#without(
      card,
      card.parts.findIndex((each) => this.#textOf(each) === text),
    );
  }

  /** Of who is settled no more matters than what it takes. */
  #textOf({ kind, shape, settled }: Part): string {
    const { cpuMillis = 0, memoryMib = 0 } = this.#kinds[kind] ?? {};
    const who = settled ? `!${cpuMillis}/${memoryMib}` : kind;
    if (shape.kind === 'mig') return `${who}:${shape.giProfileId}@${shape.start}`;
    const percent = shape.kind === 'mps' ? shape.smPercent : 0;
    return `${who}:${shape.kind}/${shape.memoryMib}/${percent}`;
  }

  #without({ base, parts, idle }: PaperCard, gone: number): PaperCard {
    return this.find(
      base,
      parts.filter((_, at) => at !== gone),
      idle,
    );
  }
}

function holds(shape: SliceShape, { giProfileId, start }: MigInstance): boolean {
  return shape.kind === 'mig' && shape.giProfileId === giProfileId && shape.start === start;
}

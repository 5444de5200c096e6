import type { LaidOutInstance } from '../../shared/domain/mig-layout.ts';
import { layoutRefusal } from '../../shared/domain/mig-layout.ts';
import { placementMask, profileById, type MigGeometry } from '../../shared/domain/mig-profile.ts';
import { err, ok, type Result } from '../../shared/domain/result.ts';
import { renderNearest } from './nearest.ts';
import type { WantedInstance } from './wanted.ts';

/** An instance that is there, and what it is worth to keep it. */
export interface PresentInstance {
  readonly instance: LaidOutInstance;
  readonly worth: number;
}

/**
 * Finds a start for every wish, so that what is kept of the present is worth the most; of equals, the one with the
 * lowest starts. Exact: a card has at most 12 units, so all ways are tried, with a bound.
 */
export function fitLayout(
  geometry: MigGeometry,
  wanted: readonly WantedInstance[],
  present: readonly PresentInstance[],
): Result<readonly LaidOutInstance[]> {
  const fixed = wanted.flatMap((each) => (each.start === null ? [] : [placed(each, each.start)]));
  const refusal = layoutRefusal(geometry, fixed);
  if (refusal !== null) return impossible(geometry, wanted, refusal);
  const search = new Search(groupsOf(wanted), present, fixed, geometry);
  const found = search.best();
  if (found === null) return impossible(geometry, wanted, 'there is no room for all of it');
  // Engines and limits depend on what is there, not on where it is.
  const over = layoutRefusal(geometry, found);
  if (over !== null) return impossible(geometry, wanted, over);
  return ok(found.toSorted((a, b) => a.start - b.start));
}

function placed({ profile, compute }: WantedInstance, start: number): LaidOutInstance {
  return { giProfileId: profile.giProfileId, profile: profile.name, start, compute };
}

function impossible(
  geometry: MigGeometry,
  wanted: readonly WantedInstance[],
  why: string,
): Result<never> {
  return err({
    code: 'LAYOUT_IMPOSSIBLE',
    message: why,
    hint: renderNearest(geometry, wanted),
  });
}

/** Equal wishes without a start. */
interface Group {
  readonly wish: WantedInstance;
  readonly count: number;
  readonly key: string;
}

function groupsOf(wanted: readonly WantedInstance[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const wish of wanted) {
    if (wish.start !== null) continue;
    const key = keyOf(wish.profile.giProfileId, wish.compute);
    groups.set(key, { wish, key, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  // The largest first: they have the fewest places.
  return [...groups.values()].sort(
    (a, b) => b.wish.profile.placementSize - a.wish.profile.placementSize,
  );
}

function keyOf(giProfileId: number, compute: LaidOutInstance['compute']): string {
  return `${giProfileId} ${compute === null ? '*' : compute.join(',')}`;
}

/** Depth first over groups and ascending starts. Invariant: `#taken` is what the choices so far occupy. */
class Search {
  readonly #groups: readonly Group[];
  readonly #geometry: MigGeometry;
  readonly #worth = new Map<string, number>();
  /** The most that the groups from each one on can still keep. */
  readonly #open: readonly number[];
  readonly #fixed: readonly LaidOutInstance[];
  #best: { readonly worth: number; readonly layout: readonly LaidOutInstance[] } | null = null;

  constructor(
    groups: readonly Group[],
    present: readonly PresentInstance[],
    fixed: readonly LaidOutInstance[],
    geometry: MigGeometry,
  ) {
    this.#groups = groups;
    this.#fixed = fixed;
    this.#geometry = geometry;
    for (const { instance, worth } of present) {
      this.#worth.set(`${keyOf(instance.giProfileId, instance.compute)}@${instance.start}`, worth);
    }
    const worthOf = (group: Group): number =>
      group.wish.profile.placementStarts.reduce((sum, start) => sum + this.#kept(group, start), 0);
    this.#open = groups.map((_, at) =>
      groups.slice(at).reduce((sum, group) => sum + worthOf(group), 0),
    );
  }

  best(): readonly LaidOutInstance[] | null {
    const taken = this.#fixed.reduce((mask, { giProfileId, start }) => {
      const size = profileById(this.#geometry, giProfileId)?.placementSize ?? 0;
      return mask | placementMask(start, size);
    }, 0);
    this.#choose(
      { at: 0, left: this.#groups[0]?.count ?? 0, from: 0, taken, worth: 0 },
      this.#fixed,
    );
    return this.#best?.layout ?? null;
  }

  #kept(group: Group, start: number): number {
    return this.#worth.get(`${group.key}@${start}`) ?? 0;
  }

  #choose(
    node: {
      readonly at: number;
      readonly left: number;
      /** Index into the starts: equal wishes are placed in ascending order only. */
      readonly from: number;
      readonly taken: number;
      readonly worth: number;
    },
    layout: readonly LaidOutInstance[],
  ): void {
    const { at, left, from, taken, worth } = node;
    const group = this.#groups[at];
    if (group === undefined) {
      if (this.#best === null || worth > this.#best.worth) this.#best = { worth, layout };
      return;
    }
    if (left === 0) {
      const next = this.#groups[at + 1]?.count ?? 0;
      this.#choose({ at: at + 1, left: next, from: 0, taken, worth }, layout);
      return;
    }
    // Ascending order finds the lowest starts first, so that only what is better is looked for.
    if (this.#best !== null && worth + (this.#open[at] ?? 0) <= this.#best.worth) return;
    const { placementStarts, placementSize } = group.wish.profile;
    for (const [index, start] of placementStarts.entries()) {
      const mask = placementMask(start, placementSize);
      if (index < from || (taken & mask) !== 0) continue;
      this.#choose(
        {
          at,
          left: left - 1,
          from: index + 1,
          taken: taken | mask,
          worth: worth + this.#kept(group, start),
        },
        [...layout, placed(group.wish, start)],
      );
    }
  }
}

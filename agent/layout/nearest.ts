import {
  placementMask,
  type MigGeometry,
  type MigPlacement,
} from '../../shared/domain/mig-profile.ts';
import { layoutRefusal } from '../../shared/domain/mig-layout.ts';
import type { WantedInstance } from './wanted.ts';

/** What of a wish that does not fit would: as much of the card as possible, starts left out. For a hint. */
export function renderNearest(geometry: MigGeometry, wanted: readonly WantedInstance[]): string {
  const profiles = wanted
    .map((each) => each.profile)
    .toSorted((a, b) => b.placementSize - a.placementSize);
  const found = largestPart(geometry, profiles);
  const list = renderCounts(found);
  return found.length === wanted.length
    ? `leave the starts out: ${list} fits`
    : `the most of it that fits is ${list === '' ? 'nothing' : list}`;
}

type Profiles = readonly WantedInstance['profile'][];

/** `2x 3g.20gb, 1g.5gb`. */
function renderCounts(profiles: Profiles): string {
  const counts = new Map<string, number>();
  for (const { name } of profiles) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count}x ${name}`)).join(', ');
}

/** More than any card's search needs; a document with absurd wishes must not cost more. */
const nodesMax = 20_000;

function largestPart(geometry: MigGeometry, profiles: Profiles): Profiles {
  let best: { readonly units: number; readonly profiles: Profiles } = { units: 0, profiles: [] };
  let nodes = 0;
  const visit = (at: number, layout: readonly MigPlacement[], taken: number, chosen: Profiles) => {
    nodes += 1;
    const units = chosen.reduce((sum, each) => sum + each.placementSize, 0);
    const better =
      units > best.units || (units === best.units && chosen.length > best.profiles.length);
    if (better) best = { units, profiles: chosen };
    const profile = profiles[at];
    if (profile === undefined || nodes > nodesMax) return;
    const { giProfileId, placementSize } = profile;
    for (const start of profile.placementStarts) {
      const mask = placementMask(start, placementSize);
      const next = [...layout, { giProfileId, start }];
      if ((taken & mask) !== 0 || layoutRefusal(geometry, next) !== null) continue;
      visit(at + 1, next, taken | mask, [...chosen, profile]);
    }
    // Without this one; equal ones after it are left out with it.
    let other = at + 1;
    while (profiles[other]?.giProfileId === giProfileId) other += 1;
    visit(other, layout, taken, chosen);
  };
  visit(0, [], 0, []);
  return best.profiles;
}

import type { MigGeometry, MigProfile } from '../domain/mig-profile.ts';
import type { CardView } from './card-view.ts';
import { viewSignature } from './card-view.ts';
import { judgeCard } from './judge-card.ts';
import type { Need } from './need.ts';
import type { CardVerdict } from './verdict.ts';

/** Verdicts that one class remembers before it forgets them all. */
const verdictsMax = 128;

/**
 * Cards that nothing but their name tells apart, judged once for each need.
 * Invariants: a verdict is a pure function of view and need, so remembering it changes no answer.
 */
export class CardClass {
  readonly view: CardView;
  private readonly verdicts = new Map<string, CardVerdict>();
  private lastNeed: Need | null = null;
  private lastVerdict: CardVerdict | null = null;

  constructor(view: CardView) {
    this.view = view;
  }

  judge(need: Need): CardVerdict {
    if (this.lastNeed === need && this.lastVerdict !== null) return this.lastVerdict;
    let verdict = this.verdicts.get(need.key);
    if (verdict === undefined) {
      verdict = judgeCard(this.view, need);
      if (this.verdicts.size >= verdictsMax) this.verdicts.clear();
      this.verdicts.set(need.key, verdict);
    }
    this.lastNeed = need;
    this.lastVerdict = verdict;
    return verdict;
  }
}

/** Classes that are kept before the table starts anew; cards in use keep the class they have. */
const classesMax = 65_536;

/**
 * Finds the class of a view. Engines and their forks share one table: it is a cache, and holds nothing that a
 * decision depends on.
 */
export class CardClasses {
  private readonly bySignature = new Map<string, CardClass>();
  private readonly geometryKeys = new WeakMap<MigGeometry, string>();

  find(view: CardView): CardClass {
    const signature = viewSignature(view, this.geometryKey(view.geometry));
    const known = this.bySignature.get(signature);
    if (known !== undefined) return known;
    if (this.bySignature.size >= classesMax) this.bySignature.clear();
    const made = new CardClass(view);
    this.bySignature.set(signature, made);
    return made;
  }

  private geometryKey(geometry: MigGeometry | null): string {
    if (geometry === null) return 'none';
    const known = this.geometryKeys.get(geometry);
    if (known !== undefined) return known;
    const key = `${geometry.placementUnits}/${JSON.stringify(geometry.enginesTotal)}/${geometry.profiles.map(profileKey).join(';')}`;
    this.geometryKeys.set(geometry, key);
    return key;
  }
}

function profileKey(profile: MigProfile): string {
  const { nvdec, nvenc, jpeg, ofa } = profile.engines;
  return [
    JSON.stringify(profile.name),
    profile.giProfileId,
    profile.computeSlices,
    profile.placementSize,
    profile.placementStarts.join('+'),
    profile.instancesMax,
    profile.memoryMib,
    profile.smCount,
    `${nvdec}.${nvenc}.${jpeg}.${ofa}`,
  ].join(',');
}

import type { MigGeometry, MigProfile } from '../domain/mig-profile.ts';
import type { SliceShape } from '../domain/slice.ts';
import { freeMilliOf, roomiestMib } from './card-milli.ts';
import type { CardView } from './card-view.ts';
import { hardwareSignature, isIdle, useSignature, viewAfter } from './card-view.ts';
import { judgeCard } from './judge-card.ts';
import type { Need } from './need.ts';
import type { CardSight, Option, Policy, Scratch, SliceOffer } from './policies/policy.ts';
import type { CardVerdict } from './verdict.ts';

/** Needs that one class remembers before it forgets them all. */
const answersMax = 64;

/** What a class says to one need. */
interface Answer {
  readonly verdict: CardVerdict;
  readonly offers: readonly SliceOffer[];
  /** The policy that `options` were chosen by. */
  by: Policy | null;
  options: readonly Option[];
}

const noOffers: readonly SliceOffer[] = [];
const noOptions: readonly Option[] = [];

/**
 * Cards that nothing but their name tells apart, judged once for each need.
 * Invariants: all that is remembered is a pure function of view, need and policy, so remembering it changes no answer.
 */
export class CardClass implements CardSight {
  readonly id: number;
  readonly view: CardView;
  /** Stands for what does not depend on claims. */
  readonly hardware: string;
  readonly freeMilli: number;
  readonly idle: boolean;
  readonly scratch: Scratch = { by: null, numbers: null };
  private readonly classes: CardClasses;
  /** What no slice that it could give is larger than. */
  readonly roomiestMib: number;
  private readonly answers = new Map<string, Answer>();

  constructor(id: number, view: CardView, hardware: string, classes: CardClasses) {
    this.id = id;
    this.view = view;
    this.hardware = hardware;
    this.classes = classes;
    this.freeMilli = freeMilliOf(view);
    this.idle = isIdle(view) && view.health.state !== 'failed';
    this.roomiestMib = roomiestMib(view);
  }

  offers(need: Need): readonly SliceOffer[] {
    return this.mayServe(need) ? this.answer(need).offers : noOffers;
  }

  /** The ways to serve a need of one card that a policy would look at. */
  options(need: Need, policy: Policy): readonly Option[] {
    if (!this.mayServe(need)) return noOptions;
    const answer = this.answer(need);
    if (answer.by !== policy) {
      const { offers } = answer;
      const short = offers.length < 2 ? offers : (policy.shortlist?.(this, offers, need) ?? offers);
      answer.by = policy;
      answer.options = short.map((offer) => ({
        parts: [{ card: this, offer }],
        priceMilli: offer.priceMilli,
      }));
    }
    return answer.options;
  }

  /** The same with the reason why not. */
  judge(need: Need): CardVerdict {
    return this.answer(need).verdict;
  }

  /** Cheap, and never wrong when it says no. */
  private mayServe(need: Need): boolean {
    return (
      (need.memoryMib <= this.roomiestMib || need.authorityFloor !== 'observe') &&
      need.admits(this.view.productName)
    );
  }

  private answer(need: Need): Answer {
    const known = this.answers.get(need.key);
    if (known !== undefined) return known;
    const verdict = judgeCard(this.view, need);
    const made: Answer = { verdict, offers: this.offersOf(verdict), by: null, options: noOptions };
    if (this.answers.size >= answersMax) this.answers.clear();
    this.answers.set(need.key, made);
    return made;
  }

  private offersOf(verdict: CardVerdict): readonly SliceOffer[] {
    if (verdict.kind === 'refused') return noOffers;
    return verdict.offers.map((offer) => ({ ...offer, after: this.after(offer.shape) }));
  }

  private after(shape: SliceShape): CardClass {
    return this.classes.findUse(viewAfter(this.view, shape), this.hardware);
  }
}

/** Classes that are kept before the table starts anew; cards in use keep the class they have. */
const classesMax = 32_768;
/** The same for kinds of hardware: the memory that others hold is part of it, and changes all the time. */
const hardwareMax = 32_768;

/**
 * Finds the class of a view. Engines and their forks share one table: it is a cache, and holds nothing that a
 * decision depends on.
 */
export class CardClasses {
  private readonly bySignature = new Map<string, CardClass>();
  private readonly hardwareIds = new Map<string, string>();
  private readonly geometryKeys = new WeakMap<MigGeometry, string>();
  private nextId = 0;
  private nextHardware = 0;

  find(view: CardView): CardClass {
    return this.findUse(view, this.hardwareOf(view));
  }

  /** A short text that stands for what of a view does not depend on claims. */
  hardwareOf(view: CardView): string {
    const signature = hardwareSignature(view, this.geometryKey(view.geometry));
    const known = this.hardwareIds.get(signature);
    if (known !== undefined) return known;
    if (this.hardwareIds.size >= hardwareMax) this.hardwareIds.clear();
    const made = String(this.nextHardware);
    this.nextHardware += 1;
    this.hardwareIds.set(signature, made);
    return made;
  }

  /** The same for a view whose hardware is known. */
  findUse(view: CardView, hardware: string): CardClass {
    const signature = `${hardware}|${useSignature(view)}`;
    const known = this.bySignature.get(signature);
    if (known !== undefined) return known;
    if (this.bySignature.size >= classesMax) this.bySignature.clear();
    const made = new CardClass(this.nextId, view, hardware, this);
    this.nextId += 1;
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

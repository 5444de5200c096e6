import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { NodeName } from '../../shared/domain/ids.ts';
import { engineVersion, type Demand } from '../../shared/placement/engine.ts';
import type { PolicyName } from '../../shared/placement/policies/policy-name.ts';
import { strandedMilli } from '../../shared/placement/relayout/stranded.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { LoggedDecision } from '../store/decision-log.ts';
import type { Breathe } from '../../shared/platform/breather.ts';
import { OtherWorld, type Wish } from './other-world.ts';
import { readRows, type LoggedStep } from './read-rows.ts';
import type { ReplayDeps } from './replay-decision.ts';
import { Series, type SeriesPoint } from './series.ts';
import { deltasTo } from './snapshot-deltas.ts';
import { Usage } from './usage.ts';

/** What became of the requests in one of the two worlds. */
export interface WishCounts {
  /** At the first try. */
  readonly placed: number;
  /** Not at the first try, but later. */
  readonly placedLater: number;
  /** Still without a place at the end. */
  readonly waiting: number;
}

/** One request that got another place, or none, or one only here. */
export interface OtherPlace {
  readonly model: string;
  readonly replica: string;
  /** null: none. */
  readonly logged: Claim | null;
  readonly replayed: Claim | null;
}

/** What another policy would have done. */
export interface PolicyReplay {
  readonly policy: PolicyName;
  readonly seed: number;
  readonly engineVersion: string;
  /** From the first to the last decision that was made again; both 0: there is none. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The log goes back as far as was asked for. */
  readonly complete: boolean;
  readonly decisions: number;
  /** Decisions that another version of the engine made. */
  readonly otherEngine: number;
  /** The policies of the log, in order of name. */
  readonly loggedPolicies: readonly string[];
  readonly requests: number;
  readonly logged: WishCounts;
  readonly replayed: WishCounts;
  /** Requests that went elsewhere, or had a place in one world only. */
  readonly differing: number;
  /** The first of them. */
  readonly differences: readonly OtherPlace[];
  /** How much of all cards was claimed, after decisions. */
  readonly series: readonly SeriesPoint[];
  /** At the end: free capacity that the demand of that moment could not use, in thousandths of all cards. */
  readonly strandedPermille: { readonly logged: number; readonly replayed: number };
}

export interface PolicyReplayOptions {
  readonly policy: PolicyName;
  readonly seed: number;
  /** Wall clock, ms since the epoch. */
  readonly sinceMs: number;
  /** Called now and then with rows done and rows in all. */
  readonly onProgress: (done: number, total: number) => void;
}

const differencesShown = 50;
const progressEvery = 200;

/**
 * Runs the requests of the log through another policy. What was running when the time begins stays where it was.
 * Throws DECISION_LOST when the log has no snapshot to begin with.
 */
export async function replayPolicy(
  deps: ReplayDeps,
  options: PolicyReplayOptions,
): Promise<PolicyReplay> {
  const { log, open, breathe } = deps;
  const to = log.lastId();
  const first = log.firstSince(options.sinceMs) ?? to + 1;
  const snapshot = log.snapshotBefore(first) ?? log.firstSnapshot();
  if (snapshot === undefined) {
    throw new AppError('DECISION_LOST', 'the decision log is empty', {
      hint: 'nothing has been placed since this coordinator was set up',
    });
  }
  const { policy, seed } = options;
  const run = new Run(new OtherWorld(open({ nodes: [], claims: [] }, { policy, seed })), first);
  let done = 0;
  for await (const step of readRows(log, { snapshot, to }, breathe)) {
    run.take(step);
    done += 1;
    if (done % progressEvery === 0) options.onProgress(done, to - snapshot.id + 1);
  }
  return run.report(options, { complete: snapshot.atMs <= options.sinceMs, breathe });
}

/** The log as it was read so far, and the other world beside it. */
class Run {
  readonly #logged = new Usage();
  readonly #other: OtherWorld;
  readonly #first: number;
  readonly #series = new Series();
  readonly #policies = new Set<string>();
  #demand: Demand = { shapes: [] };
  #fromMs = 0;
  #toMs = 0;
  #decisions = 0;
  #otherEngine = 0;

  constructor(other: OtherWorld, first: number) {
    this.#other = other;
    this.#first = first;
  }

  take(step: LoggedStep): void {
    const deltas = step.kind === 'snapshot' ? deltasTo(this.#logged, step.snapshot) : step.deltas;
    for (const delta of deltas) {
      if (delta.kind === 'demand-set') this.#demand = delta.demand;
      this.#logged.apply(delta);
      this.#other.apply(delta);
    }
    // What was decided before the time that is asked about has happened: its claims come as deltas.
    if (step.kind === 'snapshot' || step.row.id < this.#first) return;
    const claim = step.outcome.kind === 'placed' ? step.outcome.claim : null;
    if (claim !== null) this.#logged.apply({ kind: 'claim-set', claim });
    this.#other.ask(step.request, claim);
    this.#other.retry();
    this.#note(step.row);
  }

  #note({ atMs, policy, engineVersion: madeBy }: LoggedDecision): void {
    if (this.#decisions === 0) this.#fromMs = atMs;
    this.#toMs = atMs;
    this.#decisions += 1;
    if (madeBy !== engineVersion) this.#otherEngine += 1;
    this.#policies.add(policy);
    this.#series.add({
      atMs,
      loggedPermille: this.#logged.claimedPermille,
      replayedPermille: this.#other.usage.claimedPermille,
    });
  }

  async report(
    { policy, seed }: PolicyReplayOptions,
    about: { readonly complete: boolean; readonly breathe: Breathe },
  ): Promise<PolicyReplay> {
    const { wishes, usage } = this.#other;
    const differing = wishes.filter((wish) => placeOf(wish.logged) !== placeOf(wish.placed));
    return {
      policy,
      seed,
      engineVersion,
      fromMs: this.#fromMs,
      toMs: this.#toMs,
      complete: about.complete,
      decisions: this.#decisions,
      otherEngine: this.#otherEngine,
      loggedPolicies: [...this.#policies].sort(),
      requests: wishes.length,
      logged: countWishes(wishes, 'logged'),
      replayed: countWishes(wishes, 'here'),
      differing: differing.length,
      differences: differing.slice(0, differencesShown).map(otherPlace),
      series: this.#series.points(),
      strandedPermille: {
        logged: await strandedPermille(this.#logged, this.#demand, about.breathe),
        replayed: await strandedPermille(usage, this.#demand, about.breathe),
      },
    };
  }
}

function countWishes(wishes: readonly Wish[], where: 'logged' | 'here'): WishCounts {
  const counts = { placed: 0, placedLater: 0, waiting: 0 };
  for (const wish of wishes) {
    if ((where === 'logged' ? wish.logged : wish.placed) === null) counts.waiting += 1;
    else if (wish.waited[where]) counts.placedLater += 1;
    else counts.placed += 1;
  }
  return counts;
}

function otherPlace({ request, logged, placed }: Wish): OtherPlace {
  return { model: request.spec.name, replica: request.replica, logged, replayed: placed };
}

/** Equal for equal places, whatever the slices are called. */
function placeOf(claim: Claim | null): string {
  if (claim === null) return '';
  return canonicalJson([claim.node, claim.slices.map(({ gpu, shape }) => [gpu, shape])]);
}

async function strandedPermille(usage: Usage, demand: Demand, breathe: Breathe): Promise<number> {
  const claims = new Map<NodeName, Claim[]>();
  for (const claim of usage.claims.values()) {
    const onNode = claims.get(claim.node);
    if (onNode === undefined) claims.set(claim.node, [claim]);
    else onNode.push(claim);
  }
  let stranded = 0;
  for (const [name, node] of usage.nodes) {
    await breathe();
    stranded += strandedMilli(node, claims.get(name) ?? [], demand);
  }
  return usage.capacityMilli === 0 ? 0 : Math.round((stranded * 1_000) / usage.capacityMilli);
}

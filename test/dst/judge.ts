import type { Txn } from '../../coordinator/store/store.ts';
import {
  allocationCodec,
  changeCodec,
  claimCodec,
  modelCodec,
  nodeCodec,
  replicaOf,
  tombstoneCodec,
  type AllocationRecord,
  type ClaimRecord,
  type ModelRecord,
  type TombstoneRecord,
} from '../../coordinator/store/values.ts';
import type { Change } from '../../shared/domain/change.ts';
import { placementMask } from '../../shared/domain/mig-profile.ts';
import type { Slice } from '../../shared/domain/slice.ts';
import { CommandRules } from './command-rules.ts';
import { PlanRules } from './plan-rules.ts';
import { Records, type Written } from './records.ts';
import type { SimAgent } from './sim-agent.ts';

/** How long ago something may have been decided that is stored now. */
const decidedMsMax = 3_000;

/**
 * Says what must never be. Looks at three things that the product cannot make up: transactions of the store, targets that
 * agents took on, and what was done to cards and containers.
 */
export class Judge {
  readonly models = new Records('models/', modelCodec);
  readonly claims = new Records('claims/', claimCodec);
  readonly tombstones = new Records('tombstones/', tombstoneCodec);
  readonly allocations = new Records('allocations/', allocationCodec);
  readonly nodes = new Records('nodes/', nodeCodec);
  readonly changes = new Records('changes/', changeCodec);
  readonly violations: string[] = [];
  readonly commands = new CommandRules((rule, what) => this.say(rule, what));
  /** Allocations by name: until when they were granted, in virtual time. */
  readonly grantedUntilMs = new Map<string, number>();
  /** Allocations by name: when they were given a place, in virtual time. */
  readonly placedAtMs = new Map<string, number>();
  /** Calls that may still change a model, by its name. */
  readonly inFlight = new Map<string, number>();
  /** How the leader sees a replica; null: it does not know it. */
  phaseOf: (replica: string) => string | null = () => null;
  readonly #plans: PlanRules;
  readonly #nowMs: () => number;
  /** Replicas that ever ran: when they began first. */
  readonly #ranFromMs = new Map<string, number>();
  readonly #agents = new Map<string, SimAgent>();
  readonly #answers = new Map<string, number>();
  readonly #seen = new Map<string, { history: number; violations: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    const [models, claims, changes] = [this.models.rows, this.claims.rows, this.changes.rows];
    this.#plans = new PlanRules({ models, claims, changes }, (rule, what) => this.say(rule, what));
  }

  watch(agent: SimAgent): void {
    this.#agents.set(agent.name, agent);
    this.#seen.set(agent.name, { history: 0, violations: 0 });
    agent.fake.isTimeshare = (replica) => this.#isTimeshare(replica);
  }

  say(rule: string, what: string): void {
    if (this.violations.length < 20) this.violations.push(`${rule}: ${what}`);
  }

  /** After each transaction that the store did. */
  done(txn: Txn): void {
    this.#plans.before(txn);
    const models = this.models.take(txn);
    this.nodes.take(txn);
    this.changes.take(txn);
    const claims = this.claims.take(txn);
    const stones = this.tombstones.take(txn);
    const allocations = this.allocations.take(txn);
    this.commands.done(txn);
    for (const op of txn.do) {
      if (op.op !== 'put' || !op.key.startsWith('answers/')) continue;
      const times = (this.#answers.get(op.key) ?? 0) + 1;
      this.#answers.set(op.key, times);
      if (times > 1) this.say('I3', `${op.key} was done ${times} times`);
    }
    for (const change of models) this.#judgeModel(change);
    for (const change of claims) this.#judgeClaim(change);
    for (const { before, after } of stones) {
      if (before === undefined && after !== undefined) this.#judgeStone(after);
    }
    for (const change of allocations) this.#judgeAllocation(change);
  }

  /** At the end: what was told of the store is what it holds. */
  compare(entries: readonly { readonly key: string; readonly value: Uint8Array }[]): void {
    for (const records of [this.models, this.claims, this.tombstones, this.allocations]) {
      const stored = new Map(
        entries.filter(({ key }) => key.startsWith(records.prefix)).map((each) => [each.key, each]),
      );
      for (const [key, told] of records.rows) {
        const entry = stored.get(key);
        const kept =
          entry !== undefined &&
          JSON.stringify(records.read(key, entry.value)) === JSON.stringify(told);
        if (!kept) this.say('I3', `${key} was acknowledged and is not in the store`);
      }
    }
  }

  /** After each event: what was done to the cards and containers of each host since the last one. */
  look(): void {
    for (const agent of this.#agents.values()) {
      const seen = this.#seen.get(agent.name);
      if (seen === undefined) continue;
      const { history, violations } = agent.fake;
      for (; seen.violations < violations.length; seen.violations += 1) {
        this.say('I1', `${agent.name}: ${violations[seen.violations] ?? ''}`);
      }
      if (seen.history === history.length) continue;
      for (; seen.history < history.length; seen.history += 1) {
        this.#judgeDeed(agent, history[seen.history] ?? '');
      }
      this.#judgeClients(agent);
    }
  }

  #judgeModel({ key, before, after }: Written<ModelRecord>): void {
    const name = key.slice(this.models.prefix.length);
    if (after === undefined) {
      if (before?.deleting !== true) this.say('I3', `${key} is gone, and nobody deleted it`);
      return;
    }
    const said = JSON.stringify(after.spec) !== JSON.stringify(before?.spec);
    const deleted = after.deleting !== (before?.deleting ?? false);
    if ((said || deleted) && (this.inFlight.get(name) ?? 0) === 0) {
      this.say('I3', `${key} changes, and nobody asked for it`);
    }
  }

  #judgeClaim({ key, before, after }: Written<ClaimRecord>): void {
    if (after === undefined) {
      if (before !== undefined) this.#judgeFreed(key, before);
      return;
    }
    for (const gpu of new Set(after.claim.slices.map((slice) => slice.gpu))) this.#judgeCard(gpu);
    if (before === undefined) this.#plans.claimed(after);
  }

  /** Nobody may be left on what is free from now on. */
  #judgeFreed(key: string, { claim }: ClaimRecord): void {
    const agent = this.#agents.get(claim.node);
    const { holder } = claim;
    if (holder.kind === 'replica') {
      const running = agent?.fake.replicas.get(holder.replica)?.state === 'running';
      if (running) this.say('I1', `${key} is free, and ${holder.replica} runs on ${claim.node}`);
      return;
    }
    if (agent?.clientDevices.has(holder.allocation) === true)
      this.say('I1', `${key} is free, and its client works on ${claim.node}`);
  }

  #judgeCard(gpu: string): void {
    const slices: Slice[] = [];
    for (const { claim } of this.claims.rows.values()) {
      for (const slice of claim.slices) if (slice.gpu === gpu) slices.push(slice);
    }
    const ids = new Set(slices.map((slice) => slice.id));
    if (ids.size < slices.length) this.say('I1', `a slice of ${gpu} is held twice`);
    const kinds = new Set(slices.map(({ shape }) => shape.kind));
    if (kinds.size > 1) this.say('I1', `${gpu} is used as ${[...kinds].join(' and ')}`);
    if (kinds.has('whole') && slices.length > 1) this.say('I1', `${gpu} is held twice`);
    let mask = 0;
    let memoryMib = 0;
    for (const { id, shape } of slices) {
      memoryMib += shape.memoryMib;
      if (shape.kind !== 'mig') continue;
      const units = placementMask(shape.start, shape.size);
      if ((mask & units) !== 0) this.say('I1', `${id} overlaps another instance of ${gpu}`);
      mask |= units;
    }
    const card = [...this.#agents.values()]
      .flatMap((agent) => agent.fake.cards)
      .find((each) => each.uuid === gpu);
    if (card !== undefined && memoryMib > card.card.memoryMib) {
      this.say('I1', `${memoryMib} MiB of ${gpu} are promised`);
    }
  }

  #claimOf(replica: string): ClaimRecord | undefined {
    return [...this.claims.rows.values()].find((each) => replicaOf(each) === replica);
  }

  #isTimeshare(replica: string): boolean {
    const slices = this.#claimOf(replica)?.claim.slices ?? [];
    return slices.some(({ shape }) => shape.kind === 'timeshare');
  }

  /** Only what may end is ended, and slices go after whoever used them. */
  #judgeStone({ node, tombstone }: TombstoneRecord): void {
    const agent = this.#agents.get(node);
    if (tombstone.kind === 'slice') {
      const record = [...this.claims.rows.values()].find(({ claim }) =>
        claim.slices.some((slice) => slice.id === tombstone.slice),
      );
      const replica = record === undefined ? null : replicaOf(record);
      if (replica !== null && agent?.fake.replicas.get(replica)?.state === 'running') {
        this.say('I2', `slice ${tombstone.slice} is to go while ${replica} runs on it`);
      }
      return;
    }
    const { replica } = tombstone;
    const record = this.#claimOf(replica);
    if (record === undefined || record.claim.holder.kind !== 'replica') {
      this.say('I2', `${replica} is to end, and has no claim`);
      return;
    }
    const { model: name, modelVersion } = record.claim.holder;
    const model = this.models.rows.get(`models/${name}`);
    if (model === undefined || model.deleting || modelVersion < model.rolloutVersion) return;
    const held = [...this.claims.rows.values()].filter(
      ({ claim }) =>
        claim.state === 'held' && claim.holder.kind === 'replica' && claim.holder.model === name,
    );
    // Only what serves is missed: a copy that never ran may go for one that has not run either.
    const ranMs = this.#nowMs() - (this.#ranFromMs.get(replica) ?? Infinity);
    const served = this.phaseOf(replica) === 'ready' && ranMs > decidedMsMax;
    const left = served ? held.filter((each) => this.#ranFromMs.has(replicaOf(each) ?? '')) : held;
    if (left.length >= model.spec.replicas) return;
    const changing = [...this.changes.rows.values()].some((each) => names(each, record));
    if (!changing) {
      this.say('I2', `${replica} is to end, and ${left.length} of ${model.spec.replicas} are left`);
    }
  }

  #judgeAllocation({ key, before, after }: Written<AllocationRecord>): void {
    const name = key.slice(this.allocations.prefix.length);
    if (after === undefined) {
      this.grantedUntilMs.delete(name);
      return;
    }
    if (after.claim !== null && (before?.claim ?? null) === null) {
      this.placedAtMs.set(name, this.#nowMs());
    }
    if (after.ended?.why !== 'expired' || before?.ended !== null) return;
    const untilMs = this.grantedUntilMs.get(name);
    if (untilMs !== undefined && this.#nowMs() < untilMs) {
      this.say('I3', `${key} was granted for ${Math.round(untilMs - this.#nowMs())} ms more`);
    }
  }

  #judgeDeed(agent: SimAgent, deed: string): void {
    const [what = '', about = ''] = deed.split(' ');
    if (what === 'start' && !this.#ranFromMs.has(about)) this.#ranFromMs.set(about, this.#nowMs());
    if (what !== 'stop') return;
    const named = agent.store
      .accepted()
      ?.target.tombstones.some((each) => each.kind === 'replica' && each.replica === about);
    if (named !== true && agent.fake.healthy(about)) {
      this.say('I2', `${agent.name} stops ${about}, which no tombstone names`);
    }
  }

  /** What a client works on stays where it is. */
  #judgeClients(agent: SimAgent): void {
    for (const [client, devices] of agent.clientDevices) {
      for (const device of devices) {
        if (!agent.has(device))
          this.say('I1', `${device} is taken from client ${client} on ${agent.name}`);
        const rival = [...agent.fake.replicas.values()].find(
          (each) => each.state === 'running' && each.deviceUuids.includes(device),
        );
        const card = agent.fake.cards.find((each) => each.uuid === device);
        if (rival !== undefined && card?.mpsRunning !== true) {
          this.say('I1', `${rival.replica} runs on ${device}, which is client ${client}'s`);
        }
      }
    }
  }
}

/** Whether a plan that somebody read ends the claim, or began it and may take it back. */
function names({ exact, plan }: Change, { claim }: ClaimRecord): boolean {
  return exact && (plan.ends.includes(claim.id) || plan.begins.some(({ id }) => id === claim.id));
}

/** A mistake that somebody could make in one place, as the text that is there and the text that would be. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly right: string;
  readonly wrong: string;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'the store takes writes of a term that is over',
    file: 'coordinator/store/memory-store.ts',
    right: 'if (txn.fence !== undefined && !this.#holds(txn.fence)) throw',
    wrong: 'if (false) throw',
  },
  {
    name: 'the store acknowledges some writes that it loses',
    file: 'coordinator/store/memory-store.ts',
    right: 'this.#write(holds ? txn.do : (txn.otherwise ?? []));',
    wrong: 'if (this.#head % 23n !== 7n) this.#write(holds ? txn.do : []); else this.#head += 1n;',
  },
  {
    name: 'a transaction is half done',
    file: 'coordinator/store/memory-store.ts',
    right: 'for (const op of real) {',
    wrong: 'for (const op of real.slice(0, 3)) {',
  },
  {
    name: 'an epoch is used twice',
    file: 'coordinator/store/txn-check.ts',
    right: 'return (last > above ? last : above) + 1n;',
    wrong: 'return (last > above ? last : above) + (last === 0n ? 1n : 0n);',
  },
  {
    name: 'the fence is dropped on the way to the store',
    file: 'coordinator/store/txn-check.ts',
    right: 'return store.txn({ ...txn, fence: leadership.fence });',
    wrong: 'return store.txn(txn);',
  },
  {
    name: 'a lower epoch is obeyed',
    file: 'shared/domain/node-target.ts',
    right: "if (next.epoch !== last.epoch) return next.epoch < last.epoch ? 'older' : 'newer';",
    wrong: "if (next.epoch !== last.epoch) return 'newer';",
  },
  {
    name: 'an older generation is obeyed',
    file: 'shared/domain/node-target.ts',
    right: "return next.generation < last.generation ? 'older' : 'newer';",
    wrong: "return 'newer';",
  },
  {
    name: 'the accepted target is not written down',
    file: 'agent/target/ledger.ts',
    right: 'store.saveAccepted(judged.value);\n',
    wrong: '\n',
  },
  {
    name: 'a generation is used for two contents',
    file: 'coordinator/fleet/publish.ts',
    right: ': Math.max(row?.generation ?? 0, accepted) + 1;',
    wrong: ': Math.max(row?.generation ?? 0, accepted, 1);',
  },
  {
    name: 'a generation is sent before it is durable',
    file: 'coordinator/fleet/publish.ts',
    right: 'await world.ledger.commitTogether(writes.map((write) => [write]));',
    wrong:
      'sendTargets(world, targets);\n    await world.ledger.commitTogether(writes.map((write) => [write]));',
  },
  {
    name: 'a changed target keeps its generation',
    file: 'coordinator/fleet/publish.ts',
    right: 'row.contentHash === hash && row.generation >= accepted',
    wrong: 'row.generation >= accepted',
  },
  {
    name: 'a new session is not told what the last one was',
    file: 'coordinator/fleet/sessions.ts',
    right: '      sent: null,\n      session,',
    wrong: '      session,',
  },
  {
    name: 'a session that was replaced still speaks',
    file: 'coordinator/fleet/sessions.ts',
    right: 'if (world.registry.get(node)?.session !== session) return false;',
    wrong: '',
  },
  {
    name: 'a slice is given back before its replica has stopped',
    file: 'coordinator/fleet/claim-life.ts',
    right: 'if (!isDone(live, stone)) return [];',
    wrong: '',
  },
  {
    name: 'a claim goes before its slices have',
    file: 'coordinator/fleet/claim-life.ts',
    right: 'const done = pending.filter((each) => isDone(live, each));',
    wrong: 'const done = pending;',
  },
  {
    name: 'a claim goes with the first of its slices',
    file: 'coordinator/fleet/claim-life.ts',
    right: 'if (done.length < pending.length) return [];',
    wrong: 'if (done.length === 0 && pending.length > 0) return [];',
  },
  {
    name: 'slices of a claim are let go one by one',
    file: 'coordinator/fleet/claim-life.ts',
    right: 'if (done.length < pending.length) return [];',
    wrong:
      'if (done.length < pending.length) return done.map((each) => tombstones.delete(storeKeys.tombstone(claim.node, each)));',
  },
  {
    name: 'slices are forgotten with their replica',
    file: 'coordinator/fleet/claim-life.ts',
    right: 'return [buried, ...sliceStones(record).map((each) => bury(world, record, each))];',
    wrong: 'return [buried, world.deleteClaim(record)];',
  },
  {
    name: 'the slices of an allocation are taken at once',
    file: 'coordinator/fleet/allocation-life.ts',
    right: 'status.reclaiming && status.quietLooks >= quietLooksNeeded',
    wrong: 'status.quietLooks >= 0',
  },
  {
    name: 'the agent does not see whose process it is',
    file: 'agent/reconcile/allocation-use.ts',
    right: 'if (value === allocation) found.set',
    wrong: 'if (value !== allocation) found.set',
  },
  {
    name: 'allocations end by the wall clock',
    file: 'coordinator/fleet/deadline-timers.ts',
    right: 'return this.#clock.monotonicMs() >= timer.dueAtMs;',
    wrong: 'return this.#clock.wallMs() >= timer.deadlineMs;',
  },
  {
    name: 'a new leader gives nobody time to renew',
    file: 'coordinator/fleet/allocation-timers.ts',
    right: 'Math.min(longest, Math.max(graceMs, leftMs)),',
    wrong: 'Math.min(0, longest, graceMs, leftMs),',
  },
  {
    name: 'a call is done again when it is sent again',
    file: 'coordinator/fleet/answers.ts',
    right: 'if (row === undefined || kept === undefined || this.#isOld(kept)) return null;',
    wrong: 'if (row === undefined || kept === undefined || kept.bytes > 0) return null;',
  },
  {
    name: 'an unknown outcome is taken for a failure',
    file: 'coordinator/fleet/coordinator-core.ts',
    right: 'if (this.#world.ledger.stale) await this.#world.reload();',
    wrong: '',
  },
  {
    name: 'one replica too many is ended',
    file: 'coordinator/fleet/model-plan.ts',
    right: 'slice(0, Math.max(0, keep.length - wanted))',
    wrong: 'slice(0, Math.max(0, keep.length - wanted + (keep.length > wanted ? 1 : 0)))',
  },
  {
    name: 'a drain ends what serves before its successor does',
    file: 'coordinator/fleet/model-plan.ts',
    right: 'const spare = copy.serving ? serving > wanted : held > wanted;',
    wrong: 'const spare = copy.serving ? serving >= wanted : held > wanted;',
  },
  {
    name: 'a cut network counts as many dead nodes',
    file: 'coordinator/fleet/availability.ts',
    right: "const lost = due.filter((node) => node.wanted === 'draining' || !isMass(node));",
    wrong: 'const lost = due;',
  },
  {
    name: 'a node that was silent for a moment is given up',
    file: 'coordinator/fleet/availability.ts',
    right: 'node.silentMs >= limits.lostAfterMs);',
    wrong: 'node.silentMs >= limits.suspectAfterMs);',
  },
  {
    name: 'the engine does not learn of a claim',
    file: 'coordinator/fleet/world.ts',
    right:
      "    this.desk.apply({ kind: 'claim-set', claim: record.claim });\n    this.dirtyTargets",
    wrong: '    this.dirtyTargets',
  },
  {
    name: 'a plan is carried out although the world has moved on',
    file: 'coordinator/fleet/apply-plan.ts',
    right: '  if (first !== undefined) {',
    wrong: '  if (false) {',
  },
  {
    name: 'a change never leaves its first stage',
    file: 'coordinator/fleet/change-due.ts',
    right: 'slice(0, change.stage + 1)',
    wrong: 'slice(0, 1)',
  },
  {
    name: 'what a change will use is given to others',
    file: 'coordinator/fleet/change-holds.ts',
    right: 'for (const { gpu } of slices) hold.cards.set(gpu, change);',
    wrong: '',
  },
  {
    name: 'a tombstone ends its neighbours too',
    file: 'agent/reconcile/plan.ts',
    right: 'unit.replicas.filter((replica) => input.replicasGone.has(replica));',
    wrong: 'unit.replicas.filter(() => input.replicasGone.size > 0);',
  },
  {
    name: 'a replica counts as gone while it runs',
    file: 'agent/reconcile/replica-plan.ts',
    right: "if (entries.length === 0) return [{ kind: 'removeReplicaRecord', replica }];",
    wrong: "if (entries.length < 9) return [{ kind: 'removeReplicaRecord', replica }];",
  },
  {
    name: 'an engine that is away has no containers',
    file: 'agent/reconcile/replica-plan.ts',
    right: "if (away !== null) return [wait('runtime-away', away, { replica })];",
    wrong: '',
  },
  {
    name: 'what was bound before a reboot counts as there',
    file: 'agent/reconcile/plan-input.ts',
    right: '(each) => each.slice.id === slice && each.bootId === input.world.bootId,',
    wrong: '(each) => each.slice.id === slice,',
  },
  {
    name: 'the engine counts half of what a share was promised',
    file: 'shared/placement/card-view.ts',
    right:
      "if (shape.kind === 'mps' || shape.kind === 'timeshare') memoryHeldMib += shape.memoryMib;",
    wrong:
      "if (shape.kind === 'mps' || shape.kind === 'timeshare') memoryHeldMib += shape.memoryMib / 2;",
  },
  {
    name: 'the agent waits for ever for a dead coordinator',
    file: 'agent/link/control-session.ts',
    right: '} else if (silentMs > silentHeartbeats * this.#heartbeatMs) {',
    wrong: '} else if (silentMs < 0) {',
  },
  {
    name: 'a node that is drained is given new copies',
    file: 'coordinator/fleet/availability.ts',
    right:
      "if (node.wanted === 'draining') return { kind: 'draining', reason: 'an operator drains it' };",
    wrong: '',
  },
];

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  Decision,
  EngineOptions,
  PlacementDelta,
  PlacementEngine,
  PlacementNode,
  PlacementSnapshot,
} from '../../../../shared/placement/engine.ts';
import { lintPlacement } from '../../../../shared/placement/lint.ts';
import { open } from '../../../../shared/placement/open.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import { authorityAllows, isolationSatisfies } from '../../../../shared/domain/gpu.ts';
import { sliceIsolation } from '../../../../shared/domain/slice.ts';
import type { Happening } from './anything.ts';
import { anyCluster, anySpec, anyStory } from './anything.ts';
import { request } from './builders.ts';
import { recordAll, policyFor, scan } from './linear-scan.ts';
import { policyNames } from '../../../../shared/placement/policies/policy-name.ts';

const runs = { numRuns: 200 };

interface Told {
  readonly nodes: readonly PlacementNode[];
  readonly engine: PlacementEngine;
  readonly claims: readonly Claim[];
  readonly deltas: readonly PlacementDelta[];
  readonly decisions: readonly Decision[];
}

/** Plays a story on an engine and keeps the claims beside it, as the fleet does. */
function tell(
  snapshot: PlacementSnapshot,
  story: readonly Happening[],
  options: EngineOptions = {},
): Told {
  const engine = open(snapshot, options);
  const claims = new Map(snapshot.claims.map((claim) => [claim.id, claim]));
  const nodes = [...snapshot.nodes];
  const deltas: PlacementDelta[] = [];
  const decisions: Decision[] = [];
  for (const [at, happening] of story.entries()) {
    for (const delta of next(happening, at)) {
      engine.apply(delta);
      deltas.push(delta);
      if (delta.kind === 'claim-set') claims.set(delta.claim.id, delta.claim);
      if (delta.kind === 'claim-removed') claims.delete(delta.claim);
    }
  }
  return { engine, nodes, claims: [...claims.values()], deltas, decisions };

  function next(happening: Happening, at: number): readonly PlacementDelta[] {
    // Boards are brought up to date now and then, in portions: that changes no answer.
    if (at % 3 === 0) engine.refresh(at);
    if (happening.kind === 'place') {
      const decision = engine.decide(request(`c${at}`, happening.spec));
      decisions.push(decision);
      return decision.kind === 'placed' ? [decision.delta] : [];
    }
    const { kind, which } = happening;
    return kind === 'cordon' || kind === 'leave' ? ofNode(kind, which) : ofClaim(kind, which);
  }

  function ofNode(kind: 'cordon' | 'leave', which: number): readonly PlacementDelta[] {
    const place = which % Math.max(1, nodes.length);
    const there = nodes[place];
    if (there === undefined) return [];
    const set = { kind: 'node-set', node: there } as const;
    if (kind === 'leave') return [{ kind: 'node-removed', node: there.inventory.node }, set];
    const cordoned = { kind: 'cordoned', reason: 'by a test' } as const;
    const availability =
      there.availability.kind === 'ready' ? cordoned : ({ kind: 'ready' } as const);
    nodes[place] = { ...there, availability };
    return [{ kind: 'node-set', node: { ...there, availability } }];
  }

  function ofClaim(kind: 'reclaim' | 'remove', which: number): readonly PlacementDelta[] {
    const held = [...claims.values()];
    const claim = held[which % Math.max(1, held.length)];
    if (claim === undefined) return [];
    return kind === 'remove'
      ? [{ kind: 'claim-removed', claim: claim.id }]
      : [{ kind: 'claim-set', claim: { ...claim, state: 'reclaiming' } }];
  }
}

test('no story makes a promise that cannot be kept', () => {
  fc.assert(
    fc.property(anyCluster, anyStory(), (cluster, story) => {
      const { nodes, claims } = tell(cluster, story);
      expect(lintPlacement({ nodes, claims })).toEqual([]);
    }),
    runs,
  );
});

test('what is placed is at least what was asked for, on a card that allows it', () => {
  fc.assert(
    fc.property(anyCluster, anyStory(), anySpec(), (cluster, story, spec) => {
      const { engine } = tell(cluster, story);
      const decision = engine.decide(request('new', spec));
      const { gpu } = spec;
      if (decision.kind === 'refused' || gpu === null) return;
      const { slices, node } = decision.placement;
      expect(slices).toHaveLength(gpu.count);
      const { inventory } = cluster.nodes.find((each) => each.inventory.node === node) ?? {};
      for (const { shape, gpu: uuid } of slices) {
        const card = inventory?.gpus.find((each) => each.uuid === uuid);
        expect(shape.memoryMib).toBeGreaterThanOrEqual(gpu.memoryMib);
        expect(isolationSatisfies(sliceIsolation(shape.kind), gpu.isolation)).toBe(true);
        expect(authorityAllows(card?.authority ?? 'observe', 'place')).toBe(true);
        expect(card?.health.state).not.toBe('failed');
        if (shape.kind === 'mps')
          expect(shape.smPercent).toBeGreaterThanOrEqual(gpu.computePercent);
        if (shape.kind === 'mig' && card !== undefined && card.smCount > 0) {
          const profile = card.geometry?.profiles.find(
            (each) => each.giProfileId === shape.giProfileId,
          );
          expect((profile?.smCount ?? 0) * 100).toBeGreaterThanOrEqual(
            gpu.computePercent * card.smCount,
          );
        }
      }
    }),
    runs,
  );
});

test.for(policyNames)(
  'under %s the index chooses the very cards that a plain scan chooses',
  (policy) => {
    fc.assert(
      fc.property(anyCluster, anyStory(), anySpec(), (cluster, story, spec) => {
        const options = { policy, seed: 7 };
        const { engine, nodes, claims } = tell(cluster, story, options);
        const asked = request('new', spec);
        const scanned = scan(
          recordAll({ nodes, claims }),
          asked,
          policyFor(cluster, options),
          options.seed,
        );
        expect(chosen(engine.decide(asked))).toEqual(scanned);
        // Read off the boards, or rated for the asking: the same.
        const all = new Set(cluster.nodes.map(({ inventory }) => inventory.node));
        expect(chosen(engine.decide(asked, { within: all }))).toEqual(scanned);
        expect(chosen(engine.fork().decide(asked, { within: all }))).toEqual(scanned);
      }),
      { numRuns: 100 },
    );
  },
);

function chosen(decision: Decision) {
  if (decision.kind === 'refused') return null;
  const { node, slices } = decision.placement;
  return { node, gpus: slices.map(({ gpu }) => gpu), cost: decision.cost };
}

test('costs are whole numbers', () => {
  fc.assert(
    fc.property(anyCluster, anyStory(), (cluster, story) => {
      for (const decision of tell(cluster, story).decisions) {
        if (decision.kind === 'placed') expect(Number.isSafeInteger(decision.cost)).toBe(true);
      }
    }),
    runs,
  );
});

test('the order of nodes, cards, claims and labels in a snapshot changes no decision', () => {
  fc.assert(
    fc.property(anyCluster, anyStory(), anySpec(), (cluster, story, spec) => {
      const { nodes, claims } = tell(cluster, story);
      const straight = open({ nodes, claims });
      const turned = open({
        nodes: nodes.toReversed().map((node) => ({
          ...node,
          inventory: { ...node.inventory, gpus: node.inventory.gpus.toReversed() },
        })),
        claims: claims.toReversed(),
      });
      const asked = request('new', spec);
      expect(turned.decide(asked)).toEqual(straight.decide(asked));
    }),
    runs,
  );
});

test('an engine that lived through the deltas decides as one that is opened on the result', () => {
  fc.assert(
    fc.property(anyCluster, anyStory(), anySpec(), (cluster, story, spec) => {
      const { engine, nodes, claims } = tell(cluster, story);
      const asked = request('new', spec);
      expect(open({ nodes, claims }).decide(asked)).toEqual(engine.decide(asked));
    }),
    runs,
  );
});

test('replaying a log of requests and deltas gives the same decisions', () => {
  fc.assert(
    fc.property(anyCluster, anyStory(), (cluster, story) => {
      expect(tell(cluster, story).decisions).toEqual(tell(cluster, story).decisions);
    }),
    runs,
  );
});

test('deciding changes nothing', () => {
  fc.assert(
    fc.property(anyCluster, anyStory(), anySpec(), anySpec(), (cluster, story, spec, other) => {
      const { engine } = tell(cluster, story);
      const first = engine.decide(request('new', spec));
      engine.decide(request('other', other));
      expect(engine.decide(request('new', spec))).toEqual(first);
    }),
    runs,
  );
});

test('a fork and its origin do not see each other', () => {
  fc.assert(
    fc.property(anyCluster, anyStory(), anyStory(), anySpec(), (cluster, story, more, spec) => {
      const { engine, claims } = tell(cluster, story);
      const asked = request('new', spec);
      const before = engine.decide(asked);
      const fork = engine.fork();
      for (const { id } of claims) fork.apply({ kind: 'claim-removed', claim: id });
      for (const [at, each] of more.entries()) {
        if (each.kind !== 'place') continue;
        const decision = fork.decide(request(`fork${at}`, each.spec));
        if (decision.kind === 'placed') fork.apply(decision.delta);
      }
      for (const { inventory } of cluster.nodes)
        fork.apply({ kind: 'node-removed', node: inventory.node });
      expect(engine.decide(asked)).toEqual(before);
      const second = engine.fork();
      const [first] = cluster.nodes;
      if (first !== undefined) engine.apply({ kind: 'node-removed', node: first.inventory.node });
      expect(second.decide(asked)).toEqual(before);
    }),
    runs,
  );
});

test('a node that goes and comes back finds its claims again', () => {
  fc.assert(
    fc.property(anyCluster, anyStory(), anySpec(), (cluster, story, spec) => {
      const { engine, nodes } = tell(cluster, story);
      const asked = request('new', spec);
      const before = engine.decide(asked);
      for (const node of nodes) {
        engine.apply({ kind: 'node-removed', node: node.inventory.node });
      }
      expect(engine.decide(asked).kind).toBe('refused');
      for (const node of nodes.toReversed()) engine.apply({ kind: 'node-set', node });
      expect(engine.decide(asked)).toEqual(before);
    }),
    runs,
  );
});

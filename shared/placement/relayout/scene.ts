import { assert } from '../../domain/assert.ts';
import type { Claim } from '../../domain/claim.ts';
import { parseClaimId, parseReplicaId, type NodeName } from '../../domain/ids.ts';
import type {
  DecideOptions,
  Decision,
  EngineNode,
  PlacementEngine,
  PlacementNode,
  PlacementRequest,
} from '../engine.ts';
import { compareText } from '../node-record.ts';
import type { IdleInstance } from './stages.ts';
import type { NodeSight } from './victims.ts';

const nobody: readonly Claim[] = [];

/** How the names of replicas begin that are only thought of. */
export const standInPrefix = 'stand-in/';

/**
 * A world to try things out in: every step can be taken back.
 * Invariants: the engine and what was touched tell the same; `undoTo(mark)` leaves both as they were at `mark`.
 */
export class Scene {
  readonly #engine: PlacementEngine;
  /** Nodes that something was done to, as they are in the scene; once it is undone, the very objects of before. */
  readonly #touched = new Map<NodeName, EngineNode>();
  readonly #undo: { readonly serial: number; readonly undo: () => void }[] = [];
  readonly #refused = new Map<string, boolean>();
  #questions = 0;
  #serial = 0;
  #standIns = 0;

  /** The engine is as it was once everything is undone. */
  constructor(engine: PlacementEngine) {
    this.#engine = engine;
  }

  /** Another scene of the same world. One of the two at a time may do anything. */
  anew(): Scene {
    return new Scene(this.#engine);
  }

  /** In order of name, as they are now. */
  nodes(): readonly EngineNode[] {
    const all = this.#engine.nodes();
    if (this.#touched.size === 0) return all;
    return all.map((each) => this.#touched.get(each.node.inventory.node) ?? each);
  }

  node(name: NodeName): PlacementNode | undefined {
    return this.#at(name)?.node;
  }

  /** In order of id. */
  claimsOn(name: NodeName): readonly Claim[] {
    return this.anyClaimsOn(name).toSorted((a, b) => compareText(a.id, b.id));
  }

  /** In no order that may decide anything: for sums over a large cluster. */
  anyClaimsOn(name: NodeName): readonly Claim[] {
    return this.#at(name)?.claims ?? nobody;
  }

  /** The nodes that were easiest for a need when it was first asked about, by its key; kept for nested questions. */
  readonly shortlists = new Map<string, readonly NodeName[]>();

  /** What was seen on nodes; `anyClaimsOn` is the same list again once a step is taken back. */
  readonly sights = new Map<NodeName, NodeSight>();

  /** How many nodes were looked at closely so far. */
  looks = 0;

  /** How often the engine was asked: what the limits of a search count. */
  get questions(): number {
    return this.#questions;
  }

  decide(request: PlacementRequest, options?: DecideOptions): Decision {
    this.#questions += 1;
    return this.#engine.decide(request, options);
  }

  /** Whether there is no place for a request now; remembered, because many replicas are alike. */
  refuses(request: PlacementRequest): boolean {
    const state = this.#undo.at(-1)?.serial ?? 0;
    const key = `${state}/${request.modelVersion}/${request.spec.name}`;
    const known = this.#refused.get(key);
    if (known !== undefined) return known;
    const refused = this.decide(request).kind === 'refused';
    this.#refused.set(key, refused);
    return refused;
  }

  /**
   * Names for a replica that is only thought of. Most of what a search tries is dropped again; what becomes part of a
   * plan gets its real name there.
   */
  standIn(): Pick<PlacementRequest, 'claim' | 'replica'> {
    this.#standIns += 1;
    const claim = parseClaimId(`${standInPrefix}${this.#standIns}`);
    const replica = parseReplicaId(`${standInPrefix}${this.#standIns}`);
    assert(claim.ok && replica.ok, 'a stand-in has a well-formed name');
    return { claim: claim.value, replica: replica.value };
  }

  /** A point that can be gone back to. */
  mark(): number {
    return this.#undo.length;
  }

  undoTo(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()?.undo();
  }

  begin(claim: Claim): void {
    const before = this.#known(claim.node);
    this.#touch({ ...before, claims: [...before.claims, claim] });
    this.#engine.apply({ kind: 'claim-set', claim });
    this.#remember(() => {
      this.#engine.apply({ kind: 'claim-removed', claim: claim.id });
      this.#touch(before);
    });
  }

  /**
   * The claim has ended and what was cut for it is given back. For real that takes two reports; here both have
   * happened at once, because nothing would ever fit in the place of an instance that were left standing.
   */
  end(claim: Claim): void {
    const gone = new Set<string>(claim.slices.map((slice) => slice.id));
    const before = this.#known(claim.node);
    this.#touch({ ...before, claims: before.claims.filter(({ id }) => id !== claim.id) });
    this.#engine.apply({ kind: 'claim-removed', claim: claim.id });
    const restore = this.#filterInstances(
      claim.node,
      (_, { slice }) => !(slice !== null && gone.has(slice)),
    );
    this.#remember(() => {
      restore();
      this.#engine.apply({ kind: 'claim-set', claim });
      this.#touch(before);
    });
  }

  /** An idle instance is no more. */
  recut({ node, gpu, instance }: IdleInstance): void {
    this.#remember(
      this.#filterInstances(
        node,
        (uuid, each) =>
          uuid !== gpu ||
          each.start !== instance.start ||
          each.giProfileId !== instance.giProfileId,
      ),
    );
  }

  #remember(undo: () => void): void {
    this.#serial += 1;
    this.#undo.push({ serial: this.#serial, undo });
  }

  /** Keeps some MIG instances of a node; returns what brings the others back. */
  #filterInstances(
    name: NodeName,
    keep: (gpu: string, instance: IdleInstance['instance']) => boolean,
  ): () => void {
    const before = this.#known(name);
    const { node } = before;
    // Cards that nothing happens to stay the same objects: nobody looks at them again.
    const gpus = node.inventory.gpus.map((gpu) => {
      const instances = gpu.instances.filter((instance) => keep(gpu.uuid, instance));
      return instances.length === gpu.instances.length ? gpu : { ...gpu, instances };
    });
    if (gpus.every((gpu, at) => gpu === node.inventory.gpus[at])) return () => undefined;
    const after = { ...node, inventory: { ...node.inventory, gpus } };
    this.#touch({ ...before, node: after });
    this.#engine.apply({ kind: 'node-set', node: after });
    return () => {
      this.#engine.apply({ kind: 'node-set', node });
      this.#touch(before);
    };
  }

  #at(name: NodeName): EngineNode | undefined {
    return this.#touched.get(name) ?? this.#engine.node(name);
  }

  #known(name: NodeName): EngineNode {
    const known = this.#at(name);
    assert(known !== undefined, 'a scene has the nodes that it began with');
    // The engine's own record is another object after every delta; its parts are what is kept.
    return { node: known.node, claims: known.claims };
  }

  #touch(each: EngineNode): void {
    this.#touched.set(each.node.inventory.node, each);
  }
}

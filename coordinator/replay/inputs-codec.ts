import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { MigGeometry } from '../../shared/domain/mig-profile.ts';
import type {
  PlacementDelta,
  PlacementNode,
  PlacementSnapshot,
} from '../../shared/placement/engine.ts';

/**
 * What a decision was made from, as text. The MIG geometry of a card is most of a node's text and equal on all cards of
 * a product, so it is written once, where it is first seen after a snapshot, and named from then on.
 */
interface Inputs {
  /** Those that are not in an earlier row since the snapshot. */
  readonly geometries: Readonly<Record<string, MigGeometry>>;
  readonly value: unknown;
}

type Gpu = PlacementNode['inventory']['gpus'][number];
type NamedGpu = Omit<Gpu, 'geometry'> & { readonly geometry: string | null };

/** Writes the inputs of decisions, in their order. A snapshot begins anew: nothing before it is needed to read on. */
export class InputsEncoder {
  #names = new Map<string, string>();
  // Agents send whole inventories again and again: each geometry object is turned to text once.
  #seen = new WeakMap<MigGeometry, string>();
  #fresh: Record<string, MigGeometry> = {};

  snapshot(snapshot: PlacementSnapshot): string {
    this.#names = new Map();
    this.#seen = new WeakMap();
    return this.#write({ ...snapshot, nodes: snapshot.nodes.map((node) => this.#nodeOf(node)) });
  }

  deltas(deltas: readonly PlacementDelta[]): string {
    return this.#write(
      deltas.map((delta) =>
        delta.kind === 'node-set' ? { ...delta, node: this.#nodeOf(delta.node) } : delta,
      ),
    );
  }

  #write(value: unknown): string {
    const inputs: Inputs = { geometries: this.#fresh, value };
    this.#fresh = {};
    return JSON.stringify(inputs);
  }

  #nodeOf(node: PlacementNode) {
    const gpus = node.inventory.gpus.map((gpu): NamedGpu => {
      const { geometry } = gpu;
      return { ...gpu, geometry: geometry === null ? null : this.#nameOf(geometry) };
    });
    return { ...node, inventory: { ...node.inventory, gpus } };
  }

  #nameOf(geometry: MigGeometry): string {
    const seen = this.#seen.get(geometry);
    if (seen !== undefined) return seen;
    const text = canonicalJson(geometry);
    const known = this.#names.get(text);
    const name = known ?? `g${this.#names.size}`;
    if (known === undefined) {
      this.#names.set(text, name);
      this.#fresh[name] = geometry;
    }
    this.#seen.set(geometry, name);
    return name;
  }
}

/** Reads the inputs of decisions in the order in which they were written, from a snapshot on. Throws on other texts. */
export class InputsDecoder {
  #geometries = new Map<string, MigGeometry>();

  snapshot(text: string): PlacementSnapshot {
    this.#geometries = new Map();
    const snapshot = this.#read(text) as PlacementSnapshot; // our own log wrote it
    return { ...snapshot, nodes: snapshot.nodes.map((node) => this.#nodeOf(node)) };
  }

  deltas(text: string): readonly PlacementDelta[] {
    return (this.#read(text) as readonly PlacementDelta[]).map((delta) =>
      // our own log wrote it

      delta.kind === 'node-set' ? { ...delta, node: this.#nodeOf(delta.node) } : delta,
    );
  }

  #read(text: string): unknown {
    const inputs = JSON.parse(text) as Inputs; // our own log wrote it
    for (const [name, geometry] of Object.entries(inputs.geometries)) {
      this.#geometries.set(name, geometry);
    }
    return inputs.value;
  }

  #nodeOf(node: PlacementNode): PlacementNode {
    const gpus = node.inventory.gpus.map((gpu) => {
      const name = gpu.geometry as unknown as string | null; // as `InputsEncoder` left it
      return { ...gpu, geometry: name === null ? null : this.#geometryOf(name) };
    });
    return { ...node, inventory: { ...node.inventory, gpus } };
  }

  #geometryOf(name: string): MigGeometry {
    const found = this.#geometries.get(name);
    if (found === undefined)
      throw new Error(`the geometry ${name} is in no row since the snapshot`);
    return found;
  }
}

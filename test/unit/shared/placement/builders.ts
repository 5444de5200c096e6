import { assert } from '../../../../shared/domain/assert.ts';
import { cards, geometryOf, type Card } from '../../../../shared/domain/card.ts';
import type { Claim } from '../../../../shared/domain/claim.ts';
import {
  parseBootId,
  parseClaimId,
  parseGpuUuid,
  parseModelName,
  parseNodeName,
  parseReplicaId,
  parseSliceId,
} from '../../../../shared/domain/ids.ts';
import type {
  ClaimId,
  GpuUuid,
  ModelName,
  NodeName,
  SliceId,
} from '../../../../shared/domain/ids.ts';
import type { GpuInventory, Inventory, MigInstance } from '../../../../shared/domain/inventory.ts';
import type { MigProfile } from '../../../../shared/domain/mig-profile.ts';
import type { GpuNeed, ModelSpec } from '../../../../shared/domain/model.ts';
import type { Result } from '../../../../shared/domain/result.ts';
import type { Slice, SliceShape } from '../../../../shared/domain/slice.ts';
import type {
  NodeAvailability,
  PlacementEngine,
  PlacementNode,
  PlacementRequest,
} from '../../../../shared/placement/engine.ts';

/** The value of a parse that cannot fail in a test. */
export function sure<T>(result: Result<T>): T {
  assert(result.ok, 'a test builder makes well-formed values');
  return result.value;
}

const nodeName = (text: string): NodeName => sure(parseNodeName(text));
export const modelName = (text: string): ModelName => sure(parseModelName(text));
const claimId = (text: string): ClaimId => sure(parseClaimId(text));
export const sliceId = (text: string): SliceId => sure(parseSliceId(text));
export const gpuUuid = (text: string): GpuUuid => sure(parseGpuUuid(text));

function cardNamed(name: string): Card {
  const found = cards.find((each) => each.name === name);
  assert(found !== undefined, `there is a card ${name}`);
  return found;
}

function profileNamed(card: Card, name: string): MigProfile {
  const found = geometryOf(card)?.profiles.find((each) => each.name === name);
  assert(found !== undefined, `${card.name} has a profile ${name}`);
  return found;
}

/** An idle, healthy card of a node that may be cut. `at` is its index, and part of its UUID. */
export function gpu(
  node: string,
  at: number,
  cardName: string,
  changes: Partial<GpuInventory> = {},
): GpuInventory {
  const card = cardNamed(cardName);
  return {
    uuid: gpuUuid(`GPU-${node}-${at}`),
    index: at,
    productName: card.productName,
    pciBusId: `00000000:${(at + 1).toString(16).toUpperCase().padStart(2, '0')}:00.0`,
    memoryTotalMib: card.memoryMib,
    memoryForeignMib: 0,
    smCount: card.smCount,
    mode: 'idle',
    authority: 'cut',
    health: { state: 'ok' },
    migEnabled: card.migGeometry === null ? null : false,
    layoutRevision: 1,
    geometry: geometryOf(card),
    instances: [],
    mpsActive: false,
    mpsOffered: true,
    nvlinkPeers: [],
    numaNode: null,
    ...changes,
  };
}

/** A MIG instance with one compute instance, made by somebody else unless `slice` says otherwise. */
export function instance(
  cardName: string,
  profile: string,
  start: number,
  changes: Partial<MigInstance> = {},
): MigInstance {
  const found = profileNamed(cardNamed(cardName), profile);
  return {
    giProfileId: found.giProfileId,
    start,
    size: found.placementSize,
    profile,
    memoryMib: found.memoryMib,
    gpuInstanceId: start + 1,
    computeInstanceIds: [0],
    uuid: `MIG-${start}`,
    slice: null,
    ...changes,
  };
}

/** A node that is ready, with Docker, 64 CPUs and 512 GiB. */
export function node(
  name: string,
  gpus: readonly GpuInventory[],
  changes: Partial<Inventory> & { readonly availability?: NodeAvailability } = {},
): PlacementNode {
  const { availability = { kind: 'ready' }, ...rest } = changes;
  return {
    availability,
    inventory: {
      node: nodeName(name),
      bootId: sure(parseBootId('boot-1')),
      agentVersion: '0.1.0',
      driverVersion: '550.163.01',
      cpuMillis: 64_000,
      memoryMib: 524_288,
      labels: {},
      runtimes: ['docker', 'process'],
      handout: 'env',
      metricsAddress: null,
      images: [],
      gpus,
      ...rest,
    },
  };
}

/** Cards as people write them, all alike in state: `node('a', cardsOf('a', ['A100-40GB', 'L40S']))`. */
export function cardsOf(
  name: string,
  products: readonly string[],
  changes: Partial<GpuInventory> = {},
): GpuInventory[] {
  return products.map((product, at) => gpu(name, at, product, changes));
}

export function needs(changes: Partial<GpuNeed> = {}): GpuNeed {
  return {
    memoryMib: 4_096,
    computePercent: 0,
    isolation: 'mps',
    count: 1,
    processes: 1,
    models: [],
    ...changes,
  };
}

export function model(
  name: string,
  wanted: GpuNeed | null,
  changes: Partial<Omit<ModelSpec, 'workload'>> & {
    readonly workload?: Partial<ModelSpec['workload']>;
  } = {},
): ModelSpec {
  const { workload, ...rest } = changes;
  return {
    name: modelName(name),
    labels: {},
    replicas: 1,
    workload: {
      image: 'registry.local/model:1',
      command: null,
      args: [],
      env: {},
      port: 8000,
      health: { path: '/healthz', startupDeadlineMs: 60_000 },
      cpuMillis: 0,
      memoryMib: 0,
      mounts: [],
      writableRoot: false,
      ...workload,
    },
    gpu: wanted,
    priority: 0,
    placement: { spread: 'none', maxPerNode: 0, antiAffinity: [], constraints: {} },
    disruption: { kind: 'never' },
    ...rest,
  };
}

export function request(id: string, spec: ModelSpec): PlacementRequest {
  return {
    claim: claimId(id),
    replica: sure(parseReplicaId(`${spec.name}-${id}`)),
    spec,
    modelVersion: 1,
    nowMs: 1_000,
  };
}

/** A claim of a replica of `m` on one card of a node. */
export function claim(
  id: string,
  nodeOf: string,
  shapes: readonly (readonly [number, SliceShape])[],
  changes: Partial<Claim> = {},
): Claim {
  const slices = shapes.map(([at, shape], number): Slice => ({
    id: sliceId(`${id}.${number}`),
    incarnation: 1,
    node: nodeName(nodeOf),
    gpu: gpuUuid(`GPU-${nodeOf}-${at}`),
    shape,
  }));
  return {
    id: claimId(id),
    holder: {
      kind: 'replica',
      replica: sure(parseReplicaId(`m-${id}`)),
      model: modelName('m'),
      modelVersion: 1,
    },
    node: nodeName(nodeOf),
    slices,
    cpuMillis: 0,
    memoryMib: 0,
    state: 'held',
    createdAtMs: 1,
    ...changes,
  };
}

export function migShape(cardName: string, profile: string, start: number): SliceShape {
  const found = profileNamed(cardNamed(cardName), profile);
  return {
    kind: 'mig',
    giProfileId: found.giProfileId,
    start,
    profile,
    size: found.placementSize,
    memoryMib: found.memoryMib,
  };
}

export const mpsShape = (memoryMib: number, smPercent: number): SliceShape => ({
  kind: 'mps',
  memoryMib,
  smPercent,
});

/** What an engine answers, in one line: `node-a GPU0 1g.5gb@6`, or `refused: …`. */
export function told(engine: PlacementEngine, asked: PlacementRequest): string {
  const decision = engine.decide(asked);
  if (decision.kind === 'refused') return `refused: ${engine.explain(asked).refusal?.summary}`;
  const { node: where, slices } = decision.placement;
  const parts = slices.map(
    ({ gpu: uuid, shape }) => `GPU${uuid.split('-').at(-1)} ${shapeText(shape)}`,
  );
  return [where, ...parts].join(' ');
}

function shapeText(shape: SliceShape): string {
  if (shape.kind === 'mig') return `${shape.profile}@${shape.start}`;
  if (shape.kind === 'mps') return `mps:${shape.memoryMib}MiB:${shape.smPercent}%`;
  return `${shape.kind}:${shape.memoryMib}MiB`;
}

import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { openAuthority } from '../../../coordinator/ca/authority.ts';
import { readKeyFile } from '../../../coordinator/ca/key-file.ts';
import { establishCluster } from '../../../coordinator/fleet/cluster-record.ts';
import { openEventLog } from '../../../coordinator/store/event-log.ts';
import { openSqliteStore } from '../../../coordinator/store/sqlite-store.ts';
import { storeLimits, type Store } from '../../../coordinator/store/store.ts';
import {
  claimCodec,
  encodeValue,
  modelCodec,
  nodeCodec,
  storeKeys,
  type ValueCodec,
} from '../../../coordinator/store/values.ts';
import type { Claim } from '../../../shared/domain/claim.ts';
import type { ModelSpec } from '../../../shared/domain/model.ts';
import {
  parseClaimId,
  parseModelName,
  parseNodeName,
  parseReplicaId,
  parseSliceId,
} from '../../../shared/domain/ids.ts';
import type { Result } from '../../../shared/domain/result.ts';
import { parseManifests } from '../../../shared/manifest/parse-manifests.ts';
import { systemClock } from '../../../shared/platform/clock.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import { tlsChannel } from '../../../shared/wire/tls-channel.ts';
import { inventoryOf } from '../../fakes/link-agent.ts';
import { swarmNode } from './swarm.ts';

export interface StateWish {
  /** Where the coordinator will look. */
  readonly stateDir: string;
  readonly nodes: number;
  /** Eight models to a tenth of them; each replica on an MPS share of a card of its node. */
  readonly replicas: number;
  /** Issues a certificate for each node. */
  readonly certificates: boolean;
}

export const swarmCards = '8xA100-80GB';

const dayMs = 86_400_000;
const replicasPerModel = 500;

/** Credentials of each node of a swarm; null: plaintext. */
export type CredentialsOf = ((node: string) => ChannelCredentials) | null;

/** Fills a store as a coordinator would have left it, through the store's own interface and codecs. */
export async function prepareState(wish: StateWish): Promise<CredentialsOf> {
  const store = openSqliteStore(join(wish.stateDir, 'coordinator.db'));
  const eventLog = openEventLog(join(wish.stateDir, 'events.db'), { rowsMax: 1_000 });
  const outside = { clock: systemClock, random: Math.random, log: silentLog };
  try {
    const clusterId = await establishCluster({ store, eventLog, ...outside });
    if (wish.replicas > 0) await writeFleet(store, wish);
    return wish.certificates ? await issueAll(store, wish, clusterId) : null;
  } finally {
    eventLog.close();
    await store.close();
  }
}

/** One key for all: what is measured is the coordinator, and making keys is their agents' work. */
async function issueAll(
  store: Store,
  { stateDir, nodes }: StateWish,
  clusterId: string,
): Promise<CredentialsOf> {
  const passphrase = readKeyFile(join(stateDir, 'ca.key'), { create: true });
  const authority = await openAuthority({
    store,
    clusterId,
    passphrase,
    clock: systemClock,
    log: silentLog,
  });
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = key.publicKey.export({ type: 'spki', format: 'der' });
  const keyPem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { roots } = authority.trust();
  const chains = new Map<string, string>();
  for (let index = 0; index < nodes; index += 1) {
    const name = swarmNode(index);
    const issued = await authority.issue({ kind: 'agent', name }, { publicKey, lifeMs: dayMs });
    chains.set(name, issued.chainPem);
  }
  return (node) => {
    const chainPem = chains.get(node) ?? '';
    return tlsChannel({ cluster: clusterId, roots, identity: { chainPem, keyPem } });
  };
}

async function writeFleet(store: Store, { nodes, replicas }: StateWish): Promise<void> {
  const writer = new Writer(store);
  const firstSeenMs = systemClock.wallMs();
  for (let index = 0; index < nodes; index += 1) {
    const node = must(parseNodeName(swarmNode(index)));
    const decided = { wanted: 'ready' as const, drain: null, ownLabels: {} };
    const record = { node, ...decided, labels: {}, firstSeenMs, lastSeenMs: firstSeenMs };
    await writer.put(nodeCodec, storeKeys.node(node), record);
  }
  const models = Math.ceil(replicas / replicasPerModel);
  const cardsOf = new Map<number, ReturnType<typeof inventoryOf>>();
  for (let at = 0; at < models; at += 1) {
    const count = Math.min(replicasPerModel, replicas - at * replicasPerModel);
    const spec = specOf(`model-${String(at).padStart(4, '0')}`, count);
    const stamp = { createdAtMs: firstSeenMs, updatedAtMs: firstSeenMs, deleting: false };
    const record = { spec, version: 1, rolloutVersion: 1, ...stamp };
    await writer.put(modelCodec, storeKeys.model(spec.name), record);
    for (let copy = 0; copy < count; copy += 1) {
      const index = at * replicasPerModel + copy;
      const place = index % nodes;
      let inventory = cardsOf.get(place);
      if (inventory === undefined) {
        inventory = inventoryOf({ node: swarmNode(place), cards: swarmCards });
        cardsOf.set(place, inventory);
      }
      const claim = claimOf({ spec, copy, inventory, card: Math.floor(index / nodes) % 8 });
      const { workload } = spec;
      await writer.put(claimCodec, storeKeys.claim(claim.id), {
        claim,
        workload,
        processes: 1,
        superseded: false,
      });
    }
  }
  await writer.flush();
}

function specOf(name: string, replicas: number): ModelSpec {
  const text = `apiVersion: tangram/v1\nkind: Model\nmetadata: { name: ${name} }\nspec: { image: server:1, replicas: ${replicas}, port: 8000, gpu: { memory: 8GiB } }\n`;
  const parsed = parseManifests([{ name: 'bench', text }]);
  const spec = parsed.ok ? parsed.value[0]?.spec : undefined;
  if (spec === undefined) throw new Error('the manifest of the bench is wrong');
  return { ...spec, name: must(parseModelName(name)) };
}

function claimOf(of: {
  readonly spec: ModelSpec;
  readonly copy: number;
  readonly inventory: ReturnType<typeof inventoryOf>;
  readonly card: number;
}): Claim {
  const { spec, copy, inventory, card } = of;
  const name = `${spec.name}-${String(copy).padStart(5, '0')}`;
  const gpu = inventory.gpus[card]?.uuid;
  if (gpu === undefined) throw new Error(`no card ${card}`);
  const slice = {
    id: must(parseSliceId(`${name}-0`)),
    incarnation: 1,
    node: inventory.node,
    gpu,
    shape: { kind: 'mps' as const, memoryMib: 8_192, smPercent: 10 },
  };
  return {
    id: must(parseClaimId(name)),
    holder: {
      kind: 'replica',
      replica: must(parseReplicaId(name)),
      model: spec.name,
      modelVersion: 1,
    },
    node: inventory.node,
    slices: [slice],
    cpuMillis: 0,
    memoryMib: 0,
    state: 'held',
    createdAtMs: 1_700_000_000_000,
  };
}

/** Transactions as full as the store takes them. */
class Writer {
  readonly #store: Store;
  #ops: { op: 'put'; key: string; value: Uint8Array }[] = [];
  #bytes = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  async put<T>(codec: ValueCodec<T>, key: string, value: T): Promise<void> {
    const bytes = encodeValue(codec, value);
    const full =
      this.#ops.length >= storeLimits.txnOpsMax ||
      this.#bytes + bytes.length + key.length > storeLimits.txnBytesMax / 2;
    if (full) await this.flush();
    this.#ops.push({ op: 'put', key, value: bytes });
    this.#bytes += bytes.length + key.length;
  }

  async flush(): Promise<void> {
    if (this.#ops.length > 0) await this.#store.txn({ if: [], do: this.#ops });
    this.#ops = [];
    this.#bytes = 0;
  }
}

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problem.message);
}

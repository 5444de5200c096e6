import type { ChannelCredentials, ClientDuplexStream } from '@grpc/grpc-js';
import { Client, credentials } from '@grpc/grpc-js';
import { encodeInventory } from '../../../shared/wire/inventory-codec.ts';
import { channelOptions, linkPings, linkService } from '../../../shared/wire/services.ts';
import type { ControlRequest } from '../../../shared/wire/generated/tangram/link/v1/ControlRequest.ts';
import type { NodeTarget__Output } from '../../../shared/wire/generated/tangram/link/v1/NodeTarget.ts';
import type { TelemetryRequest } from '../../../shared/wire/generated/tangram/link/v1/TelemetryRequest.ts';
import { inventoryOf } from '../../fakes/link-agent.ts';

/** What a card tells each second: the agent's own ten, and as many as DCGM adds. */
export const swarmMetrics: readonly string[] = [
  'gpu_utilization_ratio',
  'gpu_memory_utilization_ratio',
  'gpu_memory_used_bytes',
  'gpu_memory_size_bytes',
  'gpu_temperature_celsius',
  'gpu_power_watts',
  'gpu_power_limit_watts',
  'gpu_sm_clock_hertz',
  'gpu_memory_clock_hertz',
  'gpu_ecc_uncorrected_errors',
  ...Array.from({ length: 10 }, (_, at) => `gpu_profile_${at}_ratio`),
];

export function swarmNode(index: number): string {
  return `node-${String(index).padStart(5, '0')}`;
}

export interface SwarmOptions {
  /** `host:port` of the coordinator. */
  readonly address: string;
  readonly agents: number;
  /** As `parseCards` reads it. */
  readonly cards: string;
  /** Agents that dial in one second. */
  readonly dialsPerSecond: number;
  /** One for each agent: a certificate speaks for its node. */
  readonly credentialsOf?: (node: string) => ChannelCredentials;
  /** Sees every target, before it is acknowledged. */
  readonly onTarget?: (node: string, target: NodeTarget__Output) => void;
}

export interface SwarmCounts {
  readonly welcomed: number;
  readonly batchesSent: number;
  readonly batchesAccepted: number;
  /** Each with as many batches as the coordinator wants together. */
  readonly requestsSent: number;
  readonly requestsReceived: number;
  readonly targets: number;
  readonly errors: number;
  readonly firstError: string;
}

const telemetryPath = linkService.Telemetry.path;
const controlPath = linkService.Control.path;
const statusEveryMs = 10_000;
/** What a real agent allows itself, too. */
const underWayMax = 4;
const waitingMax = 10;

/**
 * Many agents in one process, as light as they can be: real streams, real hello, inventory, pings, status and a
 * batch of samples a second each, as many together as the coordinator asks for, spread over the second; no cards, no containers. What they are told to run, they run
 * at once.
 */
export class Swarm {
  readonly #options: SwarmOptions;
  readonly #agents: SwarmAgent[] = [];
  readonly #counts = {
    welcomed: 0,
    batchesSent: 0,
    batchesAccepted: 0,
    requestsSent: 0,
    requestsReceived: 0,
    targets: 0,
    errors: 0,
    firstError: '',
  };
  #timer: NodeJS.Timeout | undefined;
  #slot = 0;

  constructor(options: SwarmOptions) {
    this.#options = options;
  }

  /** Dials all of them and resolves once all are welcomed; rejects after `limitMs`. */
  async connect(limitMs: number): Promise<void> {
    const { agents, dialsPerSecond } = this.#options;
    const batch = Math.max(1, Math.ceil(dialsPerSecond / 10));
    const deadline = performance.now() + limitMs;
    this.#beat();
    while (this.#agents.length < agents) {
      for (let at = 0; at < batch && this.#agents.length < agents; at += 1) {
        this.#agents.push(new SwarmAgent(this.#agents.length, this.#options, this.#counts));
      }
      await rest(100);
    }
    while (this.#counts.welcomed < agents) {
      const { welcomed, errors, firstError } = this.#counts;
      if (performance.now() > deadline || errors > agents / 10) {
        throw new Error(`${welcomed} of ${agents} agents were welcomed; ${firstError}`);
      }
      await rest(50);
    }
  }

  /** A second's rhythm, in which each agent has its moment. */
  #beat(): void {
    const slots = 25;
    const slotMs = 500 / slots;
    const beganMs = performance.now();
    this.#timer = setInterval(() => {
      // A timer that comes late makes up for what it missed, as agents on hosts of their own miss nothing.
      const due = Math.floor((performance.now() - beganMs) / slotMs);
      for (; this.#slot < due; this.#slot += 1) {
        for (let at = this.#slot % slots; at < this.#agents.length; at += slots) {
          this.#agents[at]?.tick(Math.floor(this.#slot / slots));
        }
      }
    }, slotMs);
  }

  counts(): SwarmCounts {
    return { ...this.#counts };
  }

  close(): void {
    clearInterval(this.#timer);
    for (const agent of this.#agents) agent.close();
  }
}

type Counts = { -readonly [K in keyof SwarmCounts]: SwarmCounts[K] };

/** The bytes of a request are made once for all agents: the client must not be what limits. */
const requestBytes = new Map<string, Buffer>();

class SwarmAgent {
  readonly #node: string;
  readonly #client: Client;
  readonly #counts: Counts;
  readonly #options: SwarmOptions;
  readonly #control: ClientDuplexStream<Buffer, Buffer>;
  #telemetry: ClientDuplexStream<Buffer, Buffer> | undefined;
  #rows: string[] = [];
  #welcomed = false;
  #statusAtMs: number;
  #sent = 0;
  #waiting = 0;
  #together = 1;
  #acknowledged = 0;
  #accepted = 0;
  #over = false;
  #target: NodeTarget__Output | undefined;

  constructor(index: number, options: SwarmOptions, counts: Counts) {
    this.#node = swarmNode(index);
    this.#options = options;
    this.#counts = counts;
    const { address, credentialsOf } = options;
    this.#client = new Client(
      address,
      credentialsOf?.(this.#node) ?? credentials.createInsecure(),
      {
        ...channelOptions,
        'grpc.use_local_subchannel_pool': 1,
        'grpc.keepalive_time_ms': linkPings.everyMs,
        'grpc.keepalive_timeout_ms': linkPings.answerMsMax,
      },
    );
    // Spread, as agents that began at different times are.
    this.#statusAtMs = performance.now() - (index % 100) * (statusEveryMs / 100);
    this.#control = this.#client.makeBidiStreamRequest(controlPath, asIs, asIs);
    this.#control.on('error', (error) => this.#failed(error));
    this.#control.on('data', (bytes: Buffer) => this.#hear(bytes));
    this.#say(this.#hello());
  }

  /** Twice a second. */
  tick(half: number): void {
    if (!this.#welcomed || this.#over) return;
    const nowMs = performance.now();
    if (nowMs - this.#statusAtMs >= statusEveryMs) this.#report(nowMs);
    if (half % 2 === 1) return;
    this.#waiting = Math.min(waitingMax, this.#waiting + 1);
    if (this.#waiting < this.#together || this.#sent - this.#acknowledged >= underWayMax) return;
    const batches = Math.min(this.#waiting, this.#together);
    this.#waiting -= batches;
    this.#sent += 1;
    this.#counts.requestsSent += 1;
    this.#counts.batchesSent += batches;
    this.#telemetry?.write(
      this.#sent === 1 ? this.#firstBatch() : requestOf(half / 2, batches, this.#rows.length),
    );
  }

  close(): void {
    this.#over = true;
    this.#control.cancel();
    this.#telemetry?.cancel();
    this.#client.close();
  }

  #hello(): ControlRequest {
    const inventory = inventoryOf({ node: this.#node, cards: this.#options.cards });
    this.#rows = inventory.gpus.map((gpu) => gpu.uuid);
    return {
      hello: {
        protocolVersion: 1,
        capabilities: ['mig', 'mps', 'docker', 'logs', 'pings'],
        clusterId: '',
        epochSeen: 0,
        generationSeen: 0,
        inventory: encodeInventory(inventory),
      },
    };
  }

  #hear(bytes: Buffer): void {
    // Heartbeats are all the same, and most of what is heard.
    if (bytes.equals(heartbeatAnswer)) return;
    const message = linkService.Control.responseDeserialize(bytes);
    if (message.welcome) {
      this.#welcomed = true;
      this.#counts.welcomed += 1;
      this.#openTelemetry();
    } else if (message.target) {
      this.#counts.targets += 1;
      this.#options.onTarget?.(this.#node, message.target);
      this.#target = message.target;
      this.#report(performance.now());
    }
  }

  /** Everything that it was told to run is ready, everything that it was told to end is gone. */
  #report(nowMs: number): void {
    this.#statusAtMs = nowMs;
    const target = this.#target;
    const slices = target?.gpus.flatMap((gpu) =>
      gpu.slices.map((slice) => ({
        slice: slice.slice,
        incarnation: slice.incarnation,
        gpuUuid: gpu.gpuUuid,
        phase: 'SLICE_PHASE_READY' as const,
        deviceUuid: gpu.gpuUuid,
      })),
    );
    const ended = new Set(target?.tombstones.map((stone) => stone.replica));
    this.#say({
      status: {
        acceptedEpoch: target?.epoch ?? 0,
        acceptedGeneration: target?.generation ?? 0,
        gpus: [],
        slices: slices ?? [],
        tombstonesDone: target?.tombstones ?? [],
        replicas: (target?.replicas ?? [])
          .filter((replica) => !ended.has(replica.replica))
          .map((replica) => ({
            replica: replica.replica,
            model: replica.model,
            generation: target?.generation ?? 0,
            phase: 'REPLICA_PHASE_READY' as const,
            runtime: 'docker',
            runtimeId: replica.replica,
            address: '127.0.0.1:1',
            startedAtMs: 1_700_000_000_000,
            readyAtMs: 1_700_000_001_000,
          })),
      },
    });
  }

  #openTelemetry(): void {
    this.#telemetry = this.#client.makeBidiStreamRequest(telemetryPath, asIs, asIs);
    this.#telemetry.on('error', (error) => this.#failed(error));
    this.#telemetry.on('data', (bytes: Buffer) => {
      const ack = linkService.Telemetry.responseDeserialize(bytes);
      const [accepted, received] = [Number(ack.batchesAccepted), Number(ack.batchesReceived)];
      this.#counts.batchesAccepted += accepted - this.#accepted;
      this.#counts.requestsReceived += received - this.#acknowledged;
      this.#accepted = accepted;
      this.#acknowledged = received;
      this.#together = Math.max(1, ack.batchesTogether);
    });
  }

  #firstBatch(): Buffer {
    const series = { node: this.#node, metrics: [...swarmMetrics], rows: this.#rows };
    return Buffer.concat([
      linkService.Telemetry.requestSerialize({ series }),
      requestOf(0, 1, this.#rows.length),
    ]);
  }

  #say(message: ControlRequest): void {
    this.#control.write(linkService.Control.requestSerialize(message));
  }

  #failed(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#counts.errors += 1;
    if (this.#counts.firstError === '') {
      this.#counts.firstError = `${this.#node}: ${'details' in error ? String(error.details) : error.message}`;
    }
  }
}

const heartbeatAnswer = linkService.Control.responseSerialize({ heartbeat: {} });

/** The batches of the seconds up to this one, whose figures move. */
function requestOf(second: number, batches: number, rows: number): Buffer {
  const key = `${second} ${batches} ${rows}`;
  const known = requestBytes.get(key);
  if (known !== undefined) return known;
  const nowMs = Date.now();
  const made = Array.from({ length: batches }, (_, at) => ({
    atMs: nowMs - (batches - 1 - at) * 1_000,
    values: valuesOf(second - (batches - 1 - at), rows),
  }));
  const [only] = made;
  const message: TelemetryRequest =
    made.length === 1 && only !== undefined ? { batch: only } : { batches: made };
  const bytes = linkService.Telemetry.requestSerialize(message);
  if (requestBytes.size > 100) requestBytes.clear();
  requestBytes.set(key, bytes);
  return bytes;
}

function valuesOf(second: number, rows: number): number[] {
  return swarmMetrics.flatMap((_, metric) =>
    Array.from({ length: rows }, (_unused, row) => ((second + metric + row) % 100) / 100),
  );
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

async function rest(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

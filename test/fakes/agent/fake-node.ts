import type { MarkedProcess } from '../../../agent/drivers/process/marked-processes.ts';
import type { Host } from '../../../agent/drivers/host/host.ts';
import type {
  MpsControl,
  MpsDaemonState,
  MpsDefaults,
} from '../../../agent/drivers/mps/mps-control.ts';
import type {
  ComputeProcess,
  GpuRow,
  MigInstanceRow,
} from '../../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import type { CardTopology } from '../../../agent/drivers/nvidia-smi/slow-queries.ts';
import type { RunningReplica, Runtime, StartSpec } from '../../../agent/drivers/runtime/runtime.ts';
import type { CardTool } from '../../../agent/observe/observe.ts';
import { geometryOf, parseCards, type Card } from '../../../shared/domain/card.ts';
import { parseBootId, parseGpuUuid, type GpuUuid } from '../../../shared/domain/ids.ts';
import {
  placementRefusal,
  profileById,
  type MigGeometry,
} from '../../../shared/domain/mig-profile.ts';
import type { RuntimeKind } from '../../../shared/domain/inventory.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { must } from './fake-core.ts';

export interface FakeInstance {
  readonly giProfileId: number;
  readonly start: number;
  readonly gpuInstanceId: number;
  /** null: its compute instance is missing. */
  uuid: string | null;
}

export interface FakeCard {
  readonly uuid: GpuUuid;
  readonly card: Card;
  readonly geometry: MigGeometry | null;
  migEnabled: boolean | null;
  migPending: boolean | null;
  instances: FakeInstance[];
  foreign: { pid: number; memoryMib: number }[];
  mpsRunning: boolean;
  /** How many daemons it has had. */
  mpsIncarnation: number;
  /** What its daemon bounds a client by; null: it was not told, and bounds nobody. */
  mpsDefaults: MpsDefaults | null;
  /** As `nvidia-smi` says it. */
  computeMode: string;
  /** Its server is in FAULT: nobody may connect until every client has exited. */
  mpsFault: string | null;
  /** null: it can be read. */
  error: string | null;
  /** Changes of this card fail with these words. */
  stuck: string | null;
}

export interface FakeReplica extends RunningReplica {
  state: 'running' | 'exited';
}

/** The process that runs the agent has died at this point of the world's history. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * A host with cards, MPS daemons and runtimes that behave: MIG placements are checked as a driver does, a card in
 * use cannot change its mode, what runs survives the agent. Everything that changes it passes `touch`, where a test
 * can let the agent die before or after the effect.
 */
export class FakeNode {
  readonly cards: FakeCard[];
  readonly replicas = new Map<string, FakeReplica & { runtime: RuntimeKind }>();
  /** What was done, in order: for claims such as "never stops what no tombstone names". */
  readonly history: string[] = [];
  /** Requests that would have held something twice. */
  readonly violations: string[] = [];
  /** Processes of the host that carry the mark of an allocation, whether they use a card or not. */
  marked: readonly MarkedProcess[] = [];
  boot = 1;
  nowMs: () => number = () => 0;
  /** false: the runtime does not answer. */
  answers: Record<RuntimeKind, boolean> = { docker: false, process: true };
  smiBroken: string | null = null;
  /** Replicas that answer their probe; the others refuse. */
  healthy: (replica: string) => boolean = () => true;
  /** Starts of these images or programs fail. */
  startFails: (spec: StartSpec) => AppError | null = () => null;
  /** What must happen before a stop has its effect. */
  beforeStop: (replica: string) => Promise<void> = () => Promise.resolve();
  /** What must happen before `nvidia-smi` answers. */
  beforeAnswer: () => Promise<void> = () => Promise.resolve();
  /** Whether the driver refuses to make this instance. */
  createRefusal: (wanted: { readonly giProfileId: number; readonly start: number }) => boolean =
    () => false;
  /** Whether the driver gives up between the compute and the GPU instance. */
  destroyRefusal: () => boolean = () => false;
  /** Pairs of cards, by index, and how many links join them. */
  nvlinks: readonly (readonly [number, number, number])[] = [];
  pullRounds = new Map<string, number>();
  /** Touches left until the agent dies; null: it does not. Odd: before the effect, even: after it. */
  crashIn: number | null = null;
  crashed = false;
  /** Nothing can be written down. */
  diskFull = false;
  /** How many records fit before the disk is full; null: it does not fill up. */
  roomFor: number | null = null;
  touches = 0;
  #nextInstance = 1;
  #nextPid = 1_000;

  /** Whether a replica was promised a timeshare, which others on the card have, too: no driver can tell. */
  isTimeshare: (replica: string) => boolean = () => false;

  constructor(cards: string, uuidPrefix = 'GPU-0000000') {
    this.cards = must(parseCards(cards)).map((card, at) => ({
      uuid: must(parseGpuUuid(`${uuidPrefix}${at}`)),
      card,
      geometry: geometryOf(card),
      migEnabled: card.migGeometry === null ? null : false,
      migPending: card.migGeometry === null ? null : false,
      instances: [],
      foreign: [],
      mpsRunning: false,
      mpsIncarnation: 0,
      mpsDefaults: null,
      computeMode: 'Default',
      mpsFault: null,
      error: null,
      stuck: null,
    }));
  }

  /** One boundary at which a crash may come. */
  boundary(): void {
    if (this.crashed) throw new Crash('the agent is dead');
    this.touches += 1;
    if (this.crashIn === null) return;
    this.crashIn -= 1;
    if (this.crashIn > 0) return;
    this.crashed = true;
    throw new Crash('the agent dies here');
  }

  /** One record is written, if it fits. */
  fillDisk(): void {
    if (this.roomFor !== null) this.roomFor -= 1;
    if (this.roomFor !== null && this.roomFor < 0) this.diskFull = true;
    if (this.diskFull) throw new AppError('STORE_FULL', 'no room');
  }

  async #touch<T>(what: string, effect: () => T): Promise<T> {
    this.boundary();
    const result = effect();
    this.history.push(what);
    this.boundary();
    return Promise.resolve(result);
  }

  card(uuid: string): FakeCard {
    const found = this.cards.find((each) => each.uuid === uuid);
    if (found === undefined) throw new AppError('GPU_UNKNOWN', `no card ${uuid}`);
    return found;
  }

  reboot(): void {
    this.boot += 1;
    for (const card of this.cards) {
      card.instances = [];
      card.mpsRunning = false;
      card.mpsFault = null;
      card.computeMode = 'Default';
      card.migEnabled = card.migPending;
      card.foreign = [];
    }
    for (const replica of this.replicas.values()) {
      if (replica.runtime === 'process') this.replicas.delete(replica.replica);
      else replica.state = 'exited';
    }
  }

  createInstance(uuid: string, giProfileId: number, start: number): FakeInstance {
    const card = this.card(uuid);
    if (card.geometry === null || card.migEnabled !== true) {
      throw new AppError('GPU_REFUSED', `MIG is not on on ${uuid}`);
    }
    const refusal = placementRefusal(card.geometry, card.instances, { giProfileId, start });
    if (refusal !== null) {
      this.violations.push(refusal);
      throw new AppError('GPU_REFUSED', refusal);
    }
    const gpuInstanceId = this.#nextInstance++;
    const instance = { giProfileId, start, gpuInstanceId, uuid: null };
    card.instances.push(instance);
    return instance;
  }

  host(): Host {
    return {
      facts: () =>
        Promise.resolve({
          hostname: 'n1',
          bootId: must(parseBootId(`boot-${this.boot}`)),
          cpuCount: 8,
          memoryTotalMib: 65_536,
          kernel: '6.1',
          operatingSystem: 'Debian',
        }),
      sample: () => Promise.resolve({ cpuRatio: 0, memoryUsedMib: 0 }),
    };
  }

  nvidiaSmi(): CardTool {
    const alive = (): void => {
      if (this.crashed) throw new Crash('the agent is dead');
      if (this.smiBroken !== null) throw new AppError('DRIVER_AWAY', this.smiBroken);
    };
    const changing = (uuid: string): FakeCard => {
      alive();
      const card = this.card(uuid);
      if (card.stuck !== null) throw new AppError('GPU_BUSY', card.stuck);
      return card;
    };
    return {
      queryGpus: async () => {
        await this.beforeAnswer();
        alive();
        return Promise.resolve(
          this.cards.map((card, index) => rowOf(card, index, this.#usedMib(card))),
        );
      },
      queryProcesses: async () => {
        alive();
        return Promise.resolve(this.#processes());
      },
      listMigInstances: async () => {
        alive();
        return Promise.resolve(this.cards.flatMap((card, index) => instanceRows(card, index)));
      },
      readGeometries: async () => {
        alive();
        return Promise.resolve(
          new Map(
            this.cards.flatMap((card, index) =>
              card.geometry === null ? [] : [[index, card.geometry] as const],
            ),
          ),
        );
      },
      readTopology: async () => {
        alive();
        return Promise.resolve(new Map(this.cards.map((_, index) => [index, this.#joined(index)])));
      },
      setMigMode: async (uuid, enabled) => {
        const card = changing(uuid);
        if (card.foreign.length > 0 || this.#usersOf(card).length > 0 || card.mpsRunning) {
          throw new AppError('GPU_BUSY', `${uuid} is in use`);
        }
        return this.#touch(`mig ${enabled ? 'on' : 'off'} ${uuid}`, () => {
          card.migEnabled = enabled;
          card.migPending = enabled;
          card.instances = [];
          return 'active' as const;
        });
      },
      createMigInstance: async (uuid, { giProfileId, start }) => {
        changing(uuid);
        if (this.createRefusal({ giProfileId, start })) {
          throw new AppError('GPU_REFUSED', 'refused here');
        }
        const half = await this.#touch(`create ${giProfileId}@${start} ${uuid}`, () =>
          this.createInstance(uuid, giProfileId, start),
        );
        await this.#touch(`create-ci ${giProfileId}@${start} ${uuid}`, () => {
          half.uuid = `MIG-${uuid}-${half.gpuInstanceId}`;
        });
      },
      destroyMigInstance: async (uuid, { gpuInstanceId }) => {
        const card = changing(uuid);
        const found = card.instances.find((each) => each.gpuInstanceId === gpuInstanceId);
        if (found === undefined) return 'already-gone';
        if (this.#usersOf(card).some((each) => each.deviceUuids.includes(found.uuid ?? ''))) {
          throw new AppError('GPU_BUSY', `instance ${gpuInstanceId} is in use`);
        }
        await this.#touch(`destroy-ci ${found.giProfileId}@${found.start} ${uuid}`, () => {
          found.uuid = null;
        });
        if (this.destroyRefusal()) throw new AppError('GPU_BUSY', 'the GPU instance is in use');
        return this.#touch(`destroy ${found.giProfileId}@${found.start} ${uuid}`, () => {
          card.instances = card.instances.filter((each) => each !== found);
          return 'destroyed' as const;
        });
      },
      setComputeMode: async (uuid, mode) => {
        const card = changing(uuid);
        if (card.migEnabled === true) throw new AppError('GPU_REFUSED', 'MIG is on');
        await this.#touch(`compute-mode ${mode} ${uuid}`, () => {
          card.computeMode = mode === 'DEFAULT' ? 'Default' : 'Exclusive_Process';
        });
      },
      sampleGpus: () => {
        throw new Error('not sampled here');
      },
    };
  }

  mps(): MpsControl {
    return {
      pipeDirectory: (gpu) => `/run/mps/${gpu}/pipe`,
      observe: (gpu) => Promise.resolve(this.#daemonOf(this.card(gpu))),
      start: async (gpu) => {
        const card = this.card(gpu);
        if (card.stuck !== null) throw new AppError('MPS_FAILED', card.stuck);
        if (card.mpsRunning) return 'already-running';
        return this.#touch(`mps-start ${gpu}`, () => {
          card.mpsRunning = true;
          card.mpsIncarnation += 1;
          card.mpsDefaults = null;
          card.mpsFault = null;
          return 'started' as const;
        });
      },
      stop: async (gpu) => {
        const card = this.card(gpu);
        if (!card.mpsRunning) return 'already-gone';
        if (this.#usersOf(card).length > 0) throw new AppError('MPS_FAILED', 'clients');
        return this.#touch(`mps-stop ${gpu}`, () => {
          card.mpsRunning = false;
          return 'stopped' as const;
        });
      },
      setDefaults: async (gpu, defaults) => {
        const card = this.card(gpu);
        if (card.stuck !== null) throw new AppError('MPS_FAILED', card.stuck);
        if (!card.mpsRunning) throw new AppError('MPS_FAILED', 'no daemon');
        const { smPercent, memoryMib } = defaults;
        return this.#touch(`mps-limit ${gpu} ${smPercent}% ${memoryMib}MiB`, () => {
          card.mpsDefaults = defaults;
          return `mps-${card.mpsIncarnation}`;
        });
      },
      tailLog: () => '',
      capabilities: () => Promise.reject(new Error('not asked here')),
    };
  }

  /** As the driver tells of it: a server from the first client on, in FAULT until the last one has exited. */
  #daemonOf(card: FakeCard): MpsDaemonState {
    const { uuid, mpsRunning } = card;
    const incarnation = mpsRunning ? `mps-${card.mpsIncarnation}` : null;
    const clients = this.#usersOf(card).flatMap((each) =>
      each.pids.map((pid) => ({ pid, uid: 0 })),
    );
    if (clients.length === 0) card.mpsFault = null;
    const fault = mpsRunning ? card.mpsFault : null;
    const status = fault === null ? 'ACTIVE' : 'FAULT';
    const server = { pid: 4_711, uid: 0, status, clients } as const;
    return {
      gpu: uuid,
      pipeDirectory: `/run/mps/${uuid}/pipe`,
      answering: mpsRunning,
      incarnation,
      servers: mpsRunning && clients.length > 0 ? [server] : [],
      clientPids: clients.map((each) => each.pid),
      waiting: [],
      fault:
        fault === null
          ? null
          : {
              id: `${incarnation} 4711 fault`,
              server: 4_711,
              client: null,
              reason: fault,
              live: true,
            },
      orphans: [],
    };
  }

  runtime(kind: RuntimeKind): Runtime {
    const answering = (): void => {
      if (this.crashed) throw new Crash('the agent is dead');
      if (!this.answers[kind])
        throw new AppError('DOCKER_AWAY', `the ${kind} engine does not answer`);
    };
    return {
      kind,
      available: () => {
        if (this.crashed) return Promise.reject(new Crash('the agent is dead'));
        return Promise.resolve(this.answers[kind]);
      },
      list: async () => {
        answering();
        return Promise.resolve([...this.replicas.values()].filter((each) => each.runtime === kind));
      },
      start: async (spec) => {
        answering();
        const failure = this.startFails(spec);
        if (failure !== null) throw failure;
        const left = this.pullRounds.get(spec.replica) ?? 0;
        if (left > 0) {
          this.pullRounds.set(spec.replica, left - 1);
          return { kind: 'pulling', detail: `pulling, ${left} rounds left` };
        }
        if (this.replicas.get(spec.replica)?.state === 'running') return { kind: 'already-there' };
        this.#checkDevices(spec);
        return this.#touch(`start ${spec.replica}`, () => {
          this.replicas.set(spec.replica, this.#begin(spec, kind));
          return { kind: 'started' as const };
        });
      },
      stop: async (replica) => {
        answering();
        const found = this.replicas.get(replica);
        if (found === undefined) return 'already-gone';
        await this.beforeStop(replica);
        return this.#touch(
          found.state === 'running' ? `stop ${replica}` : `tidy ${replica}`,
          () => {
            this.replicas.delete(replica);
            return 'stopped' as const;
          },
        );
      },
      logs: (replica) => Promise.resolve(`logs of ${replica}`),
    };
  }

  /** A replica ends by itself. */
  end(replica: string, exitCode: number): void {
    const found = this.replicas.get(replica);
    if (found === undefined) throw new Error(`no replica ${replica}`);
    this.replicas.set(replica, {
      ...found,
      state: 'exited',
      exitCode,
      pids: [],
      lastOutput: 'starting\nout of memory\n',
    });
  }

  #begin(spec: StartSpec, runtime: RuntimeKind): FakeReplica & { runtime: RuntimeKind } {
    const pid = this.#nextPid++;
    return {
      runtime,
      replica: spec.replica,
      model: spec.model,
      modelVersion: spec.modelVersion,
      specHash: spec.specHash,
      runtimeId: `run-${pid}`,
      state: 'running',
      exitCode: null,
      pids: [pid],
      address: `127.0.0.1:${pid}`,
      deviceUuids: spec.grant.deviceUuids,
      startedAtMs: this.nowMs(),
      lastOutput: '',
    };
  }

  /** What a driver would refuse: a device that does not exist, an instance that another holds, MPS without a daemon. */
  #checkDevices({ replica, grant }: StartSpec): void {
    for (const device of grant.deviceUuids) {
      const owner = this.cards.find(
        (card) =>
          card.uuid === device || card.instances.some((instance) => instance.uuid === device),
      );
      if (owner === undefined) throw new AppError('PROCESS_FAILED', `no device ${device}`);
      if (grant.mps !== null && !owner.mpsRunning) {
        throw new AppError('PROCESS_FAILED', 'no MPS daemon');
      }
      if (grant.mps !== null && owner.mpsFault !== null) {
        this.violations.push(`${replica} starts while the server is in FAULT`);
      }
      if (grant.mps !== null) this.#checkLimits(owner, replica, grant.mps);
      const rival = [...this.replicas.values()].find(
        (each) => each.state === 'running' && each.deviceUuids.includes(device),
      );
      const timeshare = rival !== undefined && [rival.replica, replica].every(this.isTimeshare);
      if (grant.mps === null && rival !== undefined && !timeshare) {
        this.violations.push(`two holders of ${device}: ${rival.replica} and ${replica}`);
        throw new AppError('PROCESS_FAILED', `${device} is in use`);
      }
    }
  }

  /** A client's environment can only lower what its daemon allows; a daemon that was told nothing bounds nobody. */
  #checkLimits({ mpsDefaults: told }: FakeCard, replica: string, asks: MpsDefaults): void {
    if (told === null) this.violations.push(`${replica} starts unbounded`);
    else if (told.smPercent < asks.smPercent || told.memoryMib < asks.memoryMib) {
      this.violations.push(`${replica} is clamped to ${told.smPercent}% ${told.memoryMib}MiB`);
    }
  }

  #usersOf(card: FakeCard): FakeReplica[] {
    const devices = new Set<string>([card.uuid, ...card.instances.map((each) => each.uuid ?? '')]);
    return [...this.replicas.values()].filter(
      (each) => each.state === 'running' && each.deviceUuids.some((device) => devices.has(device)),
    );
  }

  #joined(index: number): CardTopology {
    const nvlinks = this.nvlinks.flatMap(([one, other, links]) => {
      if (one === index) return [[other, links] as const];
      return other === index ? [[one, links] as const] : [];
    });
    return { nvlinks: new Map(nvlinks), numaNode: 0 };
  }

  #usedMib(card: FakeCard): number {
    const own = this.#processes().filter((each) => each.gpu === card.uuid);
    return own.reduce((sum, each) => sum + (each.memoryUsedMib ?? 0), 0);
  }

  #processes(): ComputeProcess[] {
    return this.cards.flatMap((card) => [
      ...card.foreign.map(({ pid, memoryMib }) => ({
        gpu: card.uuid,
        pid,
        name: 'python3',
        memoryUsedMib: memoryMib,
      })),
      ...this.#usersOf(card).flatMap((replica) =>
        replica.pids.map((pid) => ({ gpu: card.uuid, pid, name: 'server', memoryUsedMib: 500 })),
      ),
    ]);
  }
}

function rowOf(card: FakeCard, index: number, memoryUsedMib: number): GpuRow {
  return {
    index,
    uuid: card.uuid,
    productName: card.card.productName,
    pciBusId: `00000000:0${index}:00.0`,
    driverVersion: '550.163.01',
    memoryTotalMib: card.card.memoryMib,
    memoryUsedMib,
    utilizationPercent: 0,
    memoryUtilizationPercent: 0,
    temperatureCelsius: 30,
    powerDrawWatts: 50,
    powerLimitWatts: 300,
    smClockMhz: 300,
    memoryClockMhz: 300,
    eccUncorrectedVolatile: 0,
    computeMode: card.computeMode,
    persistenceMode: true,
    migEnabled: card.migEnabled,
    migPending: card.migPending,
    error: card.error,
  };
}

function instanceRows(card: FakeCard, gpuIndex: number): MigInstanceRow[] {
  return card.instances.map(({ giProfileId, start, gpuInstanceId, uuid }) => {
    const profile = card.geometry === null ? undefined : profileById(card.geometry, giProfileId);
    return {
      gpuIndex,
      gpuInstanceId,
      giProfileId,
      profile: profile?.name ?? '?',
      start,
      size: profile?.placementSize ?? 0,
      computeInstanceIds: uuid === null ? [] : [0],
      computeProfiles: uuid === null ? [] : [(profile?.name ?? '?').replace(/[+-].*$/, '')],
      uuid,
    };
  });
}

import type { GpuHandout } from '../../shared/domain/inventory.ts';
import type { EngineFacts } from '../drivers/docker/engine-facts.ts';
import type { CdiSpec, Disk } from '../drivers/host/host-probe.ts';
import type { MpsCapabilities } from '../drivers/mps/capabilities.ts';

// What the checks may know of the drivers: the shape of their answers, and nothing that acts.
export type { EngineFacts } from '../drivers/docker/engine-facts.ts';
export type { Disk } from '../drivers/host/host-probe.ts';
export type { MpsCapabilities } from '../drivers/mps/capabilities.ts';

/** What was found out, or why it could not be. */
export type Told<T> =
  | { readonly kind: 'told'; readonly value: T }
  | { readonly kind: 'untold'; readonly reason: string };

/** How this node is set up: its configuration file, or the defaults where there is none. */
export interface Settings {
  /** null: no file was found, the defaults are judged. */
  readonly file: string | null;
  /** The cards are NVIDIA's own tool's to tell of; false: they are simulated, or there are none. */
  readonly realCards: boolean;
  readonly cardsWanted: boolean;
  readonly dockerWanted: boolean;
  readonly mpsWanted: boolean;
  readonly handout: GpuHandout;
  /** `host:port`; null: this node works alone. */
  readonly coordinator: string | null;
  readonly httpAddress: string;
  readonly stateDir: string;
}

/** The agent's own view; only what is judged. */
export interface AgentAnswers {
  readonly version: string;
  readonly driverVersion: string;
  readonly roundOutcome: string;
  readonly roundDetail: string;
  readonly runtimes: readonly string[];
  readonly gpuHandout: string;
  readonly coordinator: string;
  readonly coordinatorConnected: boolean;
  readonly coordinatorDetail: string;
  readonly sampleAgeMs: number;
  /** Older than the agent's own sampling period allows. */
  readonly samplesStale: boolean;
  readonly sampledCards: number;
  /** Where Xids are read; null: nowhere; undefined: an agent that does not tell. */
  readonly kernelLog: string | null | undefined;
  readonly mpsCards: readonly MpsAnswer[];
  readonly gpus: readonly {
    readonly index: number;
    readonly productName: string;
    readonly mode: string;
    readonly authority: string;
    readonly health: string;
    readonly healthReason: string;
    readonly outcome: string;
    readonly outcomeDetail: string;
  }[];
}

/** One card's MPS daemon and compute mode. */
export interface MpsAnswer {
  readonly index: number;
  /** Ours answers now. */
  readonly shared: boolean;
  /** `Default`, `Exclusive_Process`, …; empty: not told. */
  readonly computeMode: string;
  /** What we have set it from; empty: we have not. */
  readonly computeModeBefore: string;
  /** Users whose clients a server serves. */
  readonly servedUids: readonly number[];
  /** Users of clients that wait for their turn; null: of nobody knows whom. */
  readonly waitingUids: readonly (number | null)[];
}

/** One card as the tool tells of it now. */
export interface CardAnswer {
  readonly index: number;
  readonly driverVersion: string | null;
  readonly persistenceMode: boolean | null;
  readonly computeMode: string | null;
  readonly migEnabled: boolean | null;
  readonly migPending: boolean | null;
  readonly error: string | null;
}

/** Everything that the doctor looks at. Gathered once; judged by pure functions. */
export interface Evidence {
  readonly root: boolean;
  readonly settings: Told<Settings>;
  readonly agent: Told<AgentAnswers>;
  readonly cards: Told<readonly CardAnswer[]>;
  /** Of the loaded kernel module. */
  readonly kernelDriver: Told<string>;
  readonly nouveauLoaded: boolean;
  /** Names below /dev. */
  readonly deviceNodes: readonly string[];
  /** Device minors of the cards, from the driver. */
  readonly cardMinors: readonly number[];
  /** Of `nvidia-ctk`. */
  readonly toolkitVersion: Told<string>;
  readonly engine: Told<EngineFacts>;
  readonly cdiSpecs: readonly CdiSpec[];
  /** Of instances that `nvidia-smi -L` lists now. */
  readonly migUuids: readonly string[];
  readonly mps: Told<MpsCapabilities>;
  readonly dcgmiVersion: Told<string>;
  /** Programs that run now, by their kernel name: `nv-hostengine`, `nvidia-persiste`, `Xorg`. */
  readonly running: ReadonlyMap<string, readonly number[]>;
  readonly clockSynchronized: Told<boolean>;
  readonly disks: readonly Disk[];
  /** Who answers at the metrics address: nobody, the agent, or somebody else. */
  readonly metricsDoor: 'free' | 'agent' | 'taken';
  /** With what this node proves who it is; null: nobody asks. */
  readonly identity: Told<string> | null;
  /** null: there is none to reach. */
  readonly coordinatorReach: Told<number> | null;
}

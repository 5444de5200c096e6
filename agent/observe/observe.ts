import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { RuntimeKind } from '../../shared/domain/inventory.ts';
import type { MigGeometry } from '../../shared/domain/mig-profile.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError, errorChain } from '../../shared/platform/errors.ts';
import { shortSignal } from '../../shared/platform/short-signal.ts';
import type { Host, HostFacts } from '../drivers/host/host.ts';
import type { MpsControl, MpsDaemonState } from '../drivers/mps/mps-control.ts';
import type { GpuRow, NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import type { CardTopologies, SlowQueries } from '../drivers/nvidia-smi/slow-queries.ts';
import type { RunningReplica, Runtime } from '../drivers/runtime/runtime.ts';
import { imagesNowAndThen, type ReadImages } from './images-now-and-then.ts';
import { processesWhenChanged, type ReadProcesses } from './processes-when-changed.ts';
import type { Answers, CardAnswers, Part } from './world.ts';

/** Everything that is asked in a round. */
export interface ObserveDeps {
  readonly clock: Clock;
  readonly host: Host;
  readonly nvidiaSmi: CardTool | null;
  readonly mps: MpsControl | null;
  readonly runtimes: readonly Runtime[];
  /** null: the node has no Docker. */
  readonly images: ReadImages | null;
}

/** What a round asks of the cards' tool. */
export type CardTool = NvidiaSmi & Pick<SlowQueries, 'readTopology'>;

/** Asks all drivers once. One that fails or is late makes only its own part blind. */
export type Observe = (mpsCards: readonly GpuUuid[], signal: AbortSignal) => Promise<Answers>;

/** A driver that has not answered after this is blind for the round; its answer is awaited by later ones. */
const patienceMs = 5_000;

/** Remembers between rounds what need not be asked again, and what has not answered yet. */
export function createObserve(deps: ObserveDeps): Observe {
  const ask = createAsk(deps.clock);
  const remembered: Remembered = {
    readGeometries: geometriesOnce(),
    readProcesses: processesWhenChanged(deps.clock),
    readTopology: topologyOnce(deps.clock),
  };
  const { images: list } = deps;
  const readImages = imagesNowAndThen(
    list === null ? null : (signal) => ask('images', list, signal),
    deps.clock,
  );
  let facts: HostFacts | undefined;
  return async (mpsCards, signal) => {
    const timings: Record<string, { success: boolean; durationMs: number }> = {};
    const timed = async <T>(name: string, question: (signal: AbortSignal) => Promise<T>) => {
      const from = deps.clock.monotonicMs();
      const part = await ask(name, question, signal);
      timings[name] = {
        success: part.kind === 'seen',
        durationMs: deps.clock.monotonicMs() - from,
      };
      return part;
    };
    const [host, cards, mps, runtimes] = await Promise.all([
      // A boot outlives no agent: its facts are asked for until they are known.
      timed('host', async (inner) => (facts ??= await deps.host.facts(inner))),
      timed('nvidia-smi', (inner) => askCards(deps.nvidiaSmi, remembered, inner)),
      askMps(deps.mps, mpsCards, (gpu, question) => timed(`mps ${gpu}`, question)),
      Promise.all(deps.runtimes.map((runtime) => askRuntime(runtime, timed))),
    ]);
    const images = await readImages(runtimes, signal);
    const wallMs = deps.clock.wallMs();
    return { wallMs, host, cards, mps, runtimes: new Map(runtimes), images, timings };
  };
}

type Ask = <T>(
  name: string,
  question: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<Part<T>>;

/** A question that is still open from an earlier round is not asked again. */
function createAsk(clock: Clock): Ask {
  const open = new Set<string>();
  return async <T>(
    name: string,
    question: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<Part<T>> => {
    if (open.has(name)) return { kind: 'blind', reason: `${name} has still not answered` };
    open.add(name);
    const answer = question(signal)
      .then(
        (value): Part<T> => ({ kind: 'seen', value }),
        (error: unknown): Part<T> => ({ kind: 'blind', reason: errorChain(error) }),
      )
      .finally(() => open.delete(name));
    const patience = shortSignal(signal);
    const late = clock.sleep(patienceMs, patience.signal).then(
      (): Part<T> => ({
        kind: 'blind',
        reason: `${name} did not answer in ${patienceMs / 1_000} s`,
      }),
      () => answer,
    );
    const first = await Promise.race([answer, late]);
    patience.end();
    return first;
  };
}

type ReadGeometries = (
  smi: NvidiaSmi,
  rows: readonly GpuRow[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<number, MigGeometry>>;

/** What a card can be cut into changes with the driver and with MIG mode, so it is asked when those do. */
function geometriesOnce(): ReadGeometries {
  let knownFor = '';
  let known: ReadonlyMap<number, MigGeometry> = new Map();
  return async (smi, rows, signal) => {
    const now = rows.map((row) => `${row.uuid} ${row.driverVersion} ${row.migEnabled}`).join();
    if (now === knownFor) return known;
    if (rows.every((row) => row.migEnabled === null)) return new Map();
    try {
      known = await smi.readGeometries(signal);
      knownFor = now;
      return known;
    } catch {
      // The card table stands in; the next round asks again.
      return new Map();
    }
  };
}

type ReadTopology = (
  smi: CardTool,
  rows: readonly GpuRow[],
  signal: AbortSignal,
) => Promise<CardTopologies | null>;

/** Old tools and some virtual machines have no topology to tell: they are not asked each round. */
const topologyRetryMs = 600_000;

/** Cards are not joined anew while a host runs, so it is asked when other cards are there, or others by that index. */
function topologyOnce(clock: Clock): ReadTopology {
  let askedFor = '';
  let askedAtMs = 0;
  let known: CardTopologies | null = null;
  return async (smi, rows, signal) => {
    const now = rows.map((row) => `${row.index} ${row.uuid}`).join();
    const waits = known !== null || clock.monotonicMs() - askedAtMs < topologyRetryMs;
    if (rows.length === 0 || (now === askedFor && waits)) return known;
    askedFor = now;
    askedAtMs = clock.monotonicMs();
    known = null;
    try {
      known = await smi.readTopology(signal);
    } catch {
      // Placement knows no islands then, and plans of a reset say what they do not know.
    }
    return known;
  };
}

interface Remembered {
  readonly readGeometries: ReadGeometries;
  readonly readProcesses: ReadProcesses;
  readonly readTopology: ReadTopology;
}

async function askCards(
  smi: CardTool | null,
  { readGeometries, readProcesses, readTopology }: Remembered,
  signal: AbortSignal,
): Promise<CardAnswers> {
  if (smi === null) {
    const none = { kind: 'seen', value: [] } as const;
    return { gpus: [], processes: none, instances: none, geometries: new Map(), topology: null };
  }
  const gpus = await smi.queryGpus(signal);
  const processes = await readProcesses(smi, gpus, signal);
  const instances = gpus.some((row) => row.migEnabled === true)
    ? await partOf(smi.listMigInstances(signal))
    : ({ kind: 'seen', value: [] } as const);
  const geometries = await readGeometries(smi, gpus, signal);
  return {
    gpus,
    processes,
    instances,
    geometries,
    topology: await readTopology(smi, gpus, signal),
  };
}

async function partOf<T>(answer: Promise<T>): Promise<Part<T>> {
  try {
    return { kind: 'seen', value: await answer };
  } catch (error) {
    return { kind: 'blind', reason: errorChain(error) };
  }
}

async function askMps(
  mps: MpsControl | null,
  cards: readonly GpuUuid[],
  askOne: (
    gpu: GpuUuid,
    question: (signal: AbortSignal) => Promise<MpsDaemonState>,
  ) => Promise<Part<MpsDaemonState>>,
): Promise<ReadonlyMap<GpuUuid, Part<MpsDaemonState>>> {
  if (mps === null) return new Map();
  const asked = cards.map(
    async (gpu) => [gpu, await askOne(gpu, (signal) => mps.observe(gpu, signal))] as const,
  );
  return new Map(await Promise.all(asked));
}

async function askRuntime(
  runtime: Runtime,
  askOne: (
    name: string,
    question: (signal: AbortSignal) => Promise<readonly RunningReplica[]>,
  ) => Promise<Part<readonly RunningReplica[]>>,
): Promise<readonly [RuntimeKind, Part<readonly RunningReplica[]>]> {
  const part = await askOne(runtime.kind, async (signal) => {
    if (!(await runtime.available(signal))) {
      throw new AppError('DRIVER_AWAY', `the ${runtime.kind} runtime does not answer`);
    }
    return runtime.list(signal);
  });
  return [runtime.kind, part];
}

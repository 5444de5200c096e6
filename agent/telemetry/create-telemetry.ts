import type { Clock } from '../../shared/platform/clock.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { Inventory } from '../../shared/domain/inventory.ts';
import type { Dcgmi } from '../drivers/dcgm/dcgmi.ts';
import type { ContainerName } from '../drivers/docker/container-name.ts';
import type { Host } from '../drivers/host/host.ts';
import type { NvidiaSmi } from '../drivers/nvidia-smi/nvidia-smi.ts';
import type { SlowQueries } from '../drivers/nvidia-smi/slow-queries.ts';
import type { CardHandles } from '../reconcile/core-deps.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { QuietMs } from '../reconcile/idle.ts';
import { CardDetails } from './card-details.ts';
import { ContainerNames } from './container-names.ts';
import { DcgmSampler } from './dcgm-sampler.ts';
import { HostSampler } from './host-sampler.ts';
import { hostPlace, NodeUsage } from './node-usage.ts';
import { ProcessTable } from './process-table.ts';
import { QuietCards } from './quiet-cards.ts';
import { GpuSampler } from './sampler.ts';

/** DCGM's own counters are no finer than that. */
const dcgmPeriodMsMin = 1_000;

export interface TelemetryOptions {
  readonly host: Host;
  /** null: this host has no cards to sample. */
  readonly nvidiaSmi: (NvidiaSmi & SlowQueries) | null;
  /** null: DCGM is not looked for. */
  readonly dcgmi: Dcgmi | null;
  /** Names of the containers that run now, by id; null: no engine is asked. */
  readonly containers:
    ((signal: AbortSignal) => Promise<ReadonlyMap<string, ContainerName>>) | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly periodMs: number;
  readonly detailsPeriodMs: number;
  /** Ends a reading that somebody waits for when the agent ends. */
  readonly signal: AbortSignal;
}

/** Everything that samples, and what lets go of the cards while they are changed. */
export interface Telemetry {
  readonly host: HostSampler;
  readonly sampler: GpuSampler | null;
  readonly details: CardDetails | null;
  readonly dcgm: DcgmSampler | null;
  readonly handles: CardHandles | null;
  readonly quietMs: QuietMs;
  /** Who uses which card; null: there are none. To be called once, when the core is there. */
  follow(core: AgentCore): NodeUsage | null;
  /** The loops that keep it all going until the signal aborts. */
  readonly loops: readonly ((signal: AbortSignal) => Promise<void>)[];
}

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { nvidiaSmi, dcgmi, clock, random, log, periodMs, signal } = options;
  const host = new HostSampler({ host: options.host, clock, log, periodMs });
  if (nvidiaSmi === null) {
    const loops = [(inner: AbortSignal) => host.run(inner)];
    return {
      host,
      sampler: null,
      details: null,
      dcgm: null,
      handles: null,
      quietMs: () => null,
      follow: () => null,
      loops,
    };
  }
  const sampler = new GpuSampler({ nvidiaSmi, clock, random, log, periodMs });
  const details = new CardDetails({ nvidiaSmi, clock, log, periodMs: options.detailsPeriodMs });
  const dcgmPeriodMs = Math.max(dcgmPeriodMsMin, periodMs);
  const dcgm =
    dcgmi === null ? null : new DcgmSampler({ dcgmi, clock, random, log, periodMs: dcgmPeriodMs });
  const quiet = new QuietCards({
    clock,
    staleMs: sampler.staleMs,
    dcgm: () => dcgm?.latest()?.rows ?? null,
  });
  sampler.onSample((sample) => {
    quiet.observe(sample.cards);
  });
  const cards = () => sampler.latest()?.sample.cards ?? [];
  const processes = new ProcessTable({ nvidiaSmi, cards, clock, log, signal });
  const list = options.containers;
  const containers = list === null ? null : new ContainerNames({ list, clock, log, signal });
  return {
    host,
    sampler,
    details,
    dcgm,
    handles: dcgm === null ? sampler : bothHandles(sampler, dcgm),
    quietMs: (gpu, gpuInstanceId) => quiet.quietMs(gpu, gpuInstanceId),
    follow: (core) => {
      let layout = layoutOf(core.inventory());
      dcgm?.noteLayout(layout);
      core.onChange(({ inventory }) => {
        const now = inventory ? layoutOf(core.inventory()) : layout;
        if (now === layout) return;
        layout = now;
        dcgm?.noteLayout(now);
        details.poke();
      });
      return new NodeUsage({
        core,
        sampler,
        processes,
        details,
        dcgm,
        containers,
        place: hostPlace,
      });
    },
    loops: [
      (inner) => host.run(inner),
      (inner) => sampler.run(inner),
      (inner) => details.run(inner),
      ...(dcgm === null ? [] : [(inner: AbortSignal) => dcgm.run(inner)]),
    ],
  };
}

/** Which instances there are, as one word. */
function layoutOf(inventory: Inventory | null): string {
  return (inventory?.gpus ?? [])
    .map((gpu) => `${gpu.uuid}:${gpu.instances.map((each) => each.gpuInstanceId).join(',')}`)
    .join(' ');
}

function bothHandles(first: CardHandles, second: CardHandles): CardHandles {
  return {
    release: async (signal) => {
      await Promise.all([first.release(signal), second.release(signal)]);
    },
    resume: () => {
      first.resume();
      second.resume();
    },
  };
}

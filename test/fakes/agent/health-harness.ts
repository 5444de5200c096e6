import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KernelBatch, KernelLogSource } from '../../../agent/drivers/kernel-log/kernel-log.ts';
import { createCardActions } from '../../../agent/health/card-actions.ts';
import { HealthKeeper } from '../../../agent/health/keeper.ts';
import type { HealthPolicy } from '../../../agent/health/policy.ts';
import type { CardReadings } from '../../../agent/health/readings.ts';
import { LayoutKeeper } from '../../../agent/layout/layout-keeper.ts';
import { createAgentCore, type AgentCore } from '../../../agent/reconcile/core.ts';
import type { AgentStore } from '../../../agent/store/agent-store.ts';
import { openAgentStore } from '../../../agent/store/sqlite-store.ts';
import type { Authority } from '../../../shared/domain/gpu.ts';
import type { GpuUuid } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import type { Clock } from '../../../shared/platform/clock.ts';
import { ManualClock } from '../manual-clock.ts';
import { coreDepsOn, mortalStore } from './core-on-node.ts';
import { Crash, type FakeNode } from './fake-node.ts';

/** A kernel log in memory: it outlives every agent, as the kernel does. */
export class FakeKernelLog {
  readonly #lines: { text: string; atMs: number }[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  write(text: string): void {
    this.#lines.push({ text, atMs: this.#clock.wallMs() });
  }

  /** A new boot begins a new log. */
  clear(): void {
    this.#lines.length = 0;
  }

  source(): KernelLogSource {
    return { name: 'fake', follow: (position, signal) => this.#follow(position, signal) };
  }

  async *#follow(
    position: number | null,
    signal: AbortSignal,
  ): AsyncGenerator<KernelBatch, void, void> {
    let at = position ?? 0;
    for (;;) {
      signal.throwIfAborted();
      const lines = this.#lines.slice(at);
      at = this.#lines.length;
      yield { lines, position: at };
      await this.#clock.sleep(100, signal);
    }
  }
}

/** An agent's core with its health and layout keepers on a fake node; the store is a file, reopened after a kill. */
export class HealthHarness {
  readonly fake: FakeNode;
  readonly clock = new ManualClock();
  readonly kernel: FakeKernelLog;
  readonly readings = new Map<GpuUuid, CardReadings>();
  policy: HealthPolicy = { xid: {}, autoReset: 'never' };
  authority: Authority = 'cut';
  /** Why a card cannot be reset; null: it can. */
  resetRefusal: AppError | null = null;
  core: AgentCore;
  health: HealthKeeper;
  store: AgentStore;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tgh-'));
  #life = new AbortController();
  #tasks: Promise<unknown>[] = [];

  constructor(
    fake: FakeNode,
    over: { readonly policy?: HealthPolicy; readonly authority?: Authority } = {},
  ) {
    this.fake = fake;
    this.policy = over.policy ?? this.policy;
    this.authority = over.authority ?? this.authority;
    this.kernel = new FakeKernelLog(this.clock);
    fake.nowMs = () => this.clock.wallMs();
    ({ core: this.core, health: this.health, store: this.store } = this.#begin());
  }

  /** Lets `ms` pass in small pieces. */
  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) await this.clock.advance(500);
  }

  /** A kill: nothing of the agent runs on, and the next one reads the store from the file. */
  async restart(): Promise<void> {
    await this.#end(true);
    ({ core: this.core, health: this.health, store: this.store } = this.#begin());
  }

  async close(): Promise<void> {
    await this.#end(false);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The verdict on a card and its recovery, in short. */
  state(gpu: GpuUuid) {
    const view = this.health.views().find((each) => each.gpu.uuid === gpu);
    const { verdict } = view?.gpu ?? {};
    return {
      card: verdict?.state,
      slices: verdict?.slices.map((slice) => `${slice.gpuInstanceId}: ${slice.state}`),
      recovery: view?.recovery?.state ?? null,
      waitsFor: view?.waitsFor ?? null,
    };
  }

  async #end(killed: boolean): Promise<void> {
    this.fake.crashed = killed;
    this.#life.abort(new Error('killed'));
    await this.clock.advance(0);
    await Promise.all(this.#tasks);
    this.store.close();
    this.fake.crashed = false;
    this.fake.crashIn = null;
  }

  #begin() {
    const { fake, clock } = this;
    const store = openAgentStore(join(this.#folder, 'agent.db'));
    const mortal = mortalStore(store, fake);
    const tool = {
      ...fake.nvidiaSmi(),
      resetGpu: (gpu: GpuUuid) => this.#reset(gpu),
      readReport: () => Promise.reject(new AppError('OUTPUT_UNREADABLE', 'told by nobody here')),
    };
    let poke = (): void => undefined;
    const health: HealthKeeper = new HealthKeeper({
      clock,
      log: silentLog,
      store: mortal,
      policy: this.policy,
      kernelLog: this.kernel.source(),
      readings: () => this.readings,
      actions: createCardActions({
        store: mortal,
        nvidiaSmi: tool,
        mps: fake.mps(),
        cardHandles: null,
        restoreLayout: (gpu, signal) => layouts.restore(gpu, signal),
      }),
      lookAgain: () => poke(),
    });
    const core = createAgentCore(
      coreDepsOn(fake, {
        config: { authority: this.authority },
        clock,
        store: mortal,
        nvidiaSmi: tool,
        health,
      }),
    );
    poke = () => core.poke();
    const nothing = (): Promise<void> => Promise.resolve();
    const layouts = new LayoutKeeper({
      clock,
      log: silentLog,
      store: mortal,
      tool,
      core,
      handles: null,
      hooks: {
        stopDcgm: nothing,
        startDcgm: nothing,
        refreshCdi: nothing,
        findHolders: () => Promise.resolve([]),
      },
    });
    this.#life = new AbortController();
    const { signal } = this.#life;
    const mortally = async (task: Promise<void>): Promise<void> => {
      await task.catch((error: unknown) => {
        if (!(error instanceof Crash) && !signal.aborted) throw error;
      });
    };
    this.#tasks = [core.run(signal), health.run(signal), layouts.run(signal)].map(mortally);
    return { core, health, store };
  }

  /** As a driver does it: refused while anybody uses the card, and every instance is gone afterwards. */
  #reset(gpu: GpuUuid): Promise<void> {
    if (this.fake.crashed) throw new Crash('the agent is dead');
    if (this.resetRefusal !== null) return Promise.reject(this.resetRefusal);
    const card = this.fake.card(gpu);
    const devices = new Set<string>([gpu, ...card.instances.map((each) => each.uuid ?? '')]);
    const used = [...this.fake.replicas.values()].find(
      (each) => each.state === 'running' && each.deviceUuids.some((device) => devices.has(device)),
    );
    if (used !== undefined || card.foreign.length > 0 || card.mpsRunning) {
      this.fake.violations.push(`a reset of ${gpu} was tried while it is in use`);
      return Promise.reject(new AppError('GPU_BUSY', 'in use by another client'));
    }
    this.fake.boundary();
    card.migEnabled = card.migPending;
    card.instances = [];
    card.error = null;
    this.fake.history.push(`reset ${gpu}`);
    this.fake.boundary();
    return Promise.resolve();
  }
}

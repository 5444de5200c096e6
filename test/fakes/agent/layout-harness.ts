import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardTool } from '../../../agent/layout/run-change.ts';
import type { CarryDeps, LayoutProgress, NodeHooks } from '../../../agent/layout/carry-out.ts';
import { LayoutKeeper } from '../../../agent/layout/layout-keeper.ts';
import type { CardQueries } from '../../../agent/layout/read-cards.ts';
import { createAgentCore, type AgentCore } from '../../../agent/reconcile/core.ts';
import type { AgentStore } from '../../../agent/store/agent-store.ts';
import { openAgentStore } from '../../../agent/store/sqlite-store.ts';
import type { Authority } from '../../../shared/domain/gpu.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import { ManualClock } from '../manual-clock.ts';
import { coreDepsOn, mortalStore } from './core-on-node.ts';
import { Crash, type FakeNode } from './fake-node.ts';

/** An agent's core with its layout keeper on a fake node and a store in a file, which is reopened after a kill. */
export class LayoutHarness {
  readonly fake: FakeNode;
  readonly clock = new ManualClock();
  readonly lines: LayoutProgress[] = [];
  readonly hookCalls: string[] = [];
  authority: Authority = 'cut';
  /** A mode change waits for a reset of these cards. */
  readonly pendingModes = new Set<string>();
  /** Why a card cannot be reset; null: it can. */
  resetRefusal: AppError | null = null;
  core: AgentCore;
  keeper: LayoutKeeper;
  store: AgentStore;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tgl-'));
  #life = new AbortController();
  #tasks: Promise<unknown>[] = [];

  constructor(fake: FakeNode) {
    this.fake = fake;
    fake.nowMs = () => this.clock.wallMs();
    ({ core: this.core, keeper: this.keeper, store: this.store } = this.#begin());
  }

  /** Lets `ms` pass in small pieces. */
  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) await this.clock.advance(500);
  }

  /** Time passes until `promise` is settled. */
  async during<T>(promise: Promise<T>): Promise<T> {
    const over = new AbortController();
    const watched = promise.finally(() => over.abort());
    watched.catch(() => undefined);
    for (let ms = 0; ms < 600_000 && !over.signal.aborted; ms += 500) {
      await this.clock.advance(500);
    }
    if (!over.signal.aborted) throw new Error('it never ends');
    return watched;
  }

  /** Plans a document and applies exactly that. */
  async apply(text: string, over: { interrupt?: boolean; stopDcgm?: boolean } = {}): Promise<void> {
    const source = { name: 'test', text, config: null };
    const interrupt = over.interrupt ?? false;
    const plan = await this.during(this.keeper.plan({ source, interrupt }, this.#life.signal));
    const stopDcgm = over.stopDcgm ?? false;
    const request = { source, interrupt, stopDcgm, planId: plan.id };
    await this.during(this.keeper.apply(request, (line) => this.lines.push(line)));
  }

  /** A kill: nothing of the agent runs on, and the next one reads the store from the file. */
  async restart(): Promise<void> {
    await this.#end(true);
    ({ core: this.core, keeper: this.keeper, store: this.store } = this.#begin());
  }

  async close(): Promise<void> {
    await this.#end(false);
    rmSync(this.#folder, { recursive: true, force: true });
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
    const tool = { ...fake.nvidiaSmi(), ...this.#extras() };
    const core = createAgentCore(
      coreDepsOn(fake, {
        config: { authority: this.authority },
        clock,
        store: mortal,
        nvidiaSmi: tool,
      }),
    );
    const deps: CarryDeps = {
      clock,
      log: silentLog,
      store: mortal,
      tool,
      core,
      handles: null,
      hooks: this.#hooks(),
    };
    const keeper = new LayoutKeeper(deps);
    this.#life = new AbortController();
    const { signal } = this.#life;
    const mortally = async (task: Promise<void>): Promise<void> => {
      await task.catch((error: unknown) => {
        if (!(error instanceof Crash) && !signal.aborted) throw error;
      });
    };
    this.#tasks = [mortally(core.run(signal)), mortally(keeper.run(signal))];
    return { core, keeper, store };
  }

  #hooks(): NodeHooks {
    const call = (name: string) => (): Promise<void> => {
      this.fake.boundary();
      this.hookCalls.push(name);
      return Promise.resolve();
    };
    return {
      stopDcgm: call('stop DCGM'),
      startDcgm: call('start DCGM'),
      refreshCdi: call('refresh CDI'),
      findHolders: () => Promise.resolve([{ pid: 4_711, name: 'Xorg' }]),
    };
  }

  #extras(): Pick<CardTool, 'resetGpu' | 'setMigMode'> & Pick<CardQueries, 'readReport'> {
    const plain = this.fake.nvidiaSmi();
    return {
      setMigMode: async (gpu, enabled, signal) => {
        if (!this.pendingModes.has(gpu)) return plain.setMigMode(gpu, enabled, signal);
        this.fake.boundary();
        this.fake.card(gpu).migPending = enabled;
        this.fake.boundary();
        return 'pending';
      },
      resetGpu: (gpu) => {
        this.fake.boundary();
        if (this.resetRefusal !== null) return Promise.reject(this.resetRefusal);
        const card = this.fake.card(gpu);
        card.migEnabled = card.migPending;
        card.instances = [];
        this.fake.history.push(`reset ${gpu}`);
        this.fake.boundary();
        return Promise.resolve();
      },
      readReport: () => Promise.reject(new AppError('OUTPUT_UNREADABLE', 'told by nobody here')),
    };
  }
}

import type { AgentCoreConfig, CardHandles } from '../../../agent/reconcile/core-deps.ts';
import { createAgentCore, type AgentCore } from '../../../agent/reconcile/core.ts';
import type { AgentStore } from '../../../agent/store/agent-store.ts';
import { openAgentStore } from '../../../agent/store/sqlite-store.ts';
import { ManualClock } from '../manual-clock.ts';
import { coreDepsOn, mortalStore } from './core-on-node.ts';
import { Crash, type FakeNode } from './fake-node.ts';

/** An agent's core on a fake node, which a test can kill and start again on the same store. */
export interface Harness {
  readonly clock: ManualClock;
  readonly fake: FakeNode;
  readonly store: AgentStore;
  core: AgentCore;
  /** Lets `ms` pass in small pieces. */
  advance(ms: number): Promise<void>;
  /** Ends the core (a kill: nothing of it runs on) and builds a new one on the same store. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const place: Partial<AgentCoreConfig> = { authority: 'place' };

export function startHarness(
  fake: FakeNode,
  over: Partial<AgentCoreConfig> = {},
  cardHandles: CardHandles | null = null,
  storeFile: string | null = null,
): Harness {
  const clock = new ManualClock();
  fake.nowMs = () => clock.wallMs();
  // A file is closed and read again by each new core, as a new process would.
  let store = openAgentStore(storeFile ?? ':memory:');
  const begin = () => {
    const controller = new AbortController();
    const core = createAgentCore(
      coreDepsOn(fake, {
        config: { mpsComputeMode: 'exclusive', ...over },
        clock,
        store: mortalStore(store, fake),
        httpGet: (url) => probeAnswer(fake, url),
        cardHandles,
      }),
    );
    const ended = core.run(controller.signal).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
    });
    return { core, controller, ended };
  };
  let current = begin();
  const kill = async (): Promise<void> => {
    fake.crashed = true;
    current.controller.abort(new Error('killed'));
    await clock.advance(0);
    await current.ended;
    fake.crashed = false;
    fake.crashIn = null;
  };
  const harness: Harness = {
    clock,
    fake,
    get store() {
      return store;
    },
    core: current.core,
    advance: async (ms) => {
      for (let passed = 0; passed < ms; passed += 500)
        await clock.advance(Math.min(500, ms - passed));
    },
    restart: async () => {
      await kill();
      if (storeFile !== null) {
        store.close();
        store = openAgentStore(storeFile);
      }
      current = begin();
      harness.core = current.core;
    },
    stop: async () => {
      current.controller.abort(new Error('done'));
      await clock.advance(0);
      await current.ended;
    },
  };
  return harness;
}

function probeAnswer(fake: FakeNode, url: string): Promise<{ readonly status: number }> {
  const found = [...fake.replicas.values()].find(
    (each) => each.address !== null && url.startsWith(`http://${each.address}/`),
  );
  if (found === undefined || found.state !== 'running') {
    return Promise.reject(new Error('connection refused'));
  }
  return Promise.resolve({ status: fake.healthy(found.replica) ? 200 : 503 });
}

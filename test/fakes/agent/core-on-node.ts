import type { AgentCoreConfig, AgentCoreDeps } from '../../../agent/reconcile/core-deps.ts';
import type { AgentStore } from '../../../agent/store/agent-store.ts';
import { silentLog } from '../../../shared/platform/log.ts';
import { node } from './fake-core.ts';
import type { FakeNode } from './fake-node.ts';
import { openPolicy } from './open-policy.ts';

/** What an agent that may do everything is configured to. */
const config: AgentCoreConfig = {
  node,
  agentVersion: '0.1.0',
  labels: {},
  handout: 'env',
  metricsAddress: () => null,
  authority: 'cut',
  authorityByGpu: {},
  runtime: 'auto',
  policy: openPolicy,
  stopGraceMs: 10_000,
  mpsComputeMode: 'keep',
  mpsShmDirectory: null,
};

/** Everything outside an agent's core on a fake node; what a test has a say in is given, and the rest is silent. */
export function coreDepsOn(
  fake: FakeNode,
  given: Pick<AgentCoreDeps, 'clock' | 'store'> &
    Partial<Omit<AgentCoreDeps, 'config'>> & { readonly config?: Partial<AgentCoreConfig> },
): AgentCoreDeps {
  return {
    random: () => 0.5,
    log: silentLog,
    host: fake.host(),
    nvidiaSmi: fake.nvidiaSmi(),
    mps: fake.mps(),
    runtimes: [fake.runtime('docker'), fake.runtime('process')],
    httpGet: () => Promise.resolve({ status: 200 }),
    cardHandles: null,
    health: null,
    images: null,
    findMarked: () => Promise.resolve([...fake.marked]),
    quietMs: () => null,
    afterCut: null,
    ...given,
    config: { ...config, ...given.config },
  };
}

const writes = /^(save|add|remove|begin|end|append)/;

/** The store as the agent sees it: a dead agent writes nothing, nor does a full disk, and each write is a place to die. */
export function mortalStore(store: AgentStore, fake: FakeNode): AgentStore {
  return new Proxy(store, {
    get: (target, key, receiver): unknown => {
      const found: unknown = Reflect.get(target, key, receiver);
      if (key === 'refusal') return () => (fake.diskFull ? 'the disk is full' : null);
      if (typeof found !== 'function' || typeof key !== 'string' || !writes.test(key)) return found;
      return (...args: readonly unknown[]): unknown => {
        fake.boundary();
        if (key !== 'appendEvent') fake.fillDisk();
        return Reflect.apply(found, target, args);
      };
    },
  });
}

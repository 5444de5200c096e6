import type { BootId, GpuUuid } from '../../shared/domain/ids.ts';
import type { LayoutChange } from '../../shared/domain/mig-layout.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { errorChain } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import type { CardHandles } from '../reconcile/core-deps.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { RowSource } from '../slice-rows.ts';
import type { AgentStore } from '../store/agent-store.ts';
import { renderLayoutStep } from './plan-card.ts';
import { cardViews, readCard, type CardQueries } from './read-cards.ts';
import { runChange, type CardTool } from './run-change.ts';

/** One line of a change, for whoever watches it. */
export interface LayoutProgress {
  readonly gpu: GpuUuid;
  readonly step: number;
  readonly steps: number;
  readonly state: LayoutChange['state'];
  readonly text: string;
}

/** What the node does around a change, by its configuration. */
export interface NodeHooks {
  readonly stopDcgm: (signal: AbortSignal) => Promise<void>;
  readonly startDcgm: (signal: AbortSignal) => Promise<void>;
  /** null: nobody needs to hear of new devices. */
  readonly refreshCdi: ((signal: AbortSignal) => Promise<void>) | null;
  /** Processes that have a card's device files open. */
  readonly findHolders: () => Promise<readonly { readonly pid: number; readonly name: string }[]>;
}

export interface CarryDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: AgentStore;
  readonly tool: CardQueries & CardTool;
  readonly core: RowSource & Pick<AgentCore, 'holdCard' | 'lastRound' | 'poke' | 'stopReplica'>;
  /** null: nobody of ours holds the cards open. */
  readonly handles: CardHandles | null;
  readonly hooks: NodeHooks;
}

interface About {
  readonly boot: BootId;
  readonly stopDcgm: boolean;
  readonly watch: ((line: LayoutProgress) => void) | null;
}

/** How long DCGM may take to be started again when the agent ends meanwhile. */
const lastWordsMs = 30_000;

/**
 * Runs a change to its end, with everything around it: our own handles and, if asked to, DCGM's are let go of first
 * and taken back however it ends; CDI hears of it. The caller holds the card.
 */
export async function carryOut(
  begun: LayoutChange,
  about: About,
  deps: CarryDeps,
  signal: AbortSignal,
): Promise<LayoutChange> {
  const { store, handles, hooks, core, tool, clock } = deps;
  const tell = teller(deps, about.watch);
  let change = begun;
  if (change.state !== 'running' && change.state !== 'undoing') {
    // It was over when a crash came: only DCGM is still stopped.
    await startDcgm(change.id, deps);
    return change;
  }
  await handles?.release(signal);
  try {
    if (about.stopDcgm) {
      change = { ...change, dcgmStopped: true };
      // Written down first: whoever comes after a crash starts it again.
      store.saveLayoutChange(change);
      tell(change, 'stop DCGM');
      await hooks.stopDcgm(signal).catch((error: unknown) => {
        signal.throwIfAborted();
        tell(change, `DCGM is not stopped: ${errorChain(error)}`);
      });
    }
    change = await runChange(
      change,
      {
        clock,
        store,
        tool,
        boot: about.boot,
        read: (gpu, inner) => readCard(tool, cardViews(core), gpu, inner),
        stopReplica: (replica, inner) => core.stopReplica(replica, inner),
        heldBy: (gpu, inner) => heldBy(deps, gpu, inner),
        tell,
      },
      signal,
    );
    await refreshCdi(change, deps, { tell, signal });
    noteEnd(change, deps);
    return change;
  } finally {
    await startDcgm(begun.id, deps);
    handles?.resume();
    core.poke();
  }
}

async function refreshCdi(
  change: LayoutChange,
  { hooks }: CarryDeps,
  { tell, signal }: { readonly tell: Tell; readonly signal: AbortSignal },
): Promise<void> {
  if (hooks.refreshCdi === null) return;
  tell(change, 'refresh CDI');
  await hooks.refreshCdi(signal).catch((error: unknown) => {
    signal.throwIfAborted();
    tell(change, `CDI is not refreshed: ${errorChain(error)}`);
  });
}

/** Whatever has happened, also when the agent is ending. */
async function startDcgm(id: number, { store, hooks, log }: CarryDeps): Promise<void> {
  const open = store.openLayoutChanges().find((each) => each.id === id);
  if (open?.dcgmStopped !== true) return;
  try {
    await hooks.startDcgm(AbortSignal.timeout(lastWordsMs));
    store.saveLayoutChange({ ...open, dcgmStopped: false });
  } catch (err) {
    log.error({ err }, 'DCGM was stopped for a layout change and does not start again');
    // Over for us: an operator must look, and the next start must not wait for it.
    store.saveLayoutChange({ ...open, dcgmStopped: false });
  }
}

type Tell = (change: LayoutChange, text: string) => void;

function teller({ log }: CarryDeps, watch: About['watch']): Tell {
  return (change, text) => {
    const { gpu, cursor, steps, state } = change;
    log.info({ gpu, cursor, steps: steps.length, state, text }, 'layout');
    watch?.({ gpu, step: Math.min(cursor + 1, steps.length), steps: steps.length, state, text });
  };
}

function noteEnd(change: LayoutChange, { store, clock }: CarryDeps): void {
  const kind = `layout-${change.origin === 'restore' && change.state === 'done' ? 'restored' : change.state}`;
  const message =
    change.detail === '' ? change.steps.map(renderLayoutStep).join(', ') : change.detail;
  store.appendEvent({ atMs: clock.wallMs(), kind, subject: `gpus/${change.gpu}`, message });
}

const namedMax = 5;

/** `held by process 4711 (Xorg)`: from who computes and from who has device files open; empty: nobody is seen. */
async function heldBy(
  { tool, hooks }: CarryDeps,
  gpu: GpuUuid,
  signal: AbortSignal,
): Promise<string> {
  const computing = await tool.queryProcesses(signal).catch(() => []);
  const open = await hooks.findHolders().catch(() => []);
  const found = new Map([
    ...computing.filter((each) => each.gpu === gpu).map(({ pid, name }) => [pid, name] as const),
    ...open.map(({ pid, name }) => [pid, name] as const),
  ]);
  const names = [...found].slice(0, namedMax).map(([pid, name]) => `process ${pid} (${name})`);
  const more = found.size - names.length;
  return names.length === 0
    ? ''
    : `held by ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

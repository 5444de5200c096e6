import { AppError, isAppError } from '../../../shared/platform/errors.ts';
import { planSweep, type LocalPlan } from '../../local/local-plan.ts';
import type { ReplicaRecord } from '../api/agent-api.ts';
import type { AgentDoor } from '../api/agent-door.ts';
import type { LocalState } from '../api/local-api.ts';
import { agree, toJson, type CliDeps, type Json } from '../cli-deps.ts';
import { renderLaunch } from './render-launch.ts';

const pollMs = 250;
const firstLookMsMax = 10_000;

/** How a launch or removal is asked for. */
export interface Asking extends Json {
  readonly yes?: true;
  readonly dryRun?: true;
  readonly detach?: true;
  /** How long to wait, ms. */
  readonly timeout: number;
}

/** An agent that has just begun has not looked at its cards yet. Throws DRIVER_AWAY when it does not come to it. */
export async function readNode(deps: CliDeps, agent: AgentDoor): Promise<LocalState> {
  const deadlineMs = deps.clock.monotonicMs() + firstLookMsMax;
  for (;;) {
    try {
      return await agent.local.state();
    } catch (error) {
      if (!isAppError(error, 'DRIVER_AWAY') || deps.clock.monotonicMs() > deadlineMs) throw error;
    }
    await deps.clock.sleep(pollMs, deps.signal);
  }
}

/** Shows the plan, asks, orders it, and waits until the node is as planned. */
export async function carryOut(
  deps: CliDeps,
  agent: AgentDoor,
  asked: { readonly plan: LocalPlan; readonly name: string; readonly options: Asking },
): Promise<void> {
  const { plan, name, options } = asked;
  const { starts, stops } = plan;
  const say = (text: string): void => {
    if (options.json !== true) deps.out(text);
  };
  if (starts.length === 0 && stops.length === 0) {
    deps.out(options.json ? toJson({ starts, stops }) : `${name} runs as asked: nothing to do\n`);
    return;
  }
  say(renderLaunch(plan, await agent.gpus()));
  if (options.dryRun === true) {
    if (options.json) deps.out(toJson({ starts, stops }));
    return;
  }
  const what = [
    ...(starts.length === 0 ? [] : [`start ${starts.length} of ${name}`]),
    ...(stops.length === 0 ? [] : [`stop ${stops.join(', ')}`]),
  ].join(' and ');
  await agree(deps, { yes: options.yes === true, plan: what });
  await agent.local.setTarget(plan.target);
  if (options.detach !== true) {
    await settle(deps, agent, { plan, timeoutMs: options.timeout, say });
    const swept = planSweep(await agent.local.state());
    if (swept !== null) await agent.local.setTarget(swept);
  }
  if (options.json) deps.out(toJson({ starts, stops, replicas: await ownReplicas(agent, plan) }));
}

/** Until every start is ready and every stop is gone, telling on the way what each waits for. */
async function settle(
  deps: CliDeps,
  agent: AgentDoor,
  wait: {
    readonly plan: LocalPlan;
    readonly timeoutMs: number;
    readonly say: (text: string) => void;
  },
): Promise<void> {
  const { plan, say } = wait;
  const told = new Map<string, string>();
  const deadlineMs = deps.clock.monotonicMs() + wait.timeoutMs;
  for (;;) {
    const replicas = await agent.replicas();
    const open = [
      ...plan.starts.filter(({ replica }) => phaseOf(replicas, replica)?.phase !== 'ready'),
      ...plan.stops.filter((replica) => !isGone(phaseOf(replicas, replica))),
    ];
    for (const each of [...plan.starts.map(({ replica }) => replica), ...plan.stops]) {
      const found = phaseOf(replicas, each);
      // What was ordered a moment ago is not listed before the next round.
      if (found === undefined && !plan.stops.includes(each)) continue;
      const line = progress(found);
      if (told.get(each) !== line) say(`${each}: ${line}\n`);
      told.set(each, line);
    }
    if (open.length === 0) return;
    if (deps.clock.monotonicMs() > deadlineMs) {
      throw new AppError('PROCESS_TIMEOUT', 'not all is as planned yet; it goes on without us', {
        hint: 'look at agentctl ps and agentctl events',
      });
    }
    await deps.clock.sleep(pollMs, deps.signal);
  }
}

function phaseOf(replicas: readonly ReplicaRecord[], name: string): ReplicaRecord | undefined {
  return replicas.find((each) => each.replica === name);
}

/** A tombstone that is done keeps its name until the next order drops it. */
function isGone(replica: ReplicaRecord | undefined): boolean {
  return replica === undefined || (replica.retiring && replica.phase === 'stopped');
}

function progress(replica: ReplicaRecord | undefined): string {
  if (replica === undefined || isGone(replica)) return 'gone';
  const where = replica.address === '' ? '' : ` at http://${replica.address}`;
  const why = replica.reason === '' ? '' : `: ${replica.reason}`;
  return `${replica.phase}${replica.phase === 'ready' ? where : why}`;
}

async function ownReplicas(agent: AgentDoor, plan: LocalPlan): Promise<readonly ReplicaRecord[]> {
  const names = new Set<string>(plan.starts.map(({ replica }) => replica));
  return (await agent.replicas()).filter(({ replica }) => names.has(replica));
}

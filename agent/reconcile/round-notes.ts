import type { GpuUuid } from '../../shared/domain/ids.ts';
import type { Answers, ReplicaRecord, World } from '../observe/world.ts';
import type { AgentCoreDeps } from './core-deps.ts';
import { note } from './handler-deps.ts';
import type { UnitPlan } from './steps.ts';

type NoteDeps = Pick<AgentCoreDeps, 'store' | 'clock' | 'log'>;

/** What an event about a unit is filed under. */
export function subjectOf(plan: UnitPlan): string {
  return plan.gpus[0] === undefined ? `replicas/${plan.key}` : `gpus/${plan.key}`;
}

/** Tells what has become of a replica since the last round. */
export function noteReplicaChange(
  deps: NoteDeps,
  before: ReplicaRecord | undefined,
  after: ReplicaRecord,
): void {
  const subject = `replicas/${after.replica}`;
  if (before === undefined) {
    note(deps, 'replica-adopted', subject, `found running as ${after.runtime}`);
    return;
  }
  if (after.readyRuntimeId !== before.readyRuntimeId) {
    note(deps, 'replica-ready', subject, 'answers its health probe');
  }
  if (after.endedRuntimeId !== null && before.endedRuntimeId === null) {
    note(deps, 'replica-ended', subject, after.lastReason);
  }
}

/** Tells each part that has become unreadable, once; answers those that are now. */
export function noteBlindParts(
  deps: NoteDeps,
  before: readonly string[],
  answers: Answers,
): readonly string[] {
  const parts = [
    ...(answers.host.kind === 'blind' ? [`host: ${answers.host.reason}`] : []),
    ...(answers.cards.kind === 'blind' ? [`nvidia-smi: ${answers.cards.reason}`] : []),
    ...[...answers.mps].flatMap(([gpu, part]) =>
      part.kind === 'blind' ? [`mps ${gpu}: ${part.reason}`] : [],
    ),
    ...[...answers.runtimes].flatMap(([kind, part]) =>
      part.kind === 'blind' ? [`${kind}: ${part.reason}`] : [],
    ),
  ];
  for (const part of parts) {
    if (before.includes(part)) continue;
    deps.log.warn({ part }, 'part of the host cannot be read');
    note(deps, 'driver-blind', 'node', part);
  }
  return parts;
}

/** Tells, once each, that nothing can be written down any more, and that it can again; answers why not. */
export function noteRefusal(deps: NoteDeps, before: string | null): string | null {
  const now = deps.store.refusal();
  if ((now === null) === (before === null)) return now;
  if (now === null) {
    deps.log.info('the store has room again');
    note(deps, 'store-writable', 'node', 'there is room again');
  } else {
    const words = `${now}: nothing is started or changed until there is room; models run on`;
    deps.log.error(words);
    note(deps, 'store-full', 'node', words);
  }
  return now;
}

/** Tells that a card is not cut as we left it. */
export function noteDrift(deps: NoteDeps, world: World, gpu: GpuUuid): void {
  note(deps, 'layout-drift', `gpus/${gpu}`, driftWords(world, gpu));
}

function driftWords(world: World, gpu: GpuUuid): string {
  const card = world.inventory.gpus.find((each) => each.uuid === gpu);
  const names = (card?.instances ?? []).map(({ profile, start }) => `${profile} at ${start}`);
  const mode = card?.migEnabled === true ? 'MIG on' : 'MIG off';
  const now = [mode, ...names].join(', ');
  return `somebody else has changed the layout; now: ${now}. agentctl mig apply brings one back`;
}

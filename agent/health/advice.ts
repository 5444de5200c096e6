import { unreachable } from '../../shared/domain/assert.ts';
import type { CardVerdict, Verdict, VerdictAction } from '../../shared/domain/card-health.ts';
import type { GpuInventory, MigInstance } from '../../shared/domain/inventory.ts';
import type { HealthPolicy } from './policy.ts';
import { recoverable, resetRefusal } from './recovery-plan.ts';

/** What somebody does about a verdict, in one line; empty: nothing. */
export function adviceOn(verdict: Verdict, index: number): string {
  if (verdict.state === 'ok') {
    return verdict.action === 'restart-app' ? 'look at the job that was hit; the card is fine' : '';
  }
  return adviceFor(verdict.action, index);
}

function adviceFor(action: VerdictAction, index: number): string {
  switch (action) {
    case 'record':
    case 'watch':
    case 'restart-app':
      return 'watch it; run a diagnosis (dcgmi diag -r 2) when the card is free';
    case 'reset-when-idle':
      return `reset it when it is free: agentctl heal ${index}`;
    case 'drain-reset':
      return `drain it and reset it: agentctl heal ${index}`;
    case 'restart-vm':
      return 'drain it and restart the virtual machine';
    case 'reboot-node':
      return 'drain the node and reboot it';
    case 'drain-power-cycle':
      return 'drain the node and switch it off and on; if it comes again, have the card looked at';
    case 'rma':
      return 'have the card replaced; take its serial number from nvidia-smi -q';
    default:
      return unreachable(action);
  }
}

/** What stands around a card when somebody asks what would be done to it. */
export interface CardSurroundings {
  readonly inventory: GpuInventory;
  readonly users: readonly string[];
  /** Instances that a reset takes for good. */
  readonly lost: readonly MigInstance[];
  readonly policy: HealthPolicy;
}

/** Pure: all that would follow from a verdict, step by step, for `inject --dry-run`. */
export function stepsAfter(verdict: CardVerdict, around: CardSurroundings): readonly string[] {
  const { index } = around.inventory;
  const worst = [verdict, ...verdict.slices];
  const steps: string[] = [];
  for (const slice of verdict.slices) {
    if (slice.state !== 'ok')
      steps.push(
        `mark GPU instance ${slice.gpuInstanceId} as ${slice.state}; the rest of the card is not concerned`,
      );
  }
  if (verdict.state === 'degraded')
    steps.push('mark the card as degraded: it is taken when nothing better is free');
  if (verdict.state === 'draining')
    steps.push('mark the card as to be emptied: nothing new is placed on it');
  if (verdict.state === 'failed')
    steps.push('mark the card as failed: nothing new is placed on it');
  if (worst.every((each) => each.state === 'ok')) return ['keep a record; the card stays in use'];
  const found = recoverable(verdict);
  if (!found.ok) return [...steps, `tell people: ${found.problem.hint ?? found.problem.message}`];
  if (around.policy.autoReset === 'never') {
    return [...steps, `wait for somebody to run: agentctl heal ${index}`];
  }
  return [...steps, ...healSteps(found.value.resets, around)];
}

/** Pure: what a recovery does, step by step, with what it waits for first. */
export function healSteps(resets: boolean, around: CardSurroundings): readonly string[] {
  const { inventory, users, lost } = around;
  if (!resets) {
    return [
      'drop the injected evidence; the card itself is left alone',
      'verify the card',
      're-admit it',
    ];
  }
  const empty = users.length === 0 ? 'nothing runs on it now' : `still runs ${users.join(', ')}`;
  const refused = resetRefusal({ authority: inventory.authority, users: [] });
  const back = inventory.instances.filter((each) => !lost.includes(each));
  return [
    `wait until nothing runs on the card (${empty})`,
    ...(refused === null ? [] : [`wait for authority: ${refused}`]),
    'let go of our own handles: sampling, MPS daemon',
    `reset the card (nvidia-smi -r -i ${inventory.uuid})`,
    ...(lost.length === 0 ? [] : [`lose the instances of others for good (${named(lost)})`]),
    ...(back.length === 0 ? [] : [`restore its layout (${named(back)})`]),
    'verify: it answers, has no uncorrected errors, and the driver asks for nothing more',
    're-admit it',
  ];
}

function named(instances: readonly MigInstance[]): string {
  return instances.map((each) => `${each.profile} at ${each.start}`).join(', ');
}

/** Pure: what a reset keeps only for as long as a replica of ours has it; null: nothing. */
export function lentNote(lent: readonly MigInstance[]): string | null {
  if (lent.length === 0) return null;
  return `${named(lent)}: there before us, so restored only while a replica has it; for good after agentctl mig export | agentctl mig apply -f -`;
}

import type { LayoutStep } from '../../shared/domain/mig-layout.ts';
import type { InstanceNow } from './card-now.ts';

/** What is done next with a change. One move touches the card at most once, and the card is read after it. */
export type Move =
  /** The step at the cursor has not had its effect. */
  | { readonly kind: 'do'; readonly step: LayoutStep }
  /** It is read back: the cursor goes on. */
  | { readonly kind: 'confirm' }
  /** Half an instance is there: taken away before its step is done again. */
  | { readonly kind: 'tidy'; readonly instance: InstanceNow }
  /** The mode waits for a reset of the card. */
  | { readonly kind: 'reset' }
  /** From now on what was done is taken back. */
  | { readonly kind: 'turn-back'; readonly why: string }
  | { readonly kind: 'finish'; readonly state: 'done' | 'undone' | 'parked' }
  /** The card is not as any step of ours left it: nothing more is touched. */
  | { readonly kind: 'give-up'; readonly why: string }
  /** Nothing can be told of the card now. */
  | { readonly kind: 'wait'; readonly why: string };

/** After so many failures of one move it is not tried again. */
export const failuresMax = 2;

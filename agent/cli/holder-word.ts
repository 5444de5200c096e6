/** Whom a slice, a share or a process belongs to, as the agent tells it; words that do not apply are empty. */
interface Held {
  readonly replica: string;
  readonly allocation: string;
}

/** `vad-1a2b3c4d`, `allocations/train`; empty: nobody's of ours. */
export function holderWord({ replica, allocation }: Held): string {
  return allocation === '' ? replica : `allocations/${allocation}`;
}

import type { Problem } from '../../shared/domain/result.ts';

/** Which cards an entry means, by index, UUID or product; `all` is every card that can do MIG. */
export type CardChoice = 'all' | readonly string[];

export interface InstanceWish {
  /** As the driver calls it, or its number. */
  readonly profile: string;
  /** null: wherever it fits, best where it is already. */
  readonly start: number | null;
  /** null: one compute instance over all of it. */
  readonly compute: readonly string[] | null;
}

/** How some cards are to be cut, completely: what is there and not named goes. */
export interface LayoutWish {
  /** The entry's place in the file, for problems that show up later. */
  readonly place: string;
  readonly cards: CardChoice;
  /** PCI device ids such as `0x20B010DE`; null: any. */
  readonly deviceIds: readonly string[] | null;
  readonly mig: boolean;
  readonly instances: readonly InstanceWish[];
}

/** Cards that no wish names are left alone. */
export interface LayoutDocument {
  readonly wishes: readonly LayoutWish[];
}

export interface DocumentSource {
  /** For problems: the file's name, or `-`. */
  readonly name: string;
  readonly text: string;
  /** Which of mig-parted's configurations; null: the only one. */
  readonly config: string | null;
}

export function problemAt(path: string, message: string, hint?: string): Problem {
  return { code: 'REQUEST_INVALID', path, message, ...(hint === undefined ? {} : { hint }) };
}

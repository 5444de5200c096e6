import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { migRefusal } from './mig-changes.ts';
import { opensTable, tableCut } from './mig-table.ts';
import { notThisFormat } from '../text/saved-output.ts';

/** What a listing of `nvidia-smi mig` gives. An empty one is an empty list. */
export interface MigListing<T> {
  readonly listing: string;
  readonly rows: readonly T[];
}

interface ListingTraits<T> {
  readonly listing: string;
  readonly option: string;
  /** The first words inside the table's frame. */
  readonly title: string;
  /** The sentence that says there is nothing; without one, only an empty table does. */
  readonly emptyWords?: RegExp;
  parse(text: string): Result<readonly T[]>;
}

/** The format of one box table of `nvidia-smi mig`. */
export function migTableFormat<T>(traits: ListingTraits<T>): Format<MigListing<T>> {
  const { listing, option, title, emptyWords, parse } = traits;
  const opens = (text: string): boolean => opensTable(text, title, emptyWords);
  return {
    kind: 'mig',
    command: `nvidia-smi mig ${option}`,
    recognises: opens,
    parse: (text) => {
      const refusal = migRefusal(text);
      if (refusal !== null) return err(refusal);
      const cut = tableCut(text);
      if (cut !== null) return err(cut);
      if (!opens(text)) return err(notThisFormat(text, `output of mig ${option}`));
      const rows = parse(text);
      return rows.ok ? ok({ listing, rows: rows.value }) : rows;
    },
  };
}

import {
  resumedWatch,
  type WatchMessage,
  type WatchShape,
} from '../../shared/client/resumed-watch.ts';
import type { AppError } from '../../shared/platform/errors.ts';
import { growingTable, type Table } from '../../shared/platform/table.ts';
import type { CliDeps } from './deps.ts';

/** A list that is followed: how it is watched, and how its items are shown. */
export interface Followed<Message extends WatchMessage, Item> {
  readonly shape: WatchShape<Message>;
  readonly read: (
    request: { readonly name: string; readonly resumeRevision: string },
    signal: AbortSignal,
  ) => AsyncIterable<Message>;
  /** null: the message is of none. */
  readonly itemOf: (message: Message) => Item | null;
  readonly table: (items: readonly Item[]) => Table;
}

interface Wish {
  /** Only this one; empty: all. */
  readonly name: string;
  readonly json: boolean;
}

/**
 * Prints what there is, and then what happens until the command is interrupted: a row whenever one would look different,
 * or each event as a line of JSON. Goes on by itself when the connection or the leader is lost.
 */
export async function followList<Message extends WatchMessage, Item>(
  deps: CliDeps,
  followed: Followed<Message, Item>,
  { name, json }: Wish,
): Promise<void> {
  const { shape, read } = followed;
  const lines = json ? (message: Message) => jsonLine(message) : tableLines(followed);
  let heard = false;
  const goOn = (error: AppError): void => {
    // Nobody was there to begin with: that is an answer.
    if (!heard) throw error;
    deps.note(`${error.message}: watching again\n`);
  };
  const coordinators = {
    // The watch asks with what it was given, and the place that it goes on from.
    read: (_method: unknown, request: object, signal: AbortSignal) =>
      read(request as Parameters<typeof read>[0], signal),
    goOn,
  };
  const { clock, signal } = deps;
  const watch = resumedWatch(shape, { name }, { coordinators, clock, random: Math.random }, signal);
  for await (const message of watch) {
    heard = true;
    deps.out(lines(message));
  }
}

/** Empty for a mere sign of life. */
function jsonLine(message: WatchMessage): string {
  return message.event === 'bookmark' ? '' : `${JSON.stringify(message)}\n`;
}

/** First the whole list, in the order in which it is told, then what looks different. */
function tableLines<Message extends WatchMessage, Item>({
  shape,
  itemOf,
  table,
}: Followed<Message, Item>): (message: Message) => string {
  const { columns } = table([]);
  const print = growingTable(columns);
  const shown = new Map<string, string>();
  const newRows = (message: Message): Table['rows'] => {
    const name = shape.nameOf(message);
    if (name === null) return [];
    const item = itemOf(message);
    if (item === null) return shown.delete(name) ? [goneRow(columns, name)] : [];
    const { rows } = table([item]);
    const text = JSON.stringify(rows);
    if (shown.get(name) === text) return [];
    shown.set(name, text);
    return rows;
  };
  let first: Table['rows'] | null = [];
  return (message) => {
    const rows = newRows(message);
    if (first === null) return rows.length === 0 ? '' : print(rows);
    first = [...first, ...rows];
    if (message.synced !== true) return '';
    const all = first;
    first = null;
    return print(all);
  };
}

function goneRow(columns: readonly string[], name: string): readonly string[] {
  const state = columns.indexOf('STATE');
  return columns.map((_, at) => (at === 0 ? name : at === state ? 'deleted' : ''));
}

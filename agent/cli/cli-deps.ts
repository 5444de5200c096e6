import { InvalidArgumentError, type Command } from 'commander';
import { AppError } from '../../shared/platform/errors.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { GpuRecord } from './api/agent-api.ts';
import type { AgentDoor } from './api/agent-door.ts';
import type { Terminal } from './top/terminal.ts';

/** What every command is given. */
export interface CliDeps {
  readonly version: string;
  /** From TANGRAM_SOCKET; undefined: not set. */
  readonly socket: string | undefined;
  readonly connect: (socket: string) => AgentDoor;
  readonly out: (text: string) => void;
  /** null: not a terminal that a live view could take. */
  readonly terminal: Terminal | null;
  /** Asks a person; false where nobody can answer. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly setExitCode: (code: number) => void;
}

/** Adds one command, or one family of them, to the program. */
export type AddCommand = (program: Command, deps: CliDeps, api: () => AgentDoor) => void;

export interface Json {
  readonly json?: true;
}

export function toJson(view: unknown): string {
  return `${JSON.stringify(view)}\n`;
}

/** A card by its index, its UUID, or the beginning of one. Throws GPU_UNKNOWN. */
export function findGpu(gpus: readonly GpuRecord[], wanted: string): GpuRecord {
  const found = gpus.filter(
    (gpu) => String(gpu.index) === wanted || (wanted.length > 4 && gpu.uuid.startsWith(wanted)),
  );
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  const what = only === undefined ? 'no card' : 'more than one card';
  throw new AppError('GPU_UNKNOWN', `${what} ${JSON.stringify(wanted)} on this node`, {
    hint: known(gpus.map((gpu) => `${gpu.index} (${gpu.uuid})`)),
  });
}

/** For hints: the names that there are. */
export function known(names: readonly string[]): string {
  return names.length === 0 ? 'there is none' : `there is ${names.slice(0, 20).join(', ')}`;
}

/** Reads an option that counts something. */
export function count(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from 1 to ${max}.`);
  };
}

/** Prints what will be done and asks, unless told not to. Throws REQUEST_INVALID when nobody agrees. */
export async function agree(
  deps: CliDeps,
  { yes, plan }: { readonly yes: boolean; readonly plan: string },
): Promise<void> {
  if (yes || (await deps.confirm(`This will ${plan}. Go on?`))) return;
  throw new AppError('REQUEST_INVALID', 'nothing was done', {
    hint: 'say --yes to do it without being asked',
  });
}

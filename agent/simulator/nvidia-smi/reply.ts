import type { SimGpu, SimState } from './state.ts';

/** What one invocation answers: the tool says everything, errors too, on stdout. */
export interface Reply {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** An answer together with the state it leaves behind. */
export interface Change extends Reply {
  readonly state: SimState;
}

export function reply(lines: readonly string[], exitCode = 0): Reply {
  return { lines, exitCode };
}

export const nothingFound: Reply = { lines: ['No devices were found'], exitCode: 6 };

/**
 * The cards that `-i` names, by index, UUID or bus id, in the order of the cards; undefined when it names one
 * that is not there.
 */
export function selectGpus(
  state: SimState,
  selection: readonly string[] | undefined,
): readonly number[] | undefined {
  const all = state.gpus.map((_gpu, index) => index);
  if (selection === undefined) return all;
  const wanted = new Set<number>();
  for (const name of selection) {
    const index = state.gpus.findIndex((gpu, at) => isNamed(gpu, at, name.trim()));
    if (index < 0) return undefined;
    wanted.add(index);
  }
  return all.filter((index) => wanted.has(index));
}

/** Whether `-i NAME` means this card. */
export function isNamed(gpu: SimGpu, index: number, name: string): boolean {
  if (/^\d+$/.test(name)) return Number(name) === index;
  return name.toLowerCase() === gpu.uuid.toLowerCase() || busIdOf(name) === busIdOf(gpu.busId);
}

/** Bus ids are written with 4 or 8 digits of domain, or none. */
function busIdOf(text: string): string {
  const match = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f])$/i.exec(text);
  if (match === null) return `? ${text}`;
  return `${parseInt(match[1] ?? '0', 16)}:${match[2] ?? ''}`.toLowerCase();
}

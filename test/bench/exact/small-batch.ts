import { assert } from '../../../shared/domain/assert.ts';
import { cards } from '../../../shared/domain/card.ts';
import type { GpuInventory } from '../../../shared/domain/inventory.ts';
import { placementMask } from '../../../shared/domain/mig-profile.ts';
import type { GpuNeed } from '../../../shared/domain/model.ts';
import { shareReserveMib } from '../../../shared/placement/cost.ts';
import type { PlacementNode, PlacementRequest } from '../../../shared/placement/engine.ts';
import { cardsOf, model, needs, node, request } from '../../unit/shared/placement/builders.ts';
import { Dice } from './dice.ts';

/** Requests that arrive at once on an empty small cluster. */
export interface SmallBatch {
  readonly nodes: readonly PlacementNode[];
  readonly requests: readonly PlacementRequest[];
}

const mixes: readonly [readonly string[], ...(readonly string[])[]] = [
  ['A30'],
  ['A100-40GB'],
  ['A30', 'T4'],
  ['A100-40GB', 'L40S'],
  ['H100-80GB', 'A30'],
  ['L40S', 'T4'],
];

/** 1 to 6 cards and up to 12 requests: MIG, shares and whole cards. */
export function smallBatch(seed: number): SmallBatch {
  const dice = new Dice(seed);
  const mix = dice.pick(mixes);
  const products = Array.from(
    { length: 1 + dice.below(6) },
    () => mix[dice.below(mix.length)] ?? 'A30',
  );
  const largest = Math.max(...products.map(memoryOf));
  const nodes = [products.slice(0, 3), products.slice(3)]
    .filter((own) => own.length > 0)
    .map((own, at) => node(`n${at}`, cardsOf(`n${at}`, own)));
  const requests = Array.from({ length: 1 + dice.below(12) }, (_, at) =>
    request(`r${at}`, model(`m${at}`, needOf(dice, largest))),
  );
  return { nodes, requests };
}

function memoryOf(product: string): number {
  const card = cards.find(({ name }) => name === product);
  assert(card !== undefined, 'a mix names known cards');
  return card.memoryMib;
}

function needOf(dice: Dice, largestMib: number): GpuNeed {
  const isolation = dice.pick(['mig', 'mig', 'mps', 'mps', 'whole'] as const);
  const part = dice.pick([8, 8, 4, 4, 3, 2, 1]);
  const mostMib = Math.floor((largestMib * 0.95) / part);
  return needs({
    isolation,
    memoryMib: Math.max(500, Math.floor(mostMib * (0.6 + 0.4 * (dice.below(100) / 100)))),
  });
}

/** The most MiB of what is asked for that any placement of the batch serves: a mixed-integer program for `solve`. */
export function mostServedMib(batch: SmallBatch, solve: (problem: string) => number): number {
  const gpus = batch.nodes.flatMap(({ inventory }) => inventory.gpus);
  const program = new Program();
  for (const [at, { spec }] of batch.requests.entries()) {
    if (spec.gpu !== null) addRequest(program, { at, need: spec.gpu, gpus });
  }
  return program.columns.length === 0 ? 0 : solve(program.text());
}

/** Lines of an LP file: what is won by each column, and rows of the form `sum of columns <= limit`. */
class Program {
  readonly columns: { readonly name: string; readonly worth: number }[] = [];
  readonly #rows = new Map<string, { terms: string[]; limit: number }>();

  add(name: string, worth: number): void {
    this.columns.push({ name, worth });
  }

  /** `mode` columns are charged against the rows that they open. */
  use(row: string, limit: number, term: string): void {
    const known = this.#rows.get(row);
    if (known === undefined) this.#rows.set(row, { terms: [term], limit });
    else known.terms.push(term);
  }

  text(): string {
    const worth = this.columns.map(({ name, worth: value }) => `+ ${value} ${name}`).join(' ');
    const rows = [...this.#rows].map(
      ([name, { terms, limit }]) => `${name}: ${terms.join(' ')} <= ${limit}`,
    );
    const modes = [...new Set(rows.join(' ').match(/\b(?:mig|shr)\d+\b/g))];
    const all = [...this.columns.map(({ name }) => name), ...modes];
    return `Maximize\n obj: ${worth}\nSubject To\n ${rows.join('\n ')}\nBinary\n ${all.join(' ')}\nEnd\n`;
  }
}

interface Asked {
  readonly at: number;
  readonly need: GpuNeed;
  readonly gpus: readonly GpuInventory[];
}

function addRequest(program: Program, { at, need, gpus }: Asked): void {
  const take = (name: string) => {
    program.add(name, need.memoryMib);
    program.use(`once${at}`, 1, `+ ${name}`);
  };
  for (const [card, gpu] of gpus.entries()) {
    program.use(`mode${card}`, 1, '');
    if (gpu.memoryTotalMib >= need.memoryMib) {
      const name = `w${at}_${card}`;
      take(name);
      program.use(`mode${card}`, 1, `+ ${name}`);
    }
    if (need.isolation !== 'whole') addInstances(program, { at, need, gpu, card }, take);
    const capacity = gpu.memoryTotalMib - shareReserveMib;
    if (need.isolation !== 'mps' || need.memoryMib > capacity) continue;
    const name = `s${at}_${card}`;
    take(name);
    openMode(program, 'shr', card);
    program.use(`mem${card}`, 0, `+ ${need.memoryMib} ${name}`);
    program.use(`open${at}_${card}`, 0, `+ ${name} - shr${card}`);
    closeRow(program, `mem${card}`, `- ${capacity} shr${card}`);
  }
}

const once = new WeakMap<Program, Set<string>>();

/** Adds a term to a row the first time only. */
function closeRow(program: Program, row: string, term: string): void {
  const known = once.get(program) ?? new Set<string>();
  once.set(program, known);
  if (known.has(`${row} ${term}`)) return;
  known.add(`${row} ${term}`);
  program.use(row, 0, term);
}

function openMode(program: Program, mode: 'mig' | 'shr', card: number): void {
  closeRow(program, `mode${card}`, `+ ${mode}${card}`);
}

interface AskedCard {
  readonly at: number;
  readonly need: GpuNeed;
  readonly gpu: GpuInventory;
  readonly card: number;
}

function addInstances(
  program: Program,
  { at, need, gpu, card }: AskedCard,
  take: (name: string) => void,
): void {
  const { geometry } = gpu;
  if (geometry === null) return;
  for (const profile of geometry.profiles) {
    if (profile.memoryMib < need.memoryMib) continue;
    for (const start of profile.placementStarts) {
      const name = `g${at}_${card}_${profile.giProfileId}_${start}`;
      take(name);
      openMode(program, 'mig', card);
      const mask = placementMask(start, profile.placementSize);
      for (let unit = 0; unit < geometry.placementUnits; unit += 1) {
        if ((mask & (1 << unit)) === 0) continue;
        program.use(`unit${card}_${unit}`, 0, `+ ${name}`);
        closeRow(program, `unit${card}_${unit}`, `- mig${card}`);
      }
      program.use(`most${card}_${profile.giProfileId}`, profile.instancesMax, `+ ${name}`);
      const total = geometry.enginesTotal;
      if (total === null) continue;
      for (const engine of ['nvdec', 'nvenc', 'jpeg', 'ofa'] as const) {
        if (profile.engines[engine] === 0) continue;
        program.use(`${engine}${card}`, total[engine], `+ ${profile.engines[engine]} ${name}`);
      }
    }
  }
}

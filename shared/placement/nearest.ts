import type { Isolation } from '../domain/gpu.ts';
import type { GpuNeed, ModelSpec, PlacementRule, Workload } from '../domain/model.ts';
import type { Ask } from './ask.ts';
import { askOf, runtimesWanted, unwantedBeside } from './ask.ts';
import { placeName, renderShape } from './evidence.ts';
import type { Candidate, Scene } from './first-place.ts';
import { firstPlace } from './first-place.ts';
import { greatestThatFits } from './greatest-that-fits.ts';
import type { Reason } from './reasons.ts';
import type { Tally } from './tally.ts';

/** One change that might help: it is offered only after the changed request has found a place. */
interface Fix {
  readonly ask: Ask;
  readonly render: (best: Candidate) => string;
}

/** A fix that was tried and helps. */
export interface Remedy {
  readonly reason: Reason;
  readonly text: string;
}

/** Whether a changed request would have a place. */
type Fits = (ask: Ask) => boolean;

/** Mildest first: only the first that helps is named. */
type FixMaker = (ask: Ask, tally: Tally, fits: Fits) => readonly Fix[];

/** Fixes of one kind. */
interface FixGroup {
  readonly name: string;
  readonly fixes: FixMaker;
}

/** What would help against each reason of a refusal, tried out; those that came furthest first. */
export function findRemedies(scene: Scene, ask: Ask, tally: Tally): Remedy[] {
  const remedies: Remedy[] = [];
  const tried = new Set<string>();
  const fits: Fits = (changed) => firstPlace(scene, changed) !== null;
  for (const { reason } of tally.sorted()) {
    for (const { name, fixes } of groupsOf[reason]) {
      if (tried.has(name)) continue;
      tried.add(name);
      const text = firstHelp(scene, fixes(ask, tally, fits));
      if (text !== null) remedies.push({ reason, text });
    }
  }
  return remedies;
}

function firstHelp(scene: Scene, fixes: readonly Fix[]): string | null {
  for (const fix of fixes) {
    const best = firstPlace(scene, fix.ask);
    if (best !== null) return fix.render(best);
  }
  return null;
}

const lessSeparate: FixGroup = { name: 'isolation', fixes: weakerIsolation };
const memory: readonly FixGroup[] = [{ name: 'memory', fixes: lessMemory }, lessSeparate];
const nodeReady: FixGroup = {
  name: 'availability',
  fixes: (ask) => [
    { ask: askOf(ask.spec, { waived: new Set(['availability']) }), render: makeReady },
  ],
};

const groupsOf: Readonly<Record<Reason, readonly FixGroup[]>> = {
  memory,
  layout: memory,
  size: memory,
  isolation: [lessSeparate],
  mode: [lessSeparate],
  foreign: [lessSeparate],
  cordoned: [nodeReady],
  draining: [nodeReady],
  suspect: [nodeReady],
  lost: [nodeReady],
  health: [],
  'no-gpu': [],
  compute: [{ name: 'compute', fixes: lessCompute }, lessSeparate],
  clients: [{ name: 'clients', fixes: oneProcess }],
  'card-model': [{ name: 'card-model', fixes: anyModel }],
  authority: [{ name: 'authority', fixes: moreAuthority }],
  'gpu-count': [{ name: 'gpu-count', fixes: fewerCards }],
  runtime: [{ name: 'runtime', fixes: withRuntime }],
  label: [{ name: 'label', fixes: anyLabel }],
  spread: [{ name: 'spread', fixes: morePerNode }],
  affinity: [{ name: 'affinity', fixes: anyNeighbour }],
  cpu: [{ name: 'cpu', fixes: lessCpu }],
  'host-memory': [{ name: 'host-memory', fixes: lessHostMemory }],
};

function withRuntime(ask: Ask): Fix[] {
  const wanted = runtimesWanted(ask).join(' or ');
  return [
    {
      ask: askOf(ask.spec, { waived: new Set(['runtime']) }),
      render: ({ record }) => `make ${wanted} answer on ${record.name}`,
    },
  ];
}

function oneProcess(ask: Ask): Fix[] {
  return withGpu(
    ask,
    { processes: 1 },
    (best) => `gpu.processes: 1 would fit on ${placeName(best)}`,
  );
}

function anyModel(ask: Ask): Fix[] {
  return withGpu(
    ask,
    { models: [] },
    (best) => `allow ${productOf(best)} in gpu.models: ${placeName(best)} would do`,
  );
}

function anyLabel(ask: Ask): Fix[] {
  return withPlacement(ask, { constraints: {} }, (best) => relabel(best, ask));
}

function morePerNode(ask: Ask): Fix[] {
  return withPlacement(
    ask,
    { maxPerNode: 0 },
    (best) => `raise placement.maxPerNode: ${placeName(best)} would do`,
  );
}

function anyNeighbour(ask: Ask): Fix[] {
  const render: Fix['render'] = ({ record }) =>
    `let ${ask.spec.name} be beside ${unwantedBeside(record, ask) ?? 'others'} (placement.antiAffinity): ${record.name} would do`;
  return [{ ask: askOf(ask.spec, { waived: new Set(['affinity']) }), render }];
}

/** Less memory fits wherever more does, so the most that fits is found by halving; mostly a card has told it. */
function lessMemory(ask: Ask, tally: Tally, fits: Fits): Fix[] {
  const { gpu } = ask.spec;
  if (gpu === null) return [];
  const most = greatestThatFits(
    { least: 1, most: gpu.memoryMib - 1, guess: tally.roomiest?.fitsMib ?? 0 },
    (memoryMib) => fits(askOf({ ...ask.spec, gpu: { ...gpu, memoryMib } })),
  );
  if (most === null) return [];
  return withGpu(ask, { memoryMib: most }, (best) => {
    const shape = best.parts[0]?.shape;
    const what =
      shape === undefined ? '' : ` (largest free: ${renderShape(shape)} on ${placeName(best)})`;
    return `lower gpu.memory by ${gpu.memoryMib - most}MiB to ${most}MiB${what}`;
  });
}

/** 0 stands for a part that goes with the memory, so it is not less than 1: it is tried last. */
function lessCompute(ask: Ask, tally: Tally, fits: Fits): Fix[] {
  const { gpu } = ask.spec;
  if (gpu === null || gpu.computePercent === 0) return [];
  const guess = tally.row('compute')?.closeness ?? 0;
  const most = greatestThatFits(
    { least: 1, most: gpu.computePercent - 1, guess },
    (computePercent) => fits(askOf({ ...ask.spec, gpu: { ...gpu, computePercent } })),
  );
  const computePercent = most ?? 0;
  return withGpu(
    ask,
    { computePercent },
    (best) => `lower gpu.compute to ${computePercent}: ${placeName(best)} would do`,
  );
}

const weaker: Readonly<Record<Isolation, readonly Isolation[]>> = {
  whole: ['mig', 'mps', 'any'],
  mig: ['mps', 'any'],
  mps: ['any'],
  any: [],
};

function weakerIsolation(ask: Ask): Fix[] {
  const { need } = ask;
  if (need === null || need.count > 1) return [];
  return weaker[need.isolation].flatMap((isolation) =>
    withGpu(
      ask,
      { isolation },
      (best) => `isolation: ${isolation} would fit now on ${placeName(best)}`,
    ),
  );
}

function moreAuthority(ask: Ask): Fix[] {
  return (['place', 'cut'] as const).map((level) => ({
    ask: askOf(ask.spec, { authorityFloor: level }),
    render: (best) => `raise authority on ${placeName(best)} to ${level}`,
  }));
}

function fewerCards(ask: Ask, tally: Tally, fits: Fits): Fix[] {
  const { gpu } = ask.spec;
  if (gpu === null) return [];
  const guess = tally.row('gpu-count')?.closeness ?? 0;
  const count = greatestThatFits({ least: 1, most: gpu.count - 1, guess }, (fewer) =>
    fits(askOf({ ...ask.spec, gpu: { ...gpu, count: fewer, isolation: 'whole' } })),
  );
  if (count === null) return [];
  return withGpu(
    ask,
    { count, isolation: 'whole' },
    (best) => `lower gpu.count to ${count}: ${best.record.name} would do`,
  );
}

function lessCpu(ask: Ask, tally: Tally, fits: Fits): Fix[] {
  const guess = tally.row('cpu')?.closeness ?? 0;
  return lessHost(ask, guess, fits, {
    asked: ask.spec.workload.cpuMillis,
    change: (cpuMillis) => ({ cpuMillis }),
    text: (cpuMillis) => `spec.cpu to ${cpuMillis}m`,
  });
}

function lessHostMemory(ask: Ask, tally: Tally, fits: Fits): Fix[] {
  const guess = tally.row('host-memory')?.closeness ?? 0;
  return lessHost(ask, guess, fits, {
    asked: ask.spec.workload.memoryMib,
    change: (memoryMib) => ({ memoryMib }),
    text: (memoryMib) => `spec.memory to ${memoryMib}MiB`,
  });
}

interface HostNeed {
  readonly asked: number;
  readonly change: (value: number) => Partial<Workload>;
  readonly text: (value: number) => string;
}

function lessHost(ask: Ask, guess: number, fits: Fits, need: HostNeed): Fix[] {
  const { spec } = ask;
  const changed = (value: number): Ask =>
    askOf({ ...spec, workload: { ...spec.workload, ...need.change(value) } });
  const range = { least: 1, most: need.asked - 1, guess };
  const most = greatestThatFits(range, (value) => fits(changed(value)));
  if (most === null) return [];
  const render: Fix['render'] = (best) => `lower ${need.text(most)}: ${best.record.name} would do`;
  return [{ ask: changed(most), render }];
}

function makeReady({ record }: Candidate): string {
  const { availability } = record.node;
  if (availability.kind === 'cordoned' || availability.kind === 'draining') {
    return `uncordon ${record.name}`;
  }
  return `bring ${record.name} back (it is ${availability.kind})`;
}

function relabel({ record }: Candidate, ask: Ask): string {
  const { labels } = record.node.inventory;
  const wrong = ask.constraints.filter(([label, value]) => labels[label] !== value);
  const wanted = wrong.map(([label, value]) => `${label}=${value}`).join(' ');
  return `label ${record.name} with ${wanted}, or drop that placement constraint`;
}

function withGpu(ask: Ask, change: Partial<GpuNeed>, render: Fix['render']): Fix[] {
  const { gpu } = ask.spec;
  if (gpu === null) return [];
  return [{ ask: askOf({ ...ask.spec, gpu: { ...gpu, ...change } }), render }];
}

function withPlacement(ask: Ask, change: Partial<PlacementRule>, render: Fix['render']): Fix[] {
  const spec: ModelSpec = { ...ask.spec, placement: { ...ask.spec.placement, ...change } };
  return [{ ask: askOf(spec), render }];
}

function productOf({ parts }: Candidate): string {
  return parts[0]?.card.gpu.productName ?? 'another card';
}

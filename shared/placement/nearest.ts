import type { Isolation } from '../domain/gpu.ts';
import type { GpuNeed, ModelSpec, PlacementRule, Workload } from '../domain/model.ts';
import type { Ask } from './ask.ts';
import { askOf, refuseNode, runtimesWanted } from './ask.ts';
import type { CardClasses } from './card-class.ts';
import { cardName, renderShape } from './evidence.ts';
import type { NodeRecord } from './node-record.ts';
import { recordNode } from './node-record.ts';
import type { Reason } from './reasons.ts';
import type { Candidate } from './search.ts';
import { search } from './search.ts';
import type { Tally } from './tally.ts';

/** One change that might help: it is offered only after the search has placed the changed request. */
interface Fix {
  readonly ask: Ask;
  readonly render: (best: Candidate) => string;
}

/** A fix that was tried and helps. */
export interface Remedy {
  readonly reason: Reason;
  readonly text: string;
}

/** Fixes of one kind, mildest first: only the first that helps is named. */
interface FixGroup {
  readonly name: string;
  readonly fixes: readonly Fix[];
}

/** What would help against each reason of a refusal, tried out; those that came furthest first. */
export function findRemedies(records: readonly NodeRecord[], ask: Ask, tally: Tally): Remedy[] {
  const remedies: Remedy[] = [];
  const tried = new Set<string>();
  for (const { reason } of tally.sorted()) {
    for (const { name, fixes } of groupsOf[reason](ask, tally)) {
      if (tried.has(name)) continue;
      tried.add(name);
      const text = firstHelp(records, fixes);
      if (text !== null) remedies.push({ reason, text });
    }
  }
  return remedies;
}

function firstHelp(records: readonly NodeRecord[], fixes: readonly Fix[]): string | null {
  for (const fix of fixes) {
    const { best } = search(records, fix.ask);
    if (best !== null) return fix.render(best);
  }
  return null;
}

/** Nodes that are looked at for the questions about other claims. */
const nodesTriedMax = 64;

/** Whether waiting for claims that are being reclaimed, or stopping others, would help. Empty: neither would. */
export function findVacancy(
  records: readonly NodeRecord[],
  ask: Ask,
  classes: CardClasses,
): string {
  const open = records.filter(({ claims }) => claims.length > 0);
  const reclaiming = open.filter(({ claims }) =>
    claims.some(({ state }) => state === 'reclaiming'),
  );
  const soon = firstPlace(reclaiming, ask, (record) =>
    recordNode(
      record.node,
      record.claims.filter(({ state }) => state === 'held'),
      classes,
    ),
  );
  if (soon !== null) return `wait: ${place(soon)} is being given back`;
  const later = firstPlace(open, ask, (record) => recordNode(record.node, [], classes));
  return later === null
    ? ''
    : `stop something on ${later.record.name}: ${place(later)} would do if it were empty`;
}

function firstPlace(
  records: readonly NodeRecord[],
  ask: Ask,
  changed: (record: NodeRecord) => NodeRecord,
): Candidate | null {
  let tried = 0;
  for (const record of records) {
    const blocked = refuseNode(record, ask);
    if (blocked !== null && blocked !== 'cpu' && blocked !== 'host-memory' && blocked !== 'spread')
      continue;
    if (tried >= nodesTriedMax) return null;
    tried += 1;
    const { best } = search([changed(record)], ask);
    if (best !== null) return best;
  }
  return null;
}

type GroupMaker = (ask: Ask, tally: Tally) => readonly FixGroup[];

const memoryGroups: GroupMaker = (ask, tally) => [
  { name: 'memory', fixes: lessMemory(ask, tally) },
  ...isolationGroups(ask, tally),
];

const isolationGroups: GroupMaker = (ask) => [{ name: 'isolation', fixes: weakerIsolation(ask) }];

const readyGroups: GroupMaker = (ask) => [
  {
    name: 'availability',
    fixes: [{ ask: askOf(ask.spec, { waived: new Set(['availability']) }), render: makeReady }],
  },
];

const noGroups: GroupMaker = () => [];

const groupsOf: Readonly<Record<Reason, GroupMaker>> = {
  memory: memoryGroups,
  layout: memoryGroups,
  size: memoryGroups,
  isolation: isolationGroups,
  mode: isolationGroups,
  foreign: isolationGroups,
  cordoned: readyGroups,
  draining: readyGroups,
  suspect: readyGroups,
  lost: readyGroups,
  health: noGroups,
  'no-gpu': noGroups,
  compute: (ask, tally) => [
    { name: 'compute', fixes: lessCompute(ask, tally) },
    ...isolationGroups(ask, tally),
  ],
  clients: (ask) => [
    {
      name: 'clients',
      fixes: withGpu(
        ask,
        { processes: 1 },
        (best) => `gpu.processes: 1 would fit on ${place(best)}`,
      ),
    },
  ],
  'card-model': (ask) => [
    {
      name: 'card-model',
      fixes: withGpu(
        ask,
        { models: [] },
        (best) => `allow ${productOf(best)} in gpu.models: ${place(best)} would do`,
      ),
    },
  ],
  authority: (ask) => [{ name: 'authority', fixes: moreAuthority(ask) }],
  'gpu-count': (ask, tally) => [{ name: 'gpu-count', fixes: fewerCards(ask, tally) }],
  runtime: (ask) => [{ name: 'runtime', fixes: [withRuntime(ask)] }],
  label: (ask) => [
    { name: 'label', fixes: withPlacement(ask, { constraints: {} }, (best) => relabel(best, ask)) },
  ],
  spread: (ask) => [
    {
      name: 'spread',
      fixes: withPlacement(
        ask,
        { maxPerNode: 0 },
        (best) => `raise placement.maxPerNode: ${place(best)} would do`,
      ),
    },
  ],
  cpu: (ask, tally) => [{ name: 'cpu', fixes: lessHost(ask, tally, 'cpuMillis') }],
  'host-memory': (ask, tally) => [
    { name: 'memory-host', fixes: lessHost(ask, tally, 'memoryMib') },
  ],
};

function withRuntime(ask: Ask): Fix {
  const wanted = runtimesWanted(ask).join(' or ');
  return {
    ask: askOf(ask.spec, { waived: new Set(['runtime']) }),
    render: ({ record }) => `make ${wanted} answer on ${record.name}`,
  };
}

function lessMemory(ask: Ask, tally: Tally): Fix[] {
  const most = tally.roomiest?.fitsMib ?? 0;
  const lower = (ask.need?.memoryMib ?? 0) - most;
  if (most < 1 || lower < 1) return [];
  return withGpu(ask, { memoryMib: most }, (best) => {
    const shape = best.parts[0]?.shape;
    const what =
      shape === undefined ? '' : ` (largest free: ${renderShape(shape)} on ${place(best)})`;
    return `lower gpu.memory by ${lower}MiB to ${most}MiB${what}`;
  });
}

function lessCompute(ask: Ask, tally: Tally): Fix[] {
  const free = tally.row('compute')?.closeness ?? 0;
  const asked = ask.need?.computePercent ?? 0;
  return [free, 0]
    .filter((percent) => percent >= 0 && percent < asked)
    .flatMap((computePercent) =>
      withGpu(
        ask,
        { computePercent },
        (best) => `lower gpu.compute to ${computePercent}: ${place(best)} would do`,
      ),
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
      (best) => `isolation: ${isolation} would fit now on ${place(best)}`,
    ),
  );
}

function moreAuthority(ask: Ask): Fix[] {
  return (['place', 'cut'] as const).map((level) => ({
    ask: askOf(ask.spec, { authorityFloor: level }),
    render: (best) => `raise authority on ${place(best)} to ${level}`,
  }));
}

function fewerCards(ask: Ask, tally: Tally): Fix[] {
  const count = tally.row('gpu-count')?.closeness ?? 0;
  if (count < 1) return [];
  return withGpu(
    ask,
    { count, isolation: 'whole' },
    (best) => `lower gpu.count to ${count}: ${best.record.name} would do`,
  );
}

function lessHost(ask: Ask, tally: Tally, key: 'cpuMillis' | 'memoryMib'): Fix[] {
  const free = tally.row(key === 'cpuMillis' ? 'cpu' : 'host-memory')?.closeness ?? 0;
  if (free < 1) return [];
  const asText = key === 'cpuMillis' ? `spec.cpu to ${free}m` : `spec.memory to ${free}MiB`;
  const less: Partial<Workload> = key === 'cpuMillis' ? { cpuMillis: free } : { memoryMib: free };
  const spec = { ...ask.spec, workload: { ...ask.spec.workload, ...less } };
  return [{ ask: askOf(spec), render: (best) => `lower ${asText}: ${best.record.name} would do` }];
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

function place({ record, parts }: Candidate): string {
  const [first] = parts;
  return first === undefined || parts.length > 1 ? record.name : cardName(record, first.card);
}

function productOf({ parts }: Candidate): string {
  return parts[0]?.card.gpu.productName ?? 'another card';
}

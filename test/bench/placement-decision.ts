import { performance } from 'node:perf_hooks';
import type { Claim } from '../../shared/domain/claim.ts';
import { parseClaimId, parseNodeName } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type {
  Demand,
  DemandShape,
  PlacementEngine,
  PlacementNode,
  PlacementSnapshot,
} from '../../shared/placement/engine.ts';
import { lintPlacement } from '../../shared/placement/lint.ts';
import { open } from '../../shared/placement/open.ts';
import {
  cardsOf,
  gpuUuid,
  model,
  needs,
  node,
  request,
  sure,
} from '../unit/shared/placement/builders.ts';
import { policyFor, recordAll, scan } from '../unit/shared/placement/linear-scan.ts';
import type { BenchRow } from './bench-row.ts';
import { percentile, renderSpread, timed, type Took } from './took.ts';

const cardsPerNode = 8;
const curveSizes = [500, 5_000, 50_000];
/** A cluster of the curve is so many copies of one of 500 nodes, with fewer claims: filling 50,000 would take minutes. */
const templateNodes = 500;
const templateRequests = 8 * templateNodes;
const measuredCount = 4_000;
const coldCount = 160;
const scannedCount = 10;
/** Nodes that an owner would bring up to date between two decisions, off the request path. */
const refreshBudget = 64;

/** One decision on 5,000 nodes of 8 cards in every use, under churn, beside a plain scan; and how it grows with the nodes. */
export async function placementDecisionRows(): Promise<readonly BenchRow[]> {
  const before = process.memoryUsage();
  const site = siteOf(5_000);
  // One yield between the parts, so that a bench that runs beside this one is not starved for seconds.
  await Promise.resolve();
  const rssMib = Math.round((process.memoryUsage().rss - before.rss) / 2 ** 20);
  const warm = measureWarm(site);
  const cold = measureCold(site);
  const refuseMs = measureRefusals(site.engine);
  const snapshot = { ...site.snapshot, claims: [...site.claims.values()] };
  const scanned = measureScan(site.engine, snapshot);
  const problems = lintPlacement(snapshot).length;
  await Promise.resolve();
  const curve = curveSizes.map((size) => measureWarm(copiesOf(size)).decideUs);
  const p50 = percentile(warm.decideUs, 50);
  const p99 = percentile(warm.decideUs, 99);
  const scanUs = percentile(scanned.tookUs, 50);
  const yardstick = `plain scan ${Math.round(scanUs)} us`;
  const medians = curve.map((decideUs) => percentile(decideUs, 50));
  const means = curve.map(mean);
  const refused = percentile(refuseMs, 50);
  return [
    row(`decide p50, ${site.words}`, p50, 'us', yardstick, 50),
    row('decide p99, with churn', p99, 'us', yardstick, 1_000),
    row('decide p99, time of the processor', percentile(warm.cpuUs, 99), 'us', yardstick, 1_000),
    ...coldRows(cold),
    {
      metric: 'decide against the scan',
      value: scanUs / p50,
      unit: 'x faster',
      yardstick,
      target: '> 50',
      ok: scanUs / p50 > 50,
    },
    row('a delta, p50', percentile(warm.applyUs, 50), 'us', yardstick, 50),
    row('a delta, p99', percentile(warm.applyUs, 99), 'us', yardstick, 1_000),
    row(
      'a fork and its first decision within 8 nodes, p50',
      measureForks(site),
      'us',
      yardstick,
      1_000,
    ),
    row('explain a refusal p50, remedies tried', refused, 'ms', yardstick, 50),
    row('memory of the engine', rssMib, 'MiB', site.words, 300),
    {
      metric: `decide p50 at ${curveSizes.join(', ')} nodes`,
      value: medians.map((each) => each.toFixed(1)).join(', '),
      unit: 'us',
      yardstick: `mean ${means.map((each) => each.toFixed(1)).join(', ')}`,
      target: 'mean grows less than tenfold a step',
      ok: means.every((each, at) => at === 0 || each < 10 * (means[at - 1] ?? 0)),
    },
    {
      metric: 'choices equal to the scan',
      value: scanned.same,
      unit: 'requests',
      yardstick: scannedCount,
      target: scannedCount,
      ok: scanned.same === scannedCount,
    },
    row('broken promises found by lint', problems, 'problems', 0, 0),
  ];
}

function row(
  metric: string,
  value: number,
  unit: string,
  yardstick: BenchRow['yardstick'],
  most: number,
): BenchRow {
  return { metric, value, unit, yardstick, target: `<= ${most}`, ok: value <= most };
}

interface Site {
  readonly engine: PlacementEngine;
  readonly snapshot: PlacementSnapshot;
  readonly claims: Map<string, Claim>;
  readonly words: string;
}

/** A cluster that is about full, filled by the engine itself. */
function siteOf(nodesCount: number, requests = nodesCount * 20): Site {
  const nodes = Array.from({ length: nodesCount }, (_, at) => nodeAt(at));
  const snapshot = { nodes, claims: [], demand: demandOf() };
  const engine = open(snapshot);
  const claims = new Map<string, Claim>();
  for (let at = 0; at < requests; at += 1) {
    const decision = engine.decide(request(`fill-${at}`, specAt(at)));
    if (decision.kind === 'refused') continue;
    engine.apply(decision.delta);
    claims.set(decision.claim.id, decision.claim);
  }
  return { engine, snapshot, claims, words: wordsOf(nodesCount, claims.size) };
}

function copiesOf(nodesCount: number): Site {
  const template = siteOf(templateNodes, templateRequests);
  const copies = Array.from({ length: nodesCount / templateNodes }, (_, copy) =>
    [...template.claims.values()].map((claim) => copyClaim(claim, copy)),
  ).flat();
  const nodes = Array.from({ length: nodesCount }, (_, at) => nodeAt(at));
  const snapshot = { nodes, claims: copies, demand: demandOf() };
  const claims = new Map(copies.map((claim) => [claim.id, claim]));
  return { engine: open(snapshot), snapshot, claims, words: wordsOf(nodesCount, claims.size) };
}

/** The same claim on the node that is as many places further. */
function copyClaim(claim: Claim, copy: number): Claim {
  const at = Number(claim.node.slice('node-'.length)) + copy * templateNodes;
  const node = nodeNameAt(at);
  return {
    ...claim,
    id: sure(parseClaimId(`${claim.id}-${copy}`)),
    node: sure(parseNodeName(node)),
    slices: claim.slices.map((slice) => ({
      ...slice,
      gpu: gpuUuid(slice.gpu.replace(claim.node, node)),
    })),
  };
}

function demandOf(): Demand {
  const shapes = Array.from({ length: 50 }, (_, at): DemandShape => {
    const { gpu, workload } = specAt(at);
    return { gpu, cpuMillis: workload.cpuMillis, memoryMib: workload.memoryMib, weight: 1 };
  });
  return { shapes };
}

function wordsOf(nodes: number, claims: number): string {
  return `${nodes} nodes x ${cardsPerNode} GPUs, ${claims} claims`;
}

function nodeNameAt(at: number): string {
  return `node-${String(at).padStart(5, '0')}`;
}

function nodeAt(at: number): PlacementNode {
  const name = nodeNameAt(at);
  const products = ['A100-40GB', 'A100-80GB', 'H100-80GB', 'L40S'] as const;
  const product = products[at % products.length] ?? 'L40S';
  const cards = cardsOf(
    name,
    Array.from({ length: cardsPerNode }, () => product),
  );
  const changes = { labels: { zone: `eu-${at % 3}` }, cpuMillis: 256_000, memoryMib: 2_097_152 };
  return node(name, cards, changes);
}

/** A fixed mix of 50 shapes: no randomness, so that two runs measure the same thing. */
function specAt(at: number): ModelSpec {
  const memoryMib = 1_024 * (1 + ((at * 7) % 25));
  const isolation = (['mps', 'mig', 'any', 'mig'] as const)[at % 4] ?? 'mps';
  const kind = at % 50;
  const gpu =
    kind === 0 || kind === 25
      ? needs({ isolation: 'whole', count: kind === 0 ? 2 : 4 })
      : needs({ memoryMib, isolation: kind % 10 === 7 ? 'whole' : isolation });
  return model(`model-${at % 200}`, gpu, { workload: { cpuMillis: 500, memoryMib: 1_024 } });
}

/** Each decision stands between two deltas, so nothing is measured on an untouched index. */
function measureWarm({ engine, claims }: Site) {
  const decideUs: number[] = [];
  const cpuUs: number[] = [];
  const applyUs: number[] = [];
  const random = sequence(1);
  const ids = [...claims.keys()];
  for (let at = -500; at < measuredCount; at += 1) {
    const gone = random(ids.length);
    const id = claims.get(ids[gone] ?? '')?.id;
    if (id === undefined) continue;
    const asked = request(`churn-${claims.size}-${at + 500}`, specAt(random(50)));
    const started = performance.now();
    engine.apply({ kind: 'claim-removed', claim: id });
    const applied = performance.now();
    engine.refresh(refreshBudget);
    const cpu = process.cpuUsage();
    const refreshed = performance.now();
    const decision = engine.decide(asked);
    const decided = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    claims.delete(id);
    ids[gone] = ids.at(-1) ?? '';
    ids.pop();
    if (decision.kind === 'placed') {
      engine.apply(decision.delta);
      claims.set(decision.claim.id, decision.claim);
      ids.push(decision.claim.id);
    }
    if (at < 0) continue;
    applyUs.push((applied - started) * 1_000);
    decideUs.push((decided - refreshed) * 1_000);
    cpuUs.push(user + system);
  }
  return { decideUs, cpuUs, applyUs };
}

/** Shapes that nothing is remembered for, each once. */
function measureCold({ engine }: Site): readonly Took[] {
  return Array.from({ length: coldCount }, (_, at) => {
    const isolation = (['mps', 'mig', 'any', 'whole'] as const)[at % 4] ?? 'mps';
    const gpu = needs({ isolation, memoryMib: 3_001 + at * 89 });
    const asked = request(`cold-${at}`, model('cold', gpu));
    return timed(() => {
      engine.decide(asked);
    });
  });
}

/** On the wall: the time of the processor counts the threads that collect garbage beside the one that decides. */
function coldRows(cold: readonly Took[]): readonly BenchRow[] {
  const wallMs = cold.map((each) => each.wallMs);
  const spread = `${cold.length} shapes, max ${percentile(wallMs, 100).toFixed(1)} ms; of the processor ${renderSpread(cold, 'cpuMs')}`;
  return [50, 99].map((percent) =>
    row(
      `decide p${percent}, a shape never seen before`,
      percentile(wallMs, percent),
      'ms',
      spread,
      10,
    ),
  );
}

function measureForks({ engine, snapshot }: Site): number {
  const tookUs = Array.from({ length: 50 }, (_, at) => {
    const some = snapshot.nodes.slice(at * 8, at * 8 + 8).map(({ inventory }) => inventory.node);
    const started = performance.now();
    engine.fork().decide(request(`fork-${at}`, specAt(at)), { within: new Set(some) });
    return (performance.now() - started) * 1_000;
  });
  return percentile(tookUs, 50);
}

/** What the plain scan takes, and how often the index chooses the very cards, at the very cost, that it chooses. */
function measureScan(engine: PlacementEngine, snapshot: PlacementSnapshot) {
  const records = recordAll(snapshot);
  const policy = policyFor(snapshot, {});
  const tookUs: number[] = [];
  let same = 0;
  for (let at = 0; at < scannedCount; at += 1) {
    const asked = request(`scan-${at}`, specAt(at * 5 + 1));
    const started = performance.now();
    const scanned = scan(records, asked, policy);
    tookUs.push((performance.now() - started) * 1_000);
    const decided = engine.decide(asked);
    const equal =
      decided.kind === 'refused'
        ? scanned === null
        : decided.cost === scanned?.cost &&
          decided.placement.slices.map(({ gpu }) => gpu).join() === scanned.gpus.join();
    if (equal) same += 1;
  }
  return { tookUs, same };
}

/** Requests that no card can serve now, so that every remedy is tried. */
function measureRefusals(engine: PlacementEngine): number[] {
  return Array.from({ length: 10 }, (_, at) => {
    const models = ['H100-80GB', 'A100-80GB'];
    const gpu = needs({ isolation: 'mig', memoryMib: 90_000 + at, models });
    const asked = request(`refused-${at}`, model('huge', gpu));
    const started = performance.now();
    if (engine.explain(asked).refusal === null) throw new Error('the bench expects a refusal');
    return performance.now() - started;
  });
}

/** Whole numbers below a limit, the same in every run (Lehmer's generator). */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length);
}

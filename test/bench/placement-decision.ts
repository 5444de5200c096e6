import { performance } from 'node:perf_hooks';
import type { PlacementNode, PlacementSnapshot } from '../../shared/placement/engine.ts';
import { lintPlacement } from '../../shared/placement/lint.ts';
import { open } from '../../shared/placement/open.ts';
import type { Claim } from '../../shared/domain/claim.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { cardsOf, model, needs, node, request } from '../unit/shared/placement/builders.ts';
import { joinClaims, scan } from '../unit/shared/placement/linear-scan.ts';
import type { BenchRow } from './bench-row.ts';

const nodesCount = 1_000;
const cardsPerNode = 8;
const filledCount = 20_000;
const measuredCount = 2_000;
const scannedCount = 10;

/** One decision on 1,000 nodes of 8 cards, partly full, beside a plain scan of the same cluster. */
export async function placementDecisionRows(): Promise<readonly BenchRow[]> {
  const nodes = Array.from({ length: nodesCount }, (_, at) => nodeAt(at));
  // One yield between the parts, so that a bench that runs beside this one is not starved for seconds.
  await Promise.resolve();
  const { engine, claims, perSecond } = fill(nodes);
  const snapshot = { nodes, claims };
  const decideMs = measureDecisions(engine);
  const freshMs = measureFresh(engine);
  const refuseMs = measureRefusals(engine);
  const scanMs = measureScan(snapshot);
  const [p50, p99, scanned] = [
    percentile(decideMs, 50),
    percentile(decideMs, 99),
    percentile(scanMs, 50),
  ];
  const refused = percentile(refuseMs, 50);
  const fresh = percentile(freshMs, 50);
  const same = agreement(engine, snapshot);
  const problems = lintPlacement(snapshot).length;
  const ratio = scanned / p50;
  const cluster = `${nodesCount} nodes x ${cardsPerNode} GPUs, ${claims.length} claims`;
  const yardstick = `plain scan ${round(scanned)} ms`;
  return [
    {
      metric: `decide p50, ${cluster}`,
      value: p50,
      unit: 'ms',
      yardstick,
      target: '< 1',
      ok: p50 < 1,
    },
    { metric: 'decide p99', value: p99, unit: 'ms', yardstick, target: '< 5', ok: p99 < 5 },
    {
      metric: 'decide p50, a need never seen before',
      value: fresh,
      unit: 'ms',
      yardstick,
      target: '< 5',
      ok: fresh < 5,
    },
    {
      metric: 'decide against the scan',
      value: ratio,
      unit: 'x faster',
      yardstick,
      target: '> 20',
      ok: ratio > 20,
    },
    {
      metric: 'refuse p50, remedies tried',
      value: refused,
      unit: 'ms',
      yardstick,
      target: '< 10',
      ok: refused < 10,
    },
    {
      metric: 'decide and apply, filling up',
      value: perSecond,
      unit: '1/s',
      yardstick,
      target: '> 1000',
      ok: perSecond > 1_000,
    },
    {
      metric: 'choices equal to the scan',
      value: same,
      unit: 'requests',
      yardstick: scannedCount,
      target: scannedCount,
      ok: same === scannedCount,
    },
    {
      metric: 'broken promises found by lint',
      value: problems,
      unit: 'problems',
      yardstick: 0,
      target: 0,
      ok: problems === 0,
    },
  ];
}

type Engine = ReturnType<typeof open>;

function nodeAt(at: number): PlacementNode {
  const name = `node-${String(at).padStart(4, '0')}`;
  const products = ['A100-40GB', 'A100-80GB', 'H100-80GB', 'L40S'] as const;
  const product = products[at % products.length] ?? 'L40S';
  return node(
    name,
    cardsOf(
      name,
      Array.from({ length: cardsPerNode }, () => product),
    ),
    {
      labels: { zone: `eu-${at % 3}` },
      cpuMillis: 256_000,
      memoryMib: 2_097_152,
    },
  );
}

/** A fixed mix: no randomness, so that two runs measure the same thing. */
function specAt(at: number): ModelSpec {
  const memoryMib = 1_024 * (1 + ((at * 7) % 20));
  const isolation = (['mps', 'mig', 'any', 'mig'] as const)[at % 4] ?? 'mps';
  const gpu =
    at % 50 === 0 ? needs({ isolation: 'whole', count: 2 }) : needs({ memoryMib, isolation });
  return model(`model-${at % 200}`, gpu, { workload: { cpuMillis: 500, memoryMib: 1_024 } });
}

function fill(nodes: readonly PlacementNode[]) {
  const engine = open({ nodes, claims: [] });
  const claims: Claim[] = [];
  const startMs = performance.now();
  for (let at = 0; at < filledCount; at += 1) {
    const decision = engine.decide(request(`fill-${at}`, specAt(at)));
    if (decision.kind === 'refused') continue;
    engine.apply(decision.delta);
    claims.push(decision.claim);
  }
  return { engine, claims, perSecond: (filledCount * 1_000) / (performance.now() - startMs) };
}

function measureDecisions(engine: Engine): number[] {
  // Deltas between decisions, as in a living cluster: nothing is measured on an untouched index.
  return Array.from({ length: measuredCount }, (_, at) => {
    const asked = request(`measured-${at}`, specAt(at + 1));
    const startMs = performance.now();
    const decision = engine.decide(asked);
    const tookMs = performance.now() - startMs;
    if (decision.kind === 'placed') {
      engine.apply(decision.delta);
      engine.apply({ kind: 'claim-removed', claim: decision.claim.id });
    }
    return tookMs;
  });
}

/** Needs that no verdict is remembered for: the worst case of the cache. */
function measureFresh(engine: Engine): number[] {
  return Array.from({ length: 200 }, (_, at) => {
    const gpu = needs({ isolation: at % 2 === 0 ? 'mig' : 'mps', memoryMib: 3_001 + at * 3 });
    const asked = request(`fresh-${at}`, model('fresh', gpu));
    const startMs = performance.now();
    engine.decide(asked);
    return performance.now() - startMs;
  });
}

function measureScan(snapshot: PlacementSnapshot): number[] {
  const nodes = joinClaims(snapshot);
  return Array.from({ length: scannedCount }, (_, at) => {
    const asked = request(`scan-${at}`, oneCardSpecAt(at));
    const startMs = performance.now();
    scan(nodes, asked);
    return performance.now() - startMs;
  });
}

/** How often the index chooses the very card, at the very cost, that the plain scan chooses. */
function agreement(engine: Engine, snapshot: PlacementSnapshot): number {
  const nodes = joinClaims(snapshot);
  let same = 0;
  for (let at = 0; at < scannedCount; at += 1) {
    const asked = request(`agree-${at}`, oneCardSpecAt(at));
    const scanned = scan(nodes, asked);
    const decided = engine.decide(asked);
    const equal =
      decided.kind === 'refused'
        ? scanned === null
        : decided.cost === scanned?.cost && decided.placement.slices[0]?.gpu === scanned.gpu;
    if (equal) same += 1;
  }
  return same;
}

/** Requests that no card can serve now, so that every remedy is tried. */
function measureRefusals(engine: Engine): number[] {
  return Array.from({ length: 50 }, (_, at) => {
    const gpu = needs({
      isolation: 'mig',
      memoryMib: 90_000 + at,
      models: ['H100-80GB', 'A100-80GB'],
    });
    const asked = request(`refused-${at}`, model('huge', gpu));
    const startMs = performance.now();
    const decision = engine.decide(asked);
    const tookMs = performance.now() - startMs;
    if (decision.kind === 'placed') throw new Error('the bench expects a refusal');
    return tookMs;
  });
}

/** The plain scan places one card: specs of several are stepped over. */
function oneCardSpecAt(at: number): ModelSpec {
  return specAt(at * 3 + 1);
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100));
  return sorted[at] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

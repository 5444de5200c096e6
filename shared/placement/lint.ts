import type { Claim } from '../domain/claim.ts';
import type { NodeName } from '../domain/ids.ts';
import type { GpuInventory } from '../domain/inventory.ts';
import type { MigPlacement } from '../domain/mig-profile.ts';
import { placementMask, placementRefusal } from '../domain/mig-profile.ts';
import type { Slice, SliceShape } from '../domain/slice.ts';
import { mpsClientsMax, mpsClientsOf, shareReserveMib } from './cost.ts';
import type { PlacementNode, PlacementSnapshot } from './engine.ts';
import { compareText } from './node-record.ts';

/** A promise that cannot be kept. */
export interface LintProblem {
  readonly code:
    | 'slice-twice'
    | 'claim-twice'
    | 'gpu-missing'
    | 'gpu-failed'
    | 'mode-mixed'
    | 'whole-shared'
    | 'layout-illegal'
    | 'foreign-overlap'
    | 'memory-overpromised'
    | 'compute-overpromised'
    | 'clients-overpromised'
    | 'cpu-overpromised'
    | 'host-memory-overpromised';
  readonly node: NodeName;
  /** UUID; null: the node as a whole. */
  readonly gpu: string | null;
  readonly message: string;
}

/**
 * Checks claims against the cards they are on: no slice twice, only legal layouts, sums within the card and
 * the node, nothing on a failed card. It shares no code with the search, so that it can catch it out.
 * Claims on nodes that the snapshot does not know are not judged: their cards are unknown.
 */
export function lintPlacement(snapshot: PlacementSnapshot): readonly LintProblem[] {
  const claims = snapshot.claims.toSorted((a, b) => compareText(a.id, b.id));
  const byNode = new Map<NodeName, Claim[]>();
  for (const claim of claims) {
    const list = byNode.get(claim.node);
    if (list === undefined) byNode.set(claim.node, [claim]);
    else list.push(claim);
  }
  return [
    ...lintIds(claims),
    ...snapshot.nodes.flatMap((node) => lintNode(node, byNode.get(node.inventory.node) ?? [])),
  ];
}

function lintIds(claims: readonly Claim[]): LintProblem[] {
  const problems: LintProblem[] = [];
  const ids = new Set<string>();
  const slices = new Set<string>();
  for (const { id, node, slices: held } of claims) {
    if (ids.has(id)) problems.push(problem('claim-twice', node, null, `claim ${id} exists twice`));
    ids.add(id);
    for (const slice of held) {
      if (slices.has(slice.id)) {
        problems.push(problem('slice-twice', node, slice.gpu, `slice ${slice.id} is held twice`));
      }
      slices.add(slice.id);
    }
  }
  return problems;
}

/** Everything about one node: production checks just the nodes that a decision touched. */
export function lintNode(node: PlacementNode, claims: readonly Claim[]): readonly LintProblem[] {
  const { inventory } = node;
  const problems: LintProblem[] = [];
  const cpu = claims.reduce((sum, claim) => sum + claim.cpuMillis, 0);
  const memory = claims.reduce((sum, claim) => sum + claim.memoryMib, 0);
  if (cpu > inventory.cpuMillis) {
    const message = `${cpu}m CPU promised of ${inventory.cpuMillis}m`;
    problems.push(problem('cpu-overpromised', inventory.node, null, message));
  }
  if (memory > inventory.memoryMib) {
    const message = `${memory}MiB of host memory promised of ${inventory.memoryMib}MiB`;
    problems.push(problem('host-memory-overpromised', inventory.node, null, message));
  }
  const slices = claims.flatMap((claim) => claim.slices);
  for (const slice of slices) {
    if (inventory.gpus.some((gpu) => gpu.uuid === slice.gpu)) continue;
    const message = `slice ${slice.id} is on a card that the node does not have`;
    problems.push(problem('gpu-missing', inventory.node, slice.gpu, message));
  }
  for (const gpu of inventory.gpus) {
    const held = slices.filter((slice) => slice.gpu === gpu.uuid);
    for (const [code, message] of lintCard(gpu, held)) {
      problems.push(problem(code, inventory.node, gpu.uuid, message));
    }
    // A claim that is being given back may end its days on a failed card.
    const serves = claims.some(
      (claim) => claim.state === 'held' && claim.slices.some((slice) => slice.gpu === gpu.uuid),
    );
    if (serves && gpu.health.state === 'failed') {
      const message = `slices are on a failed card: ${gpu.health.reason}`;
      problems.push(problem('gpu-failed', inventory.node, gpu.uuid, message));
    }
  }
  return problems;
}

type Finding = readonly [LintProblem['code'], string];

function lintCard(gpu: GpuInventory, slices: readonly Slice[]): Finding[] {
  if (slices.length === 0) return [];
  const kinds = [...new Set(slices.map(({ shape }) => shape.kind))];
  const findings: Finding[] = [];
  if (kinds.length > 1) findings.push(['mode-mixed', `used as ${kinds.join(' and ')} at once`]);
  if (kinds.includes('whole') && slices.length > 1) {
    findings.push(['whole-shared', `a whole card is held with ${slices.length - 1} other slices`]);
  }
  const shapes = slices.map(({ shape }) => shape);
  return [...findings, ...lintShares(gpu, shapes), ...lintLayout(gpu, shapes)];
}

function lintShares(gpu: GpuInventory, shapes: readonly SliceShape[]): Finding[] {
  const findings: Finding[] = [];
  let memory = 0;
  let compute = 0;
  let clients = 0;
  for (const shape of shapes) {
    if (shape.kind === 'whole' && shape.memoryMib > gpu.memoryTotalMib) {
      findings.push(['memory-overpromised', `whole card of ${shape.memoryMib}MiB is not that big`]);
    }
    if (shape.kind === 'mps' || shape.kind === 'timeshare') memory += shape.memoryMib;
    if (shape.kind !== 'mps') continue;
    compute += shape.smPercent;
    clients += mpsClientsOf(shape.smPercent);
  }
  const most = gpu.memoryTotalMib - shareReserveMib;
  if (memory > most && memory > 0) {
    findings.push(['memory-overpromised', `${memory}MiB promised of ${most}MiB`]);
  }
  if (compute > 100) findings.push(['compute-overpromised', `${compute}% of the SMs promised`]);
  if (clients > mpsClientsMax) {
    findings.push(['clients-overpromised', `${clients} MPS clients promised of ${mpsClientsMax}`]);
  }
  return findings;
}

function lintLayout(gpu: GpuInventory, shapes: readonly SliceShape[]): Finding[] {
  const mig = shapes.filter((shape) => shape.kind === 'mig');
  if (mig.length === 0) return [];
  if (gpu.migEnabled === null || gpu.geometry === null) {
    return [['layout-illegal', 'MIG slices are on a card without MIG']];
  }
  const findings: Finding[] = [];
  const layout: MigPlacement[] = [];
  for (const { giProfileId, start } of mig.toSorted((a, b) => a.start - b.start)) {
    const refusal = placementRefusal(gpu.geometry, layout, { giProfileId, start });
    if (refusal !== null) findings.push(['layout-illegal', refusal]);
    layout.push({ giProfileId, start });
  }
  for (const shape of mig) {
    const mask = placementMask(shape.start, shape.size);
    for (const instance of gpu.instances) {
      const same = instance.giProfileId === shape.giProfileId && instance.start === shape.start;
      if (same || (placementMask(instance.start, instance.size) & mask) === 0) continue;
      const message = `${shape.profile} at ${shape.start} overlaps an instance ${instance.profile} at ${instance.start} that no claim holds`;
      findings.push(['foreign-overlap', message]);
    }
  }
  return findings;
}

function problem(
  code: LintProblem['code'],
  node: NodeName,
  gpu: string | null,
  message: string,
): LintProblem {
  return { code, node, gpu, message };
}

import { cardByProductName, geometryOf } from '../../shared/domain/card.ts';
import { placementHealth, type CardVerdict } from '../../shared/domain/card-health.ts';
import type { GpuMode } from '../../shared/domain/gpu.ts';
import type { GpuUuid } from '../../shared/domain/ids.ts';
import type {
  GpuInventory,
  Inventory,
  MigInstance,
  NvlinkPeer,
} from '../../shared/domain/inventory.ts';
import { profileById, type MigGeometry } from '../../shared/domain/mig-profile.ts';
import { incidentsOf, recoveryOf } from '../health/incidents.ts';
import { isLasting, type CardLook } from '../health/conditions.ts';
import { judge, judgeUnanswered } from '../health/judge.ts';
import { layoutFingerprint, layoutShape, nextLayout } from './layout.ts';
import type {
  Answers,
  CardAnswers,
  CardTopology,
  ForeignProcess,
  GpuActual,
  GpuRow,
  LayoutRecord,
  MigInstanceRow,
  NodeMemory,
  RunningActual,
  SliceBinding,
  World,
} from './world.ts';

/** A card that could not be read for so many rounds takes nothing new until it answers again. */
export const blindRoundsMax = 3;

/**
 * Pure: the drivers' answers become one snapshot. null while the host itself has never been read, because
 * nothing may be concluded without its boot id.
 */
export function assemble(answers: Answers, memory: NodeMemory): World | null {
  const { previous } = memory;
  const bootId = answers.host.kind === 'seen' ? answers.host.value.bootId : previous?.bootId;
  if (bootId === undefined) return null;
  const running = runningReplicas(answers, memory);
  const seen = cardsSeen(answers, { ...memory, bootId, running });
  const gpus = seen.map((each) => each.gpu);
  return {
    wallMs: answers.wallMs,
    bootId,
    inventory: inventoryOf(answers, { ...memory, bootId }, gpus),
    gpus,
    cardsBlind: answers.cards.kind === 'blind' ? answers.cards.reason : null,
    runtimesBlind: new Map(
      [...answers.runtimes].map(([kind, part]) => [
        kind,
        part.kind === 'blind' ? part.reason : null,
      ]),
    ),
    runtimesMet: new Set([
      ...(previous?.runtimesMet ?? []),
      ...[...answers.runtimes].flatMap(([kind, part]) => (part.kind === 'seen' ? [kind] : [])),
    ]),
    running,
    marked: memory.marked,
    layouts: seen.flatMap((each) => (each.layout === undefined ? [] : [each.layout])),
  };
}

function runningReplicas(answers: Answers, { previous }: NodeMemory): readonly RunningActual[] {
  return [...answers.runtimes].flatMap(([runtime, part]) =>
    part.kind === 'seen'
      ? part.value.map((each) => ({ ...each, runtime }))
      : (previous?.running ?? []).filter((each) => each.runtime === runtime),
  );
}

interface Known extends NodeMemory {
  readonly bootId: World['bootId'];
  readonly running: readonly RunningActual[];
}

interface SeenCard {
  readonly gpu: GpuActual;
  readonly layout: LayoutRecord | undefined;
}

function cardsSeen(answers: Answers, known: Known): readonly SeenCard[] {
  const { cards } = answers;
  if (cards.kind === 'blind') {
    return (known.previous?.gpus ?? []).map((gpu) => ({
      gpu: blinded(gpu, cards.reason, answers.wallMs),
      layout: known.layouts.find((each) => each.gpu === gpu.uuid),
    }));
  }
  return cards.value.gpus.map((row) => cardSeen(row, cards.value, answers, known));
}

function cardSeen(row: GpuRow, cards: CardAnswers, answers: Answers, known: Known): SeenCard {
  const before = known.layouts.find((each) => each.gpu === row.uuid);
  const blind = blindReason(row, cards);
  const last = known.previous?.gpus.find((each) => each.uuid === row.uuid);
  if (blind !== null && last !== undefined) {
    return { gpu: blinded(last, blind, answers.wallMs), layout: before };
  }
  const instances = cards.instances.kind === 'seen' ? cards.instances.value : [];
  const rows = instances.filter((each) => each.gpuIndex === row.index);
  const layout =
    // A card that is being changed, or cannot be read, has the layout that it had.
    blind !== null || known.busyGpus.has(row.uuid)
      ? before
      : nextLayout(before, {
          gpu: row.uuid,
          fingerprint: layoutFingerprint(row.migEnabled, rows),
          shape: layoutShape(row.migEnabled, rows),
          bootId: known.bootId,
        });
  const gpu = gpuActual(row, { rows, cards, answers, known, layout });
  return { gpu: blind === null ? gpu : { ...gpu, blind, blindRounds: 1 }, layout };
}

function blindReason(row: GpuRow, cards: CardAnswers): string | null {
  if (row.error !== null) return row.error;
  if (cards.processes.kind === 'blind') return cards.processes.reason;
  if (row.migEnabled === true && cards.instances.kind === 'blind') return cards.instances.reason;
  return null;
}

function blinded(gpu: GpuActual, reason: string, nowMs: number): GpuActual {
  const blindRounds = gpu.blindRounds + 1;
  const verdict =
    blindRounds >= blindRoundsMax || isLasting(reason)
      ? judgeUnanswered(gpu.verdict, reason, nowMs)
      : gpu.verdict;
  const inventory = { ...gpu.inventory, health: placementHealth(verdict) };
  return { ...gpu, blind: reason, blindRounds, verdict, inventory };
}

interface CardContext {
  readonly rows: readonly MigInstanceRow[];
  readonly cards: CardAnswers;
  readonly answers: Answers;
  readonly known: Known;
  readonly layout: LayoutRecord | undefined;
}

function gpuActual(row: GpuRow, context: CardContext): GpuActual {
  const { known, rows, cards, layout } = context;
  const card = cardByProductName(row.productName);
  const geometry =
    row.migEnabled === null
      ? null
      : (cards.geometries.get(row.index) ?? (card === undefined ? null : geometryOf(card)));
  const bindings = known.bindings.filter(
    (each) => each.slice.gpu === row.uuid && each.bootId === known.bootId,
  );
  const instances = rows.map((each) => instanceOf(each, bindings, geometry));
  const mps = mpsOf(row.uuid, context);
  const foreignProcesses = foreignOn(row.uuid, context, mps.owned);
  const mode = modeOf({ row, instances, bindings, foreignProcesses, mps });
  const verdict = verdictOn(row, instances, context);
  const topology = cards.topology?.get(row.index) ?? null;
  const inventory: GpuInventory = {
    uuid: row.uuid,
    index: row.index,
    productName: row.productName,
    pciBusId: row.pciBusId,
    memoryTotalMib: row.memoryTotalMib ?? card?.memoryMib ?? 0,
    memoryForeignMib: foreignProcesses.reduce((sum, each) => sum + each.memoryMib, 0),
    smCount: card?.smCount ?? 0,
    mode,
    authority: known.authorityByGpu[row.uuid] ?? known.authority,
    health: placementHealth(verdict),
    migEnabled: row.migEnabled,
    layoutRevision: layout?.revision ?? 0,
    geometry,
    instances,
    mpsActive: mps.state === 'answering',
    mpsOffered: known.mpsOffered,
    nvlinkPeers: peersOf(topology, cards.gpus),
    numaNode: topology?.numaNode ?? null,
  };
  return {
    uuid: row.uuid,
    inventory,
    blind: null,
    blindRounds: 0,
    verdict,
    look: lookOf(row),
    migPending: row.migPending,
    computeMode: row.computeMode,
    nvlinkPeers: topology === null ? null : [...topology.nvlinks.keys()],
    foreignProcesses,
    mps,
  };
}

/** Told by index, which may change at every boot; known by UUID from here on. */
function peersOf(topology: CardTopology | null, rows: readonly GpuRow[]): readonly NvlinkPeer[] {
  return [...(topology?.nvlinks ?? [])].flatMap(([index, links]) => {
    const gpu = rows.find((row) => row.index === index)?.uuid;
    return gpu === undefined ? [] : [{ gpu, links }];
  });
}

/** An instance is ours when a slice of this boot is bound to its place: names and UUIDs are no identity. */
function instanceOf(
  row: MigInstanceRow,
  bindings: readonly SliceBinding[],
  geometry: MigGeometry | null,
): MigInstance {
  const binding = bindings.find(
    ({ slice: { shape } }) =>
      shape.kind === 'mig' && shape.giProfileId === row.giProfileId && shape.start === row.start,
  );
  const profile = geometry === null ? undefined : profileById(geometry, row.giProfileId);
  return {
    giProfileId: row.giProfileId,
    start: row.start,
    size: row.size,
    profile: row.profile,
    memoryMib: profile?.memoryMib ?? 0,
    gpuInstanceId: row.gpuInstanceId,
    computeInstanceIds: row.computeInstanceIds,
    uuid: row.uuid,
    slice: binding?.slice.id ?? null,
  };
}

function mpsOf(gpu: GpuUuid, { answers, known }: CardContext): GpuActual['mps'] {
  const owned = known.mpsCards.includes(gpu);
  const part = answers.mps.get(gpu);
  const nobody = { servers: [], clientPids: [], waiting: [], fault: null, orphans: [] };
  const unknown = { ...nobody, owned, incarnation: null };
  if (part === undefined) return { ...unknown, state: 'silent' };
  if (part.kind === 'blind') return { ...unknown, state: 'blind' };
  const { gpu: _gpu, pipeDirectory: _pipe, answering, ...seen } = part.value;
  return { ...seen, owned, state: answering ? 'answering' : 'silent' };
}

const mpsServerName = 'nvidia-cuda-mps-server';

function foreignOn(
  gpu: GpuUuid,
  context: CardContext,
  mpsOwned: boolean,
): readonly ForeignProcess[] {
  const { cards, known } = context;
  const allocated = known.allocatedPids.get(gpu) ?? [];
  const ours = new Set([...known.running.flatMap((each) => each.pids), ...allocated]);
  const processes = cards.processes.kind === 'seen' ? cards.processes.value : [];
  return processes
    .filter((each) => each.gpu === gpu && !ours.has(each.pid))
    .filter((each) => !(mpsOwned && each.name.includes(mpsServerName)))
    .map((each) => ({ pid: each.pid, name: each.name, memoryMib: each.memoryUsedMib ?? 0 }));
}

interface ModeFacts {
  readonly row: GpuRow;
  readonly instances: readonly MigInstance[];
  readonly bindings: readonly SliceBinding[];
  readonly foreignProcesses: readonly ForeignProcess[];
  readonly mps: GpuActual['mps'];
}

/** Foreign instances only occupy their placements; a card is foreign when others use it and we do not. */
function modeOf({ row, instances, bindings, foreignProcesses, mps }: ModeFacts): GpuMode {
  const foreign = foreignProcesses.length > 0;
  if (row.migEnabled === true) {
    const none = instances.every((each) => each.slice === null);
    return instances.length > 0 && none && foreign ? 'foreign' : 'mig';
  }
  const kinds = new Set(bindings.map((each) => each.slice.shape.kind));
  if (kinds.has('whole')) return 'whole';
  if (kinds.has('mps') || (mps.owned && mps.state === 'answering')) return 'mps';
  if (kinds.has('timeshare')) return 'timeshare';
  return foreign ? 'foreign' : 'idle';
}

function lookOf({ error, migEnabled, migPending, eccUncorrectedVolatile }: GpuRow): CardLook {
  return { error, migEnabled, migPending, eccUncorrectedVolatile };
}

function verdictOn(
  row: GpuRow,
  instances: readonly MigInstance[],
  { answers, known }: CardContext,
): CardVerdict {
  const { policy, records, readings } = known.health;
  const record = records.get(row.uuid);
  return judge(
    {
      gpu: row.uuid,
      nowMs: answers.wallMs,
      look: lookOf(row),
      readings: readings.get(row.uuid) ?? null,
      incidents: incidentsOf(record, known.bootId),
      instances,
      recovery: recoveryOf(record, known.bootId),
      before: known.previous?.gpus.find((each) => each.uuid === row.uuid)?.verdict ?? null,
    },
    policy,
  );
}

function inventoryOf(
  answers: Answers,
  memory: NodeMemory & Pick<World, 'bootId'>,
  gpus: readonly GpuActual[],
): Inventory {
  const { host, cards, runtimes } = answers;
  const last = memory.previous?.inventory;
  const seen = host.kind === 'seen' ? host.value : null;
  const driver =
    cards.kind === 'seen'
      ? (cards.value.gpus.find((row) => row.driverVersion !== null)?.driverVersion ?? null)
      : (last?.driverVersion ?? null);
  return {
    node: memory.node,
    bootId: memory.bootId,
    agentVersion: memory.agentVersion,
    driverVersion: driver,
    cpuMillis: seen === null ? (last?.cpuMillis ?? 0) : seen.cpuCount * 1_000,
    memoryMib: seen?.memoryTotalMib ?? last?.memoryMib ?? 0,
    labels: memory.labels,
    runtimes: memory.runtimesAllowed.filter((kind) => runtimes.get(kind)?.kind === 'seen'),
    handout: memory.handout,
    metricsAddress: memory.metricsAddress,
    images: answers.images,
    gpus: gpus.map((each) => each.inventory),
  };
}

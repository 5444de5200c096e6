import { parseGpuUuid, type GpuUuid } from '../../../shared/domain/ids.ts';
import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { parseDcgmHead, parseDcgmRow, type DcgmSample } from '../../formats/dcgm/dcgm-dmon.ts';
import { dcgmHierarchyFormat, type DcgmEntity } from '../../formats/dcgm/dcgm-hierarchy.ts';
import { dcgmDiscoveryFormat } from '../../formats/dcgm/dcgm-lists.ts';
import { findRefusal } from '../../formats/refusals/refusal.ts';
import { runCommand, type CommandResult } from '../process/run-command.ts';
import { streamLines } from '../process/stream-lines.ts';
import type { Dcgmi, DcgmRow } from './dcgmi.ts';
import { dcgmFields, readingOf, type DcgmField } from './fields.ts';

export interface DcgmiOptions {
  /** The program and what always stands before our arguments; from the node's configuration. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly queryTimeoutMs?: number;
  readonly clock?: Clock;
}

const queryTimeoutMsDefault = 10_000;
const stallPeriods = 5;
const stallMsMin = 10_000;
/** DCGM has no more entities than that in a group. */
const entitiesMax = 64;

interface Tool {
  readonly options: DcgmiOptions;
  readonly clock: Clock;
  /** Fields that this host engine takes; null: not tried yet. */
  fields: readonly DcgmField[] | null;
}

export function createDcgmi(options: DcgmiOptions): Dcgmi {
  const tool: Tool = { options, clock: options.clock ?? systemClock, fields: null };
  return { sample: (periodMs, signal) => sample(tool, periodMs, signal) };
}

async function* sample(
  tool: Tool,
  periodMs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly DcgmRow[], void, void> {
  const entities = await discover(tool, signal);
  const places = placesOf(entities);
  tool.fields ??= await acceptedFields(tool, places, signal);
  const { fields } = tool;
  const stallMs = Math.max(stallMsMin, stallPeriods * periodMs);
  const lines = streamLines(
    {
      argv: [...tool.options.command, ...dmonArgs(fields, places), '-d', String(periodMs)],
      ...(tool.options.env === undefined ? {} : { env: tool.options.env }),
      stallMs,
      clock: tool.clock,
    },
    signal,
  );
  try {
    yield* samplesOf(lines, { places, stallMs, clock: tool.clock });
  } catch (error) {
    // Whatever it was: a driver or DCGM of another version may take other fields.
    tool.fields = null;
    throw error;
  }
  throw new AppError('PROCESS_FAILED', 'the sampling dcgmi ended by itself');
}

interface Rules {
  readonly places: ReadonlyMap<string, Place>;
  readonly stallMs: number;
  readonly clock: Clock;
}

/** Rows become samples: one ends when an entity speaks again. The head is repeated among them. */
async function* samplesOf(
  lines: AsyncIterable<string>,
  { places, stallMs, clock }: Rules,
): AsyncGenerator<readonly DcgmRow[], void, void> {
  let columns: readonly string[] | null = null;
  let rows = new Map<string, DcgmRow>();
  let toldAtMs = clock.monotonicMs();
  for await (const line of lines) {
    columns = parseDcgmHead(line) ?? columns;
    const found: DcgmSample | null = columns === null ? null : parseDcgmRow(line, columns);
    if (found === null) {
      const refusal = findRefusal(line);
      if (refusal !== null) throw refused('the sampling dcgmi failed', line);
      if (clock.monotonicMs() - toldAtMs > stallMs) {
        throw new AppError(
          'PROCESS_TIMEOUT',
          `the sampling dcgmi prints, but no row for ${stallMs} ms`,
        );
      }
      continue;
    }
    toldAtMs = clock.monotonicMs();
    const key = entityKey(found);
    const place = places.get(key);
    if (place === undefined) continue;
    if (rows.has(key)) {
      yield [...rows.values()];
      rows = new Map();
    }
    const { gpu, gpuInstanceId } = place;
    rows.set(key, { gpu, gpuInstanceId, ...readingOf(found.values) });
    if (rows.size === places.size) {
      yield [...rows.values()];
      rows = new Map();
    }
  }
}

interface Place {
  readonly gpu: GpuUuid;
  readonly gpuInstanceId: number | null;
  /** What `dmon -i` takes. */
  readonly argument: string;
}

function entityKey({ entity, entityId }: Pick<DcgmSample, 'entity' | 'entityId'>): string {
  return `${entity} ${entityId}`;
}

/** By how `dmon` names them. Compute instances are left out: what they share with their GPU instance would count twice. */
function placesOf(entities: readonly DcgmEntity[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const entity of entities.slice(0, entitiesMax)) {
    const gpu = parseGpuUuid(entity.gpuUuid);
    if (!gpu.ok) continue;
    const { entityId } = entity;
    if (entity.kind === 'gpu') {
      const argument = String(entityId);
      places.set(`GPU ${entityId}`, { gpu: gpu.value, gpuInstanceId: null, argument });
    } else if (entity.kind === 'gpu-instance') {
      const { gpuInstanceId } = entity;
      const argument = `i:${entityId}`;
      places.set(`GPU-I ${entityId}`, { gpu: gpu.value, gpuInstanceId, argument });
    }
  }
  return places;
}

function dmonArgs(
  fields: readonly DcgmField[],
  places: ReadonlyMap<string, Place>,
): readonly string[] {
  const entities = [...places.values()].map((place) => place.argument).join(',');
  return ['dmon', '-e', fields.map((field) => field.id).join(','), '-i', entities];
}

/** Cards and their instances. The hierarchy names only cards that are cut: the list names the others. */
async function discover(tool: Tool, signal: AbortSignal): Promise<readonly DcgmEntity[]> {
  const hierarchy = await run(tool, ['discovery', '-c'], signal);
  refuseIfRefused('cannot read what DCGM watches', hierarchy);
  const parsed = dcgmHierarchyFormat.parse(hierarchy.stdout);
  const cut = parsed.ok ? parsed.value.entities : [];
  const list = await run(tool, ['discovery', '-l'], signal);
  refuseIfRefused('cannot list the cards of DCGM', list);
  const found = dcgmDiscoveryFormat.parse(list.stdout);
  const known = new Set(cut.map((entity) => entity.gpuUuid));
  const others = (found.ok ? found.value.gpus : []).flatMap(({ id, uuid }): DcgmEntity[] =>
    uuid === null || known.has(uuid) ? [] : [{ kind: 'gpu', entityId: id, gpuUuid: uuid }],
  );
  const entities = [...cut, ...others];
  if (entities.length > 0) return entities;
  throw new AppError('OUTPUT_UNREADABLE', 'DCGM names no card', {
    hint: 'run dcgmi discovery -l by hand; the host engine may have started before the driver',
  });
}

/** All fields at once, or, where DCGM refuses that, each that it takes alone. Throws when it takes none. */
async function acceptedFields(
  tool: Tool,
  places: ReadonlyMap<string, Place>,
  signal: AbortSignal,
): Promise<readonly DcgmField[]> {
  const takes = async (fields: readonly DcgmField[]): Promise<CommandResult> =>
    run(tool, [...dmonArgs(fields, places), '-c', '1'], signal);
  const all = await takes(dcgmFields);
  if (all.exitCode === 0 && findRefusal(all.stdout) === null) return dcgmFields;
  const taken: DcgmField[] = [];
  for (const field of dcgmFields) {
    const alone = await takes([field]);
    if (alone.exitCode === 0 && findRefusal(alone.stdout) === null) taken.push(field);
  }
  if (taken.length > 0) return taken;
  throw refused('DCGM measures nothing of these cards', all.stdout + all.stderr);
}

async function run(
  tool: Tool,
  args: readonly string[],
  signal: AbortSignal,
): Promise<CommandResult> {
  const { command, env, queryTimeoutMs } = tool.options;
  return runCommand(
    {
      argv: [...command, ...args],
      ...(env === undefined ? {} : { env }),
      timeoutMs: queryTimeoutMs ?? queryTimeoutMsDefault,
      clock: tool.clock,
    },
    signal,
  );
}

function refuseIfRefused(what: string, { exitCode, stdout, stderr }: CommandResult): void {
  const said = stdout + stderr;
  if (exitCode !== 0 || findRefusal(said) !== null) throw refused(what, said);
}

/** The words of the tool, with what to do about them. */
function refused(what: string, said: string): AppError {
  const refusal = findRefusal(said);
  const code = refusal?.code === 'HOST_ENGINE_AWAY' ? 'DRIVER_AWAY' : 'PROCESS_FAILED';
  const words = refusal?.words ?? said.trim().slice(0, 200);
  return new AppError(code, what, {
    ...(words === '' ? {} : { cause: new Error(words) }),
    ...(refusal === null ? {} : { hint: refusal.hint }),
  });
}

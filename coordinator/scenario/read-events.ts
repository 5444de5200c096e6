import { assert, unreachable } from '../../shared/domain/assert.ts';
import type { GpuUuid, ModelName, NodeName } from '../../shared/domain/ids.ts';
import { modelLimits, type ModelSpec } from '../../shared/domain/model.ts';
import { err, ok, type Problem, type Result } from '../../shared/domain/result.ts';
import { renderDuration } from '../../shared/domain/units.ts';
import { nearestWord } from '../../shared/manifest/suggest.ts';
import type { KeyPath } from '../../shared/manifest/yaml-place.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';
import { checkEvent, isWhole, type Action } from './check-event.ts';
import { resolveTimes, type ResolvedTime } from './event-times.ts';
import type { Tell } from './read-nodes.ts';
import type { Happening, ScenarioEvent } from './scenario.ts';
import { scenarioLimits, type EventEntry } from './scenario-schema.ts';

/** What events may speak of. */
export interface Known {
  readonly nodes: ReadonlyMap<NodeName, PlacementNode>;
  readonly models: ReadonlyMap<ModelName, ModelSpec>;
  readonly durationMs: number;
}

/** The events in order of time. What is wrong is told, and left out. */
export function readEvents(
  entries: readonly EventEntry[],
  known: Known,
  tell: Tell,
): readonly ScenarioEvent[] {
  tellDuplicates(entries, tell);
  const times = resolveTimes(
    entries.map(({ name, at, after, delay }) => ({ name, at, after, delay })),
  );
  const events: ScenarioEvent[] = [];
  const cyclesTold = new Set<string>();
  for (const [at, entry] of entries.entries()) {
    const action = checkEvent(entry, (key, problem) => tell([...pathOf(at), ...key], problem));
    const time = times[at];
    assert(time !== undefined, 'each event has a time or a reason');
    const atMs = checkTime(time, { entry, known, cyclesTold }, (key, problem) =>
      tell([...pathOf(at), key], problem),
    );
    const happening = action === null ? null : happeningOf(entry, action, known);
    if (happening !== null && !happening.ok)
      tell([...pathOf(at), ...happening.problem.key], happening.problem.problem);
    else if (happening !== null && atMs !== null) events.push({ ...happening.value, atMs });
  }
  // A stable sort: what happens at once happens in the order in which it was written.
  return events.toSorted((left, right) => left.atMs - right.atMs);
}

function pathOf(at: number): KeyPath {
  return ['spec', 'events', at];
}

function tellDuplicates(entries: readonly EventEntry[], tell: Tell): void {
  const names = new Set<string>();
  for (const [at, { name }] of entries.entries()) {
    if (name === undefined) continue;
    if (names.has(name)) {
      const message = `there are two events ${JSON.stringify(name)}`;
      const hint = 'give each a name of its own';
      tell([...pathOf(at), 'name'], { code: 'SCENARIO_INVALID', message, hint });
    }
    names.add(name);
  }
}

/** null: it has none, or none within the scenario. */
function checkTime(
  time: ResolvedTime,
  about: {
    readonly entry: EventEntry;
    readonly known: Known;
    /** A cycle is one mistake, however many events are in it. */
    readonly cyclesTold: Set<string>;
  },
  tell: (key: string, problem: Problem) => void,
): number | null {
  const { entry, known, cyclesTold } = about;
  switch (time.kind) {
    case 'at': {
      if (time.atMs <= known.durationMs) return time.atMs;
      const end = renderDuration(known.durationMs);
      tell(entry.after === undefined ? 'at' : 'after', {
        code: 'SCENARIO_INVALID',
        message: `${renderDuration(time.atMs)} is after the end, which is at ${end}`,
        hint: 'make the scenario longer, or the event earlier',
      });
      return null;
    }
    case 'unknown':
      tell('after', {
        code: 'SCENARIO_INVALID',
        message: `there is no event ${JSON.stringify(time.name)}`,
        hint: 'give the event that it follows a name',
      });
      return null;
    case 'cycle': {
      const members = time.path.slice(1).toSorted().join(' ');
      if (!cyclesTold.has(members)) {
        tell('after', {
          code: 'SCENARIO_CYCLE',
          message: `these events wait for each other: ${time.path.join(' → ')}`,
          hint: 'give one of them a time with at',
        });
      }
      cyclesTold.add(members);
      return null;
    }
    case 'depends':
      return null;
    default:
      return unreachable(time);
  }
}

interface Misplaced {
  readonly key: KeyPath;
  readonly problem: Problem;
}

function happeningOf(
  entry: EventEntry,
  action: Action,
  known: Known,
): Result<Happening, Misplaced> {
  const { value } = action;
  switch (action.kind) {
    case 'deploy':
    case 'scale':
    case 'remove':
      return withModel(value, action.kind, known, ({ name, replicas: declared }) => {
        const replicas = action.kind === 'remove' ? 0 : (entry.replicas ?? declared);
        return isWhole(replicas, modelLimits.replicasMax)
          ? ok({ kind: 'scale', model: name, replicas })
          : misplaced(
              ['replicas'],
              `${replicas} is out of range`,
              `0 to ${modelLimits.replicasMax}`,
            );
      });
    case 'jobs':
      return withModel(value, 'jobs', known, ({ name }) => jobsOf(entry, name));
    case 'lose':
    case 'drain': {
      const node = findNode(value, action.kind, known);
      const forMs = entry.for ?? null;
      return node.ok ? ok({ kind: action.kind, node: node.value, forMs }) : node;
    }
    case 'fail':
      return failureOf(entry, value, known);
    default:
      return unreachable(action.kind);
  }
}

function jobsOf(entry: EventEntry, model: ModelName): Result<Happening, Misplaced> {
  const { ratePerHour = 1, life: lifeMs = 1, for: forMs = 0, patience } = entry;
  if (lifeMs === 0) return misplaced(['life'], 'nobody lives for 0s', 'at least 1ms');
  const expected = Math.round((ratePerHour * forMs) / 3_600_000);
  if (expected > scenarioLimits.jobsMax) {
    const hint = `at most ${scenarioLimits.jobsMax}: lower the rate or the time`;
    return misplaced(['ratePerHour'], `about ${expected} jobs would arrive`, hint);
  }
  return ok({ kind: 'jobs', model, ratePerHour, lifeMs, forMs, patienceMs: patience ?? null });
}

function failureOf(entry: EventEntry, value: string, known: Known): Result<Happening, Misplaced> {
  const match = /^([^/]+)\/(?:GPU)?(\d{1,2})$/.exec(value);
  if (match?.[1] === undefined) {
    const hint = 'name a node and a card of it, such as a100-1/GPU0';
    return misplaced(['fail'], `${JSON.stringify(value)} is no card`, hint);
  }
  const node = findNode(match[1], 'fail', known);
  if (!node.ok) return node;
  const gpus = known.nodes.get(node.value)?.inventory.gpus ?? [];
  const uuid: GpuUuid | undefined = gpus[Number(match[2])]?.uuid;
  if (uuid === undefined) {
    const hint = gpus.length === 0 ? 'it has no card' : `it has GPU0 to GPU${gpus.length - 1}`;
    return misplaced(['fail'], `${node.value} has no card ${match[2]}`, hint);
  }
  return ok({ kind: 'fail', node: node.value, gpu: uuid, forMs: entry.for ?? null });
}

function withModel(
  text: string,
  key: string,
  { models }: Known,
  use: (spec: ModelSpec) => Result<Happening, Misplaced>,
): Result<Happening, Misplaced> {
  const spec = [...models.values()].find(({ name }) => name === text);
  if (spec !== undefined) return use(spec);
  const hint = meantOf(text, [...models.keys()], 'declare it in a document of kind Model');
  return misplaced([key], `there is no model ${JSON.stringify(text)}`, hint);
}

function findNode(text: string, key: string, { nodes }: Known): Result<NodeName, Misplaced> {
  const found = [...nodes.keys()].find((name) => name === text);
  if (found !== undefined) return ok(found);
  const hint = meantOf(text, [...nodes.keys()], 'with count, nodes are called name-1, name-2, …');
  return misplaced([key], `there is no node ${JSON.stringify(text)}`, hint);
}

function meantOf(text: string, known: readonly string[], otherwise: string): string {
  const meant = nearestWord(text, known);
  return meant === undefined ? otherwise : `did you mean ${meant}?`;
}

function misplaced(key: KeyPath, message: string, hint: string) {
  return err({ key, problem: { code: 'SCENARIO_INVALID', message, hint } });
}

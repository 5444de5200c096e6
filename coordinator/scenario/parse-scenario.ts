import type { ModelName } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import { err, ok, type Problem, type Result } from '../../shared/domain/result.ts';
import { renderDuration } from '../../shared/domain/units.ts';
import {
  findDuplicates,
  readModel,
  type DeclaredModel,
} from '../../shared/manifest/parse-manifests.ts';
import {
  explainIssues,
  problemAt,
  readDocuments,
  type ManifestSource,
  type YamlDocument,
} from '../../shared/manifest/yaml-documents.ts';
import { readEvents } from './read-events.ts';
import { readNodes, type Tell } from './read-nodes.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';
import {
  scenarioKeys,
  scenarioLimits,
  scenarioSchema,
  type EventEntry,
  type ScenarioDocument,
} from './scenario-schema.ts';

const problemsMax = 100;
const defaults = { lostAfterMs: 60_000, startupMs: 30_000 } as const;

/**
 * Reads the one scenario of all sources, and the models beside it: documents of kind Model, as `apply` reads them.
 * Tells every problem, each as `file:line:column key.path`.
 */
export function parseScenario(
  sources: readonly ManifestSource[],
): Result<Scenario, readonly Problem[]> {
  const problems: Problem[] = [];
  const models: DeclaredModel[] = [];
  const scenarios: YamlDocument[] = [];
  for (const read of sources.flatMap(readDocuments)) {
    if (read.ok && kindOf(read.value) === 'Scenario') {
      scenarios.push(read.value);
      continue;
    }
    const model = read.ok ? readModel(read.value) : read;
    if (model.ok) models.push(model.value);
    else problems.push(...model.problem);
  }
  problems.push(...findDuplicates(models), ...checkCount(scenarios, sources));
  const [document] = scenarios;
  const specs = new Map(models.map(({ spec }) => [spec.name, spec]));
  const scenario = document === undefined ? null : readScenario(document, specs, problems);
  return problems.length > 0 || scenario === null
    ? err(problems.slice(0, problemsMax))
    : ok(scenario);
}

function kindOf({ raw }: YamlDocument): unknown {
  return typeof raw === 'object' && raw !== null && 'kind' in raw ? raw.kind : undefined;
}

function checkCount(
  scenarios: readonly YamlDocument[],
  sources: readonly ManifestSource[],
): readonly Problem[] {
  const [first, second] = scenarios;
  if (first === undefined) {
    return [
      {
        code: 'SCENARIO_MISSING',
        path: sources.map(({ name }) => name).join(', '),
        message: 'there is no scenario in it',
        hint: 'write a document with apiVersion: tangram/v1 and kind: Scenario',
      },
    ];
  }
  if (second === undefined) return [];
  const message = 'this is a second scenario';
  const hint = 'simulate one at a time';
  return [problemAt(second, ['kind'], { code: 'SCENARIO_INVALID', message, hint })];
}

/** null: it is not even of the right form. */
function readScenario(
  document: YamlDocument,
  models: ReadonlyMap<ModelName, ModelSpec>,
  problems: Problem[],
): Scenario | null {
  const checked = scenarioSchema.safeParse(document.raw, { reportInput: true });
  if (!checked.success) {
    problems.push(...explainIssues(document, checked.error.issues, scenarioKeys));
    return null;
  }
  const tell: Tell = (path, problem) => problems.push(problemAt(document, path, problem));
  const { metadata, spec } = checked.data;
  checkSpec(spec, tell);
  const nodes = readNodes(spec.nodes, tell);
  const durationMs = spec.duration;
  const entries = spec.events ?? [];
  const events = readEvents(entries, { nodes, models, durationMs }, tell);
  return {
    name: metadata.name,
    durationMs,
    lostAfterMs: spec.lostAfter ?? defaults.lostAfterMs,
    startupMs: spec.startup ?? defaults.startupMs,
    nodes: [...nodes.values()],
    models,
    events: [...firstDeploys(models, entries), ...events],
  };
}

function checkSpec({ duration, events }: ScenarioDocument['spec'], tell: Tell): void {
  const { durationMsMax, eventsMax } = scenarioLimits;
  if (duration < 1 || duration > durationMsMax) {
    const message = `${renderDuration(duration)} is out of range`;
    const hint = `above 0s, at most ${renderDuration(durationMsMax)}`;
    tell(['spec', 'duration'], { code: 'SCENARIO_INVALID', message, hint });
  }
  if ((events?.length ?? 0) > eventsMax) {
    const message = `${events?.length} events are too many`;
    const hint = `at most ${eventsMax}; jobs stand for many arrivals`;
    tell(['spec', 'events'], { code: 'SCENARIO_INVALID', message, hint });
  }
}

/** A model that no event says to arrive is there from the beginning. */
function firstDeploys(
  models: ReadonlyMap<ModelName, ModelSpec>,
  entries: readonly EventEntry[],
): readonly ScenarioEvent[] {
  const arriving = new Set(entries.flatMap(({ deploy, jobs }) => [deploy, jobs]));
  return [...models.values()]
    .filter(({ name }) => !arriving.has(name))
    .map(({ name, replicas }) => ({ kind: 'scale', model: name, replicas, atMs: 0 }));
}

import { z } from 'zod';
import type { Disruption } from '../domain/model.ts';
import { parseModelName } from '../domain/ids.ts';
import { parseDurationMs } from '../domain/units.ts';
import {
  cpuCores,
  duration,
  hinted,
  integer,
  memory,
  text,
  textList,
  texts,
  truth,
  wanted,
} from './schema-words.ts';

/** The only `apiVersion` that this program reads. */
export const manifestApiVersion = 'tangram/v1';

/** A key of the full request shape whose behaviour does not exist yet: refused by name, never accepted and ignored. */
function notBuilt(instead: string) {
  return z.never({ error: `is not built yet: ${instead}` }).optional();
}

/** A key of which only one value is built. */
function onlyBuilt<const T extends string | number>(value: T) {
  return z
    .literal(value, {
      error: (issue) =>
        `${JSON.stringify(issue.input)} is not built yet: leave it out or write ${value}`,
    })
    .optional();
}

const compute = z.number({
  error: ({ input }) =>
    typeof input === 'string' && /^\d+sm$/.test(input)
      ? `${JSON.stringify(input)}: a number of SMs is not built yet: write a percentage of the card's SMs`
      : wanted('a percentage of the SMs of a card, 0 to 100')({ input }),
});

const isolations = ['any', 'mps', 'mig', 'whole'] as const;

const gpuSchema = z.strictObject(
  {
    memory: memory.describe('per card, for the whole replica; a binary quantity'),
    compute: compute.optional().describe('least share of the SMs of the card, percent'),
    isolation: z
      .enum(isolations, {
        error: (issue) =>
          `${JSON.stringify(issue.input)} is no isolation: write ${isolations.join(', ')}, weakest first`,
      })
      .optional()
      .describe('weakest separation that is accepted'),
    count: integer.optional().describe('cards; more than 1: whole cards of one node'),
    processes: integer.optional().describe('client processes that share the slice'),
    models: textList.optional().describe('card names, any of which will do'),
    anyOf: notBuilt('name one need, or apply a second model'),
  },
  { error: wanted('a map such as {memory: 9GiB}, or none for a model on CPU') },
);

const healthSchema = z.strictObject(
  {
    path: text.optional().describe('HTTP path; 2xx is healthy'),
    startupDeadline: duration.optional().describe('until the first healthy answer'),
  },
  { error: wanted('a map such as {path: /healthz}') },
);

const spreads = ['none', 'node', 'zone'] as const;

const modelName = z.string({ error: wanted('the name of a model') }).transform((from, context) => {
  const parsed = parseModelName(from);
  if (parsed.ok) return parsed.value;
  context.addIssue(hinted(parsed.problem));
  return z.NEVER;
});

const placementSchema = z.strictObject(
  {
    spread: z
      .enum(spreads, {
        error: (issue) =>
          `${JSON.stringify(issue.input)} is no spread: write ${spreads.join(', ')}`,
      })
      .optional()
      .describe('over what the replicas are spread; a wish, maxPerNode is the limit'),
    maxPerNode: integer.optional().describe('replicas on one node; 0: no limit'),
    antiAffinity: z
      .array(modelName, { error: wanted('a list of names of models') })
      .optional()
      .describe('models that may not share a node with this one'),
    constraints: texts.optional().describe('node labels that must be equal'),
  },
  { error: wanted('a map such as {spread: node}') },
);

const disruptionWords = 'never, idle, or a budget such as budget:60s';

const disruption = z
  .string({ error: wanted(disruptionWords) })
  .transform((from, context): Disruption => {
    if (from === 'never' || from === 'idle') return { kind: from };
    const [word, length, ...more] = from.split(':');
    if (word !== 'budget' || length === undefined || more.length > 0) {
      context.addIssue(`${JSON.stringify(from)} is no disruption policy: write ${disruptionWords}`);
      return z.NEVER;
    }
    const ms = parseDurationMs(length);
    if (ms.ok && ms.value % 1_000 === 0) return { kind: 'budget', seconds: ms.value / 1_000 };
    context.addIssue(
      ms.ok
        ? `${JSON.stringify(length)} is no whole number of seconds: write ${disruptionWords}`
        : hinted(ms.problem),
    );
    return z.NEVER;
  });

const processSchema = z.strictObject(
  { command: textList.describe('the program and its arguments') },
  { error: wanted('a map such as {command: [node, server.js]}') },
);

const mountSchema = z.strictObject(
  {
    source: text.describe('absolute path on the node; its policy file must allow it'),
    target: text.describe('absolute path in the container'),
    readOnly: truth.optional().describe('false: it may be written; absent: it may not'),
  },
  { error: wanted('a map such as {source: /data/models, target: /models}') },
);

const updateSchema = z.strictObject({
  strategy: onlyBuilt('rolling'),
  maxSurge: onlyBuilt(1),
  maxUnavailable: onlyBuilt(0),
});

const specSchema = z.strictObject(
  {
    replicas: integer.optional().describe('how many copies are to run'),
    image: text.optional().describe('used where a Docker Engine answers'),
    process: processSchema.optional().describe('used on hosts without Docker'),
    engine: onlyBuilt('custom').describe('only custom for now'),
    artifact: notBuilt('bake the files into the image'),
    gpu: z
      .preprocess((value) => (value === 'none' ? null : (value ?? undefined)), gpuSchema.nullable())
      .describe('what one replica needs of each card; none: a model on CPU'),
    cpu: cpuCores.optional().describe('cores; absent: no limit'),
    memory: memory.optional().describe('host memory limit; absent: no limit'),
    env: texts.optional().describe('environment variables'),
    args: textList.optional().describe('appended to the entry point or the command'),
    mounts: z
      .array(mountSchema, { error: wanted('a list of {source, target}') })
      .optional()
      .describe('directories of the node that the container sees'),
    writableRoot: truth
      .optional()
      .describe('whether the container may write outside its mounts, /tmp and /run'),
    port: integer.optional().describe('where the server listens'),
    health: healthSchema.optional(),
    priority: integer.optional().describe('higher is placed first'),
    placement: placementSchema.optional(),
    disruption: disruption.optional().describe('whether a plan may interrupt a running replica'),
    update: updateSchema.optional().describe('only rolling, maxSurge 1, maxUnavailable 0 for now'),
    onDisconnect: onlyBuilt('keep').describe('only keep for now'),
  },
  { error: wanted('what the model needs') },
);

const metadataSchema = z.strictObject(
  {
    name: text.describe('lower-case letters, digits and dashes, at most 63 characters'),
    labels: texts.optional().describe('free words for people and selectors'),
  },
  { error: wanted('a map such as {name: my-model}') },
);

/** One YAML document: one model. */
export const manifestSchema = z.strictObject(
  {
    apiVersion: z.literal(manifestApiVersion, {
      error: (issue) =>
        issue.input === undefined
          ? `is missing: write ${manifestApiVersion}`
          : `${JSON.stringify(issue.input)} is not known here: write ${manifestApiVersion}`,
    }),
    kind: z.literal('Model', {
      error: (issue) =>
        issue.input === undefined
          ? 'is missing: write Model'
          : `${JSON.stringify(issue.input)} is not known here: write Model`,
    }),
    metadata: metadataSchema,
    spec: specSchema,
  },
  { error: wanted('a map with apiVersion, kind, metadata and spec') },
);

export type Manifest = z.infer<typeof manifestSchema>;

/** The keys of each map of the manifest, by its path: for suggestions. */
export const manifestKeys: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(manifestSchema.shape),
  metadata: Object.keys(metadataSchema.shape),
  spec: Object.keys(specSchema.shape),
  'spec.gpu': Object.keys(gpuSchema.shape),
  'spec.mounts': Object.keys(mountSchema.shape),
  'spec.health': Object.keys(healthSchema.shape),
  'spec.placement': Object.keys(placementSchema.shape),
  'spec.process': Object.keys(processSchema.shape),
  'spec.update': Object.keys(updateSchema.shape),
};

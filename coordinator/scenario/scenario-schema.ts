import { z } from 'zod';
import { parseCards } from '../../shared/domain/card.ts';
import { manifestApiVersion } from '../../shared/manifest/manifest-schema.ts';
import {
  cpuCores,
  duration,
  hinted,
  integer,
  memory,
  text,
  texts,
  wanted,
} from '../../shared/manifest/schema-words.ts';
import type { KnownKeys } from '../../shared/manifest/yaml-documents.ts';

export const scenarioLimits = {
  durationMsMax: 366 * 24 * 3_600_000,
  nodesMax: 10_000,
  eventsMax: 10_000,
  ratePerHourMax: 100_000,
  /** Jobs that are expected to arrive in all. */
  jobsMax: 1_000_000,
} as const;

const cards = z
  .string({ error: wanted('cards such as 8xH100-80GB or 2xA100-40GB,L40S') })
  .transform((from, context) => {
    const parsed = parseCards(from);
    if (parsed.ok) return parsed.value;
    context.addIssue(hinted(parsed.problem));
    return z.NEVER;
  });

const authorities = ['observe', 'place', 'cut'] as const;

const nodeSchema = z.strictObject(
  {
    name: text.describe('with `count`, the nodes are called name-1, name-2, …'),
    count: integer.optional().describe('how many nodes are like this; absent: one, called just so'),
    cards: cards.describe('8xH100-80GB, or a list of such; cards that have MIG can be cut'),
    cpu: cpuCores.optional().describe('cores; absent: 16 for each card'),
    memory: memory.optional().describe('host memory; absent: 128GiB for each card'),
    labels: texts.optional().describe('what placement.constraints are compared with'),
    zone: text.optional().describe('short for the label zone'),
    authority: z
      .enum(authorities, {
        error: (issue) =>
          `${JSON.stringify(issue.input)} is no authority: write ${authorities.join(', ')}`,
      })
      .optional()
      .describe('what may be done to the cards; absent: cut'),
    mps: z
      .boolean({ error: wanted('true or false') })
      .optional()
      .describe('whether cards are shared through MPS; absent: true'),
  },
  { error: wanted('a map such as {name: a100, count: 4, cards: 8xA100-80GB}') },
);

const rate = z
  .number({ error: wanted('a number') })
  .refine((value) => value > 0 && value <= scenarioLimits.ratePerHourMax, {
    error: `is out of range: above 0, at most ${scenarioLimits.ratePerHourMax}`,
  });

const eventSchema = z.strictObject(
  {
    name: text.optional().describe('for `after` of other events'),
    at: duration.optional().describe('from the beginning'),
    after: text.optional().describe('the name of the event that this one follows'),
    delay: duration.optional().describe('how long after that one begins; absent: at once'),
    deploy: text.optional().describe('a model arrives, with `replicas` or as many as it declares'),
    scale: text.optional().describe('a model is to have `replicas`'),
    remove: text.optional().describe('a model departs'),
    jobs: text.optional().describe('single replicas of a model arrive and depart at random'),
    lose: text.optional().describe('a node falls silent, and comes back after `for`'),
    drain: text.optional().describe('a node is drained, and taken back after `for`'),
    fail: text.optional().describe('a card fails, such as a100-1/GPU0, and is mended after `for`'),
    replicas: integer.optional().describe('of deploy and scale'),
    for: duration.optional().describe('of lose, drain, fail (absent: for good) and jobs'),
    ratePerHour: rate.optional().describe('of jobs: arrivals, on average'),
    life: duration.optional().describe('of jobs: the mean time that one has a place'),
    patience: duration.optional().describe('of jobs: one gives up after; absent: never'),
  },
  { error: wanted('a map such as {at: 1h, scale: ocr, replicas: 4}') },
);

const specSchema = z.strictObject(
  {
    duration: duration.describe('how long it lasts'),
    lostAfter: duration.optional().describe('silence after which a node is lost; absent: 60s'),
    startup: duration.optional().describe('until a new replica serves; absent: 30s'),
    nodes: z.array(nodeSchema, { error: wanted('a list of nodes') }),
    events: z.array(eventSchema, { error: wanted('a list of events') }).optional(),
  },
  { error: wanted('a map with duration, nodes and events') },
);

const metadataSchema = z.strictObject(
  { name: text.describe('for people') },
  { error: wanted('a map such as {name: launch-day}') },
);

/** The YAML document that describes a scenario; its models are documents of kind Model beside it. */
export const scenarioSchema = z.strictObject({
  apiVersion: z.literal(manifestApiVersion, {
    error: (issue) => `is ${JSON.stringify(issue.input)}: write ${manifestApiVersion}`,
  }),
  kind: z.literal('Scenario'),
  metadata: metadataSchema,
  spec: specSchema,
});

export type ScenarioDocument = z.infer<typeof scenarioSchema>;
export type NodeEntry = z.infer<typeof nodeSchema>;
export type EventEntry = z.infer<typeof eventSchema>;

/** For suggestions. */
export const scenarioKeys: KnownKeys = {
  '': Object.keys(scenarioSchema.shape),
  metadata: Object.keys(metadataSchema.shape),
  spec: Object.keys(specSchema.shape),
  'spec.nodes': Object.keys(nodeSchema.shape),
  'spec.events': Object.keys(eventSchema.shape),
};

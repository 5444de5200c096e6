import { z } from 'zod';

/** More wishes than any card can hold are a typing error. */
const instancesMax = 64;
const cardsMax = 256;

const gpuName = z.union([
  z.string().min(1).max(128),
  z.number().int().min(0).max(1_023).transform(String),
]);

const profile = z.union(
  [
    z
      .string()
      .min(1)
      .max(64)
      .transform((name) => name.replace(/^MIG /i, '')),
    z.number().int().min(0).max(1_023).transform(String),
  ],
  { error: 'is no profile: write its name, such as 3g.20gb, or its number' },
);

const instance = z
  .strictObject(
    {
      profile,
      start: z.number({ error: 'is no start: write a number' }).int().min(0).max(31).optional(),
      count: z
        .number({ error: 'is no count: write a number' })
        .int()
        .min(1)
        .max(instancesMax)
        .optional(),
      compute: z.array(z.string().min(1).max(64)).max(8).optional(),
    },
    { error: shapeError('a map such as { profile: 3g.20gb, start: 0 }') },
  )
  .refine(({ start, count }) => start === undefined || count === undefined || count === 1, {
    path: ['count'],
    error: 'several instances cannot have one start: leave out start or count',
  });

const card = z
  .strictObject(
    {
      gpu: z.union([z.literal('all'), gpuName, z.array(gpuName).min(1).max(cardsMax)], {
        error: 'names no card: write all, an index, a UUID, a product, or a list of them',
      }),
      mig: z.boolean({ error: 'is neither true nor false' }).optional(),
      instances: z
        .array(instance, { error: 'is no list of instances' })
        .max(instancesMax)
        .optional(),
    },
    { error: shapeError('a map such as { gpu: 0, mig: true, instances: [] }') },
  )
  .refine(({ mig, instances }) => mig !== undefined || instances !== undefined, {
    error: 'says nothing of the card: give mig or instances',
  })
  .refine(({ mig, instances }) => mig !== false || (instances ?? []).length === 0, {
    path: ['instances'],
    error: 'there can be none while mig is false',
  });

/** `agentctl mig export` prints it, `apply` takes it. */
export const layoutSchema = z.strictObject(
  {
    apiVersion: z.literal('tangram/v1', { error: 'must be tangram/v1' }),
    kind: z.literal('MigLayout', { error: 'must be MigLayout' }),
    cards: z
      .array(card, { error: 'is missing: list the cards' })
      .min(1, { error: 'names no card' })
      .max(cardsMax),
  },
  { error: shapeError('a map with apiVersion, kind and cards') },
);

/** Known keys by path. */
export const layoutKeys: Readonly<Record<string, readonly string[]>> = {
  '': ['apiVersion', 'kind', 'cards'],
  cards: ['gpu', 'mig', 'instances'],
  'cards.instances': ['profile', 'start', 'count', 'compute'],
};

/** Leaves the texts of inner problems, such as unknown keys, as they are. */
function shapeError(wanted: string) {
  return (issue: { readonly code: string }): string | undefined =>
    issue.code === 'invalid_type' ? `is not ${wanted}` : undefined;
}

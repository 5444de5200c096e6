import { z } from 'zod';
import { durationBetween } from '../../shared/platform/config-duration.ts';

const endpoint = z
  .string()
  .regex(/^[\w.[\]:-]+:\d{1,5}$/, 'give host:port; store.tls says whether it is TLS');
const file = z.string().min(1);

/** Where the cluster's state is kept: the `store` key of the coordinator. */
export const storeConfigSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('sqlite').describe('a file in stateDir: one coordinator, no other server'),
    }),
    z.strictObject({
      kind: z.literal('etcd').describe('an etcd cluster: two or three coordinators, one leads'),
      endpoints: z
        .array(endpoint)
        .min(1)
        .max(9)
        .describe('host:port of the members; name all of them'),
      prefix: z
        .string()
        .regex(/^(\/[\w.-]{1,64}){1,4}$/, 'give a path as /tangram/site-1')
        .default('/tangram')
        .describe('every key lies under it; one prefix, one cluster of ours'),
      tls: z
        .strictObject({
          ca: file.describe('PEM file: whom we believe to be etcd'),
          cert: file.optional().describe('PEM file: who we are to etcd; with key'),
          key: file.optional().describe('PEM file; with cert'),
        })
        .refine(
          (tls) => (tls.cert === undefined) === (tls.key === undefined),
          'give cert and key together',
        )
        .optional()
        .describe('without it the members are spoken to in the clear'),
      leaseTtl: durationBetween('2s', '60s')
        .prefault('2s')
        .describe(
          'silence of a leader after which another is elected, 2s to 60s, in whole seconds',
        ),
    }),
  ])
  .prefault({ kind: 'sqlite' })
  .describe('where the state of the cluster is kept');

export type StoreConfig = z.infer<typeof storeConfigSchema>;

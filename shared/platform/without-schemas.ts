import type { FastifyServerOptions } from 'fastify';

/**
 * What fastify is told where no route has a schema, as none of ours has: otherwise its compilers of schemas are loaded at
 * every start, a tenth of the CPU time of one.
 */
export const withoutSchemas: Pick<FastifyServerOptions, 'schemaController'> = {
  schemaController: {
    compilersFactory: { buildValidator: refuse, buildSerializer: refuse },
  },
};

function refuse(): never {
  throw new Error('no route of ours has a schema');
}

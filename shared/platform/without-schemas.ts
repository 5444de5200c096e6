import type { FastifyServerOptions } from 'fastify';

/**
 * What fastify is told where no route has a schema, as none of ours has: otherwise every start loads its compilers of
 * schemas, a hundred modules in some 50 ms (Node 20).
 */
export const withoutSchemas: Pick<FastifyServerOptions, 'schemaController'> = {
  schemaController: {
    compilersFactory: { buildValidator: refuse, buildSerializer: refuse },
  },
};

function refuse(): never {
  throw new Error('no route of ours has a schema');
}

import type { Server } from '@grpc/grpc-js';
import { packageDefinition } from '../../shared/wire/services.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { methodTable, tableProblems } from './method-table.ts';

/**
 * The paths of all rpcs that are added to a server from now on, those of health and reflection among them. The library
 * has no list of them, so what it is told is noted on the way.
 */
export function noteServices(server: Server): ReadonlySet<string> {
  const paths = new Set<string>();
  const add = server.addService.bind(server);
  server.addService = (service, handlers) => {
    for (const method of Object.values(service)) paths.add(method.path);
    add(service, handlers);
  };
  return paths;
}

/** Throws INTERNAL, naming every rpc without a row and every row without an rpc: then nothing must be served. */
export function assertTable(served: Iterable<string>): void {
  const problems = tableProblems(methodTable, served, contractPaths());
  if (problems.length === 0) return;
  throw new AppError('INTERNAL', `the table of methods is wrong: ${problems.join('; ')}`, {
    hint: 'say who may call it in coordinator/access/method-table.ts',
  });
}

/** Every rpc of our protos. */
function contractPaths(): readonly string[] {
  return Object.values(packageDefinition).flatMap((definition) =>
    // A service is a table of methods; messages and enums have a format.
    'format' in definition
      ? []
      : Object.values(definition).map((method: { readonly path: string }) => method.path),
  );
}

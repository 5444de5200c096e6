import { z } from 'zod';
import type { Sqlite } from '../../shared/platform/sqlite.ts';
import type { AgentStore } from './agent-store.ts';
import { checked, gpuUuidSchema } from './codec.ts';

const authorityRows = z.array(
  z.object({ gpu: gpuUuidSchema, authority: z.enum(['observe', 'place', 'cut']) }),
);

/** What somebody at the node said of single cards. */
export function authorityPart(db: Sqlite): Pick<AgentStore, 'authorities' | 'saveAuthority'> {
  const read = db.prepare('SELECT gpu, authority FROM authorities');
  const write = db.prepare('INSERT OR REPLACE INTO authorities (gpu, authority) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM authorities WHERE gpu = ?');
  return {
    authorities: () =>
      Object.fromEntries(
        checked('the authorities', authorityRows, read.all()).map((row) => [
          row.gpu,
          row.authority,
        ]),
      ),
    saveAuthority: (gpu, authority) => {
      if (authority === null) remove.run(gpu);
      else write.run(gpu, authority);
    },
  };
}

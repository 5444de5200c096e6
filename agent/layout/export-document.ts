import { stringify } from 'yaml';
import type { CardNow } from './card-now.ts';

/**
 * The document that cuts these cards as they are cut now: `parseLayoutDocument` reads it, and planning it on the
 * same cards has nothing to do. Cards are named by UUID, because an index may change at every boot.
 */
export function renderLayoutDocument(cards: readonly CardNow[]): string {
  const entries = cards
    .filter((now) => now.migEnabled !== null && now.error === null)
    .map((now) => ({
      gpu: now.gpu,
      mig: now.migEnabled === true,
      ...(now.migEnabled === true
        ? {
            instances: now.instances.map(({ profile, start, compute }) => ({
              profile,
              start,
              ...(compute === null ? {} : { compute: [...compute] }),
            })),
          }
        : {}),
    }));
  return stringify(
    { apiVersion: 'tangram/v1', kind: 'MigLayout', cards: entries },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

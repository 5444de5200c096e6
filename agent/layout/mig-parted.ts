import { z } from 'zod';
import { err, ok, type Problem, type Result } from '../../shared/domain/result.ts';
import type { KeyPath } from '../../shared/manifest/yaml-place.ts';
import { problemAt, type DocumentSource, type LayoutDocument } from './wish.ts';

const countMax = 64;

const entry = z.strictObject({
  devices: z.union([z.literal('all'), z.array(z.number().int().min(0).max(1_023)).min(1)], {
    error: 'names no devices: write all or a list of indices',
  }),
  'device-filter': z
    .union([z.string(), z.array(z.string())], { error: 'is no id such as "0x20B010DE", in quotes' })
    .optional(),
  'mig-enabled': z.boolean({ error: 'is neither true nor false' }),
  'mig-devices': z
    .record(z.string(), z.number({ error: 'is no count' }).int().min(0).max(countMax))
    .nullish(),
});

/** The configuration file of NVIDIA/mig-parted (`version: v1`), as its own examples write it. */
export const migPartedSchema = z.strictObject({
  version: z.literal('v1', { error: 'must be v1' }),
  'mig-configs': z.record(z.string(), z.array(entry).min(1), {
    error: 'is no map of named configurations',
  }),
});

/** Known keys by path; the names of configurations are free, so `*` stands for the entries of any. */
export const migPartedKeys: Readonly<Record<string, readonly string[]>> = {
  '': ['version', 'mig-configs'],
  '*': ['devices', 'device-filter', 'mig-enabled', 'mig-devices'],
};

/** Takes the chosen configuration, or the only one. */
export function readMigParted(
  file: z.output<typeof migPartedSchema>,
  source: DocumentSource,
  place: (path: KeyPath) => string,
): Result<LayoutDocument, readonly Problem[]> {
  const configs = file['mig-configs'];
  const names = Object.keys(configs);
  const name = source.config ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) {
    const hint = `choose one with --config: ${names.slice(0, 20).join(', ')}`;
    return err([problemAt(source.name, `holds ${names.length} configurations`, hint)]);
  }
  const entries = Object.hasOwn(configs, name) ? configs[name] : undefined;
  if (entries === undefined) {
    const hint = `there is ${names.slice(0, 20).join(', ')}`;
    return err([problemAt(source.name, `has no configuration ${JSON.stringify(name)}`, hint)]);
  }
  const problems: Problem[] = [];
  const wishes = entries.map((each, at) => {
    const path: KeyPath = ['mig-configs', name, at];
    const counts = Object.entries(each['mig-devices'] ?? {});
    if (!each['mig-enabled'] && counts.some(([, count]) => count > 0)) {
      problems.push(
        problemAt(place([...path, 'mig-devices']), 'there can be none while mig-enabled is false'),
      );
    }
    for (const [profile] of counts) {
      if (!/^\d+c\./.test(profile)) continue;
      const hint = 'write a `kind: MigLayout` document, where an instance has `compute`';
      const where = place([...path, 'mig-devices', profile]);
      problems.push(problemAt(where, 'compute instances inside an instance are not read', hint));
    }
    // One id or several; none at all means any product, as mig-parted has it.
    const filter = [each['device-filter'] ?? []].flat().filter((id) => id !== '');
    return {
      place: place(path),
      cards: each.devices === 'all' ? ('all' as const) : each.devices.map(String),
      deviceIds: filter.length === 0 ? null : filter,
      mig: each['mig-enabled'],
      instances: counts.flatMap(([profile, count]) =>
        Array.from({ length: count }, () => ({ profile, start: null, compute: null })),
      ),
    };
  });
  return problems.length > 0 ? err(problems) : ok({ wishes });
}

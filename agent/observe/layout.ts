import type { LayoutRecord } from './world.ts';

// A card's layout as text: `mig:9@0,14@4` or `no-mig:`. Sorted, so that equal layouts are equal texts.

export interface PlacedInstance {
  readonly giProfileId: number;
  readonly start: number;
}

/** MIG mode and placements: what our own steps can foretell. */
export function layoutShape(
  migEnabled: boolean | null,
  instances: readonly PlacedInstance[],
): string {
  return joined(
    migEnabled === true,
    instances.map(({ giProfileId, start }) => `${giProfileId}@${start}`),
  );
}

/** The shape with the driver's instance ids: it also tells a destroy and create in one place. */
export function layoutFingerprint(
  migEnabled: boolean | null,
  instances: readonly (PlacedInstance & { readonly gpuInstanceId: number })[],
): string {
  return joined(
    migEnabled === true,
    instances.map(
      ({ giProfileId, start, gpuInstanceId }) => `${giProfileId}@${start}#${gpuInstanceId}`,
    ),
  );
}

/** The change that one step of ours makes to a shape. */
export type ShapeChange =
  | { readonly kind: 'add' | 'remove'; readonly instance: PlacedInstance }
  | { readonly kind: 'mig-mode'; readonly enabled: boolean };

export function changedShape(shape: string, change: ShapeChange): string {
  if (change.kind === 'mig-mode') return joined(change.enabled, []);
  const wanted = `${change.instance.giProfileId}@${change.instance.start}`;
  const others = instancesIn(shape).filter((each) => each !== wanted);
  return joined(shape.startsWith('mig:'), change.kind === 'add' ? [...others, wanted] : others);
}

/**
 * The layout record after a look at the card. The revision grows with every change; the drift revision only
 * with one that our own steps do not explain.
 */
export function nextLayout(
  before: LayoutRecord | undefined,
  seen: Pick<LayoutRecord, 'gpu' | 'fingerprint' | 'bootId'> & { readonly shape: string },
): LayoutRecord {
  const { gpu, fingerprint, shape, bootId } = seen;
  if (before === undefined) {
    return { gpu, revision: 1, driftRevision: 1, fingerprint, shapeExpected: shape, bootId };
  }
  if (before.fingerprint === fingerprint) return { ...before, shapeExpected: shape, bootId };
  const revision = before.revision + 1;
  const explained =
    before.shapeExpected === shape ||
    (before.bootId !== bootId && isLeftByReboot(before.shapeExpected, shape));
  const driftRevision = explained ? before.driftRevision : revision;
  return { gpu, revision, driftRevision, fingerprint, shapeExpected: shape, bootId };
}

/** A reboot takes instances away, on some cards the MIG mode too, and makes a pending mode the one in force. */
function isLeftByReboot(before: string, after: string): boolean {
  const was = new Set(instancesIn(before));
  return instancesIn(after).every((each) => was.has(each));
}

function instancesIn(shape: string): readonly string[] {
  const list = shape.slice(shape.indexOf(':') + 1);
  return list === '' ? [] : list.split(',');
}

function joined(mig: boolean, parts: readonly string[]): string {
  return `${mig ? 'mig' : 'no-mig'}:${[...parts].sort().join(',')}`;
}

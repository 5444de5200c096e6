import type { Breathe } from '../../shared/platform/breather.ts';
import type { NodeView } from '../fleet/core.ts';

/** One entry of Prometheus' HTTP service discovery. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const labelNameUnsafe = /[^a-zA-Z0-9_]/g;

/**
 * Every agent that says where it is scraped, also those that are away now: a target that vanishes cannot be
 * reported as down. In the order of `nodes`; node labels travel as `__meta_tangram_label_*`, for relabelling.
 * `breathe` is called after each node.
 */
export async function targetGroups(
  nodes: Iterable<NodeView>,
  breathe: Breathe,
): Promise<readonly TargetGroup[]> {
  const groups: TargetGroup[] = [];
  for (const view of nodes) {
    const address = view.inventory?.metricsAddress ?? null;
    if (address !== null) groups.push({ targets: [address], labels: labelsOf(view) });
    await breathe();
  }
  return groups;
}

function labelsOf(view: NodeView): Readonly<Record<string, string>> {
  const labels = Object.entries(view.labels).map(([name, value]) => [
    `__meta_tangram_label_${name.replace(labelNameUnsafe, '_')}`,
    value,
  ]);
  return {
    ...Object.fromEntries(labels),
    __meta_tangram_availability: view.availability.kind,
    node: view.node,
  };
}

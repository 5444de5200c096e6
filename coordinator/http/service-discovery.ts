import type { NodeView } from '../fleet/core.ts';

/** One entry of Prometheus' HTTP service discovery. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const labelNameUnsafe = /[^a-zA-Z0-9_]/g;

/**
 * Every agent that says where it is scraped, also those that are away now: a target that vanishes cannot be
 * reported as down. Node labels travel as `__meta_tangram_label_*`, for relabelling.
 */
export function targetGroups(nodes: readonly NodeView[]): readonly TargetGroup[] {
  return [...nodes]
    .sort((left, right) => (left.node < right.node ? -1 : 1))
    .flatMap((view) => {
      const address = view.inventory?.metricsAddress;
      if (address === null || address === undefined) return [];
      return [{ targets: [address], labels: labelsOf(view) }];
    });
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

import { fixed2 } from './dialect.ts';
import type { GpuView } from './view.ts';

/** One line or section of `-q` and of `-q -x`: the same tree is printed both ways. */
export interface QueryNode {
  /** XML element; '' where only the text form has it. */
  readonly tag: string;
  /** Text label; '' where only the XML form has it. */
  readonly label: string;
  readonly body: string | readonly QueryNode[];
}

/** How the tool says that there is nothing to say; without brackets, unlike in CSV. */
export const na = 'N/A';
export const deprecated = 'Requested functionality has been deprecated';

/** A line with its value. */
export function leaf(tag: string, label: string, body: string): QueryNode {
  return { tag, label, body };
}

/** A section. */
export function group(tag: string, label: string, body: readonly QueryNode[]): QueryNode {
  return { tag, label, body };
}

/** The node, where this driver has it. */
export function when(condition: boolean, node: QueryNode): readonly QueryNode[] {
  return condition ? [node] : [];
}

export function live(view: GpuView, value: string): string {
  return view.health.unreadable ?? value;
}

/** `512 MiB` */
export function mib(value: number): string {
  return `${value} MiB`;
}

/** `49.68 W` */
export function watts(value: number): string {
  return `${fixed2(value)} W`;
}

/** Total, used and what is left. */
export function usage(
  tag: string,
  label: string,
  given: { readonly total: number; readonly used: number },
): QueryNode {
  return group(tag, label, [
    leaf('total', 'Total', mib(given.total)),
    leaf('used', 'Used', mib(given.used)),
    leaf('free', 'Free', mib(given.total - given.used)),
  ]);
}

/** Current and pending. */
export function pair(
  tag: string,
  label: string,
  suffix: string,
  values: readonly [string, string],
): QueryNode {
  return group(tag, label, [
    leaf(`current_${suffix}`, 'Current', values[0]),
    leaf(`pending_${suffix}`, 'Pending', values[1]),
  ]);
}

/** Boards that report fabric, limits and power in the newer way. */
export function isHopperOrNewer(view: GpuView): boolean {
  return view.card.architecture === 'Hopper' || view.card.architecture === 'Blackwell';
}

/** `Enabled` or `Disabled`. */
export function onOff(on: boolean): string {
  return on ? 'Enabled' : 'Disabled';
}

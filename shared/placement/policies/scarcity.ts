import { scarcityOne } from './demand.ts';
import type { NodeRoom } from './node-room.ts';
import type { FleetCards, NodeSight } from './policy.ts';
import { copyMilli } from './shape-size.ts';
import { columnsOf, fillOf } from './usable.ts';

/** No shape counts as scarcer than this: 32 times as much is free as it could use. */
const scarcityMax = 32 * scarcityOne;

/**
 * How scarce room for each shape of `room` is on these nodes, in sixteenths: all that is free, divided by what as many
 * copies as fit now would fill, at least one copy.
 */
export function scarcityOf(
  room: NodeRoom,
  nodes: Iterable<NodeSight>,
  fleet: readonly FleetCards[],
): readonly number[] {
  const columns = columnsOf(room.shapes);
  const fills = room.shapes.map(() => 0);
  let free = 0;
  for (const node of nodes) {
    const sums = room.before(node);
    free += node.freeMilli;
    for (let shape = 0; shape < fills.length; shape += 1) {
      fills[shape] = (fills[shape] ?? 0) + fillOf(columns, shape, sums, node.cpuFreeMillis);
    }
  }
  return room.shapes.map((shape, at) => {
    const fill = Math.max(fills[at] ?? 0, copyMilli(shape, fleet));
    return Math.max(scarcityOne, Math.min(scarcityMax, Math.floor((scarcityOne * free) / fill)));
  });
}

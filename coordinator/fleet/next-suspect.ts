import type { LiveNode } from './node-registry.ts';

type Heard = Pick<LiveNode, 'connected'> & {
  readonly life: Pick<LiveNode['life'], 'heardAtMs'>;
};

/**
 * In how many ms the next node will have been silent for `suspectAfterMs`, if none of them says anything before. Nodes that
 * are already, or have no session, are past it; Infinity: there are no others. `nodes`: the longest silent first.
 */
export function msToNextSuspect(
  nodes: Iterable<Heard>,
  { nowMs, suspectAfterMs }: { readonly nowMs: number; readonly suspectAfterMs: number },
): number {
  for (const { connected, life } of nodes) {
    const leftMs = life.heardAtMs + suspectAfterMs - nowMs;
    if (connected && leftMs > 0) return leftMs;
  }
  return Infinity;
}

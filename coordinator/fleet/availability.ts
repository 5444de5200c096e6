import type { NodeName } from '../../shared/domain/ids.ts';
import { renderDuration } from '../../shared/domain/units.ts';
import type { NodeAvailability } from '../../shared/placement/engine.ts';
import type { NodeRecord } from '../store/values.ts';

/** How long an agent may be silent. */
export interface SilenceLimits {
  /** Nothing new is placed on a node that has been silent for this long. */
  readonly suspectAfterMs: number;
  /** Its replicas are replaced elsewhere. */
  readonly lostAfterMs: number;
  /**
   * When more than this share of at least `massNodesMin` nodes is silent, none is declared lost. Nodes that were lost before
   * count where they fell silent less than `lostAfterMs` apart from the one that is judged.
   */
  readonly massShare: number;
  readonly massNodesMin: number;
}

interface Silence {
  readonly node: NodeName;
  readonly connected: boolean;
  readonly silentMs: number;
  readonly lost: boolean;
  readonly wanted: NodeRecord['wanted'];
  /** Its link comes and goes: nothing new is placed there for this long after the last time; 0: it is steady. */
  readonly holdDownMs: number;
}

/** Whether anything new may be placed on a node, and if not, why. The gravest reason wins. */
export function availabilityOf(node: Silence, limits: SilenceLimits): NodeAvailability {
  if (node.lost) {
    // The text stays the same while it lasts: a reason that counts would be a change every second.
    return {
      kind: 'lost',
      reason: `its agent has been silent for ${renderDuration(limits.lostAfterMs)}`,
    };
  }
  if (!node.connected) return { kind: 'suspect', reason: 'its agent is not connected' };
  if (node.silentMs >= limits.suspectAfterMs) {
    const least = renderDuration(limits.suspectAfterMs);
    return { kind: 'suspect', reason: `its agent has said nothing for ${least} or more` };
  }
  if (node.holdDownMs > 0) {
    const hold = renderDuration(node.holdDownMs);
    return {
      kind: 'suspect',
      reason: `its link comes and goes: nothing new for ${hold} after that`,
    };
  }
  if (node.wanted === 'draining') return { kind: 'draining', reason: 'an operator drains it' };
  if (node.wanted === 'cordoned') return { kind: 'cordoned', reason: 'an operator cordoned it' };
  return { kind: 'ready' };
}

/** Which nodes are lost from now on, and which would be if not so many had gone silent at once. */
export function judgeLosses(
  nodes: readonly Silence[],
  limits: SilenceLimits,
): { readonly lost: readonly NodeName[]; readonly held: readonly NodeName[] } {
  const present = nodes.filter((node) => !node.lost);
  const due = present.filter((node) => node.silentMs >= limits.lostAfterMs);
  // All that are silent count, not only those that are due: a cut network silences nodes within seconds, not at once.
  const silent = present.filter(
    (node) => !node.connected || node.silentMs >= limits.suspectAfterMs,
  );
  const gone = nodes.filter((node) => node.lost).map((node) => node.silentMs);
  const isMass = ({ silentMs }: Silence): boolean => {
    // Who was given up and fell silent with this one is still a sign that it was not this one alone.
    const alike = gone.filter((ms) => Math.abs(ms - silentMs) < limits.lostAfterMs).length;
    const all = present.length + alike;
    return all >= limits.massNodesMin && silent.length + alike > all * limits.massShare;
  };
  // An operator who drains a silent node has said that it is gone, of this one alone.
  const lost = due.filter((node) => node.wanted === 'draining' || !isMass(node));
  const held = due.filter((node) => !lost.includes(node));
  return { lost: lost.map((node) => node.node), held: held.map((node) => node.node) };
}

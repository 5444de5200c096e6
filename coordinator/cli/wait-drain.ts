import { isAppError } from '../../shared/platform/errors.ts';
import type { Node__Output } from '../../shared/wire/generated/tangram/v1/Node.ts';
import type { CoordinatorClient } from './client.ts';
import type { CliDeps } from './deps.ts';
import { drainText, renderDrain } from './render-drain.ts';

const againMs = 1_000;

/**
 * Follows a drain, saying each step once, until nothing is left, somebody ended it, the time is up, or its deadline is
 * over and only what nobody may stop is left. Answers whether the node is drained.
 */
export async function waitUntilDrained(
  deps: CliDeps,
  client: CoordinatorClient,
  begun: { readonly node: Node__Output; readonly timeoutMs: number },
): Promise<boolean> {
  const until = deps.clock.monotonicMs() + begun.timeoutMs;
  let { node } = begun;
  let told = '';
  for (;;) {
    const { drain } = node;
    if (drain === null) {
      deps.note(`error: node ${node.name} does not drain any more: somebody ended it\n`);
      return false;
    }
    const said = drainText(drain);
    if (said !== told) deps.note(`${node.name}: ${said}\n`);
    told = said;
    if (drain.left.length === 0) return true;
    const stuck = drain.overdue && drain.left.every(({ blocked }) => blocked);
    if (stuck || deps.signal.aborted || deps.clock.monotonicMs() >= until) {
      deps.note(`${renderDrain(drain)}error: node ${node.name} is not drained\n`);
      return false;
    }
    await deps.clock.sleep(againMs, deps.signal).catch(() => undefined);
    try {
      node = await client.getNode(node.name);
    } catch (error) {
      // A new leader goes on with the drain: it is asked again.
      if (!isAppError(error, 'COORDINATOR_AWAY')) throw error;
    }
  }
}

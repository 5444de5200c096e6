import type { Runtime } from '../drivers/runtime/runtime.ts';
import type { World } from './world.ts';

/**
 * The same world with what the runtimes tell now: after a start, so that its address is known and probed at once,
 * while the next round still asks the slower tools. A runtime that fails leaves its part as it was.
 */
export async function lookAtRuntimes(
  world: World,
  runtimes: readonly Runtime[],
  signal: AbortSignal,
): Promise<World> {
  const parts = await Promise.all(
    runtimes.map(async (runtime) => {
      const { kind } = runtime;
      const before = world.running.filter((each) => each.runtime === kind);
      if (world.runtimesBlind.get(kind) !== null) return before;
      try {
        return (await runtime.list(signal)).map((each) => ({ ...each, runtime: kind }));
      } catch {
        return before;
      }
    }),
  );
  return { ...world, running: parts.flat() };
}

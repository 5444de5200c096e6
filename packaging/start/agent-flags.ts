/**
 * How node is told to run the agent, which waits most of its life: what runs once a second is not worth optimised code,
 * and the young generation stays small. Measured with 8 cards at 1 Hz on Node 20.20: 14 MiB less than with the first two alone, at no more CPU.
 * Only flags that V8 of Node 20, 22 and 24 all know: node does not start with one that it does not (so it is with
 * `--interrupt-budget`, which Node 22 has no more). The first line of `agent/main.ts` says the same for everybody who runs
 * the file itself.
 */
export const agentNodeFlags: readonly string[] = [
  '--max-semi-space-size=1',
  '--optimize-for-size',
  '--no-opt',
  '--no-maglev',
  '--no-sparkplug',
];

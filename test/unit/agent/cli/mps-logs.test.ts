import { expect, test } from 'vitest';
import type { GpuRecord } from '../../../../agent/cli/api/agent-api.ts';
import type { AgentDoor } from '../../../../agent/cli/api/agent-door.ts';
import { createProgram } from '../../../../agent/cli/program.ts';
import { systemClock } from '../../../../shared/platform/clock.ts';

/** What `agentctl mps logs 0 …` prints where the agent answers with this text. */
async function printed(text: string, ...more: readonly string[]): Promise<string> {
  const out: string[] = [];
  const cards = [{ index: 0, uuid: 'GPU-1' } as GpuRecord];
  const program = createProgram({
    version: '0.0.0',
    socket: undefined,
    // The command asks for nothing else.
    connect: () =>
      ({
        gpus: () => Promise.resolve(cards),
        mps: { log: () => Promise.resolve(text) },
        close: () => undefined,
      }) as unknown as AgentDoor,
    out: (said) => void out.push(said),
    terminal: null,
    confirm: () => Promise.resolve(false),
    clock: systemClock,
    signal: new AbortController().signal,
    setExitCode: () => undefined,
  });
  await program.parseAsync(['mps', 'logs', '0', ...more], { from: 'user' });
  return out.join('');
}

test('a log is printed as it is', async () => {
  expect(await printed('one\ntwo')).toBe('one\ntwo\n');
});

test('a card without a log is said to have none, and why', async () => {
  expect(await printed('')).toMatch(
    /^GPU 0 has no log of an MPS server: no client has come yet, .*\n$/,
  );
  expect(await printed('', '--log', 'control')).toBe(
    'GPU 0 has no MPS log: no daemon of ours has run on it.\n',
  );
});

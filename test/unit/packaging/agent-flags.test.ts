import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { agentNodeFlags } from '../../../packaging/start/agent-flags.ts';

test('the agent runs with the same flags, whoever starts it', () => {
  const [first] = readFileSync(new URL('../../../agent/main.ts', import.meta.url), 'utf8').split(
    '\n',
  );
  expect(first).toBe(`#!/usr/bin/env -S node ${agentNodeFlags.join(' ')}`);
  // The kernel cuts a longer first line off, at 127 bytes before Linux 5.1.
  expect(first?.length).toBeLessThanOrEqual(127);
});

import { describe, expect, test } from 'vitest';
import { LogsDesk, type LogsQuestion } from '../../../../coordinator/api/logs-desk.ts';
import { parseNodeName, parseReplicaId } from '../../../../shared/domain/ids.ts';
import type { Result } from '../../../../shared/domain/result.ts';
import { errorChain } from '../../../../shared/platform/errors.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problem.message);
}

const nodeA = must(parseNodeName('node-a'));
const nodeB = must(parseNodeName('node-b'));
const question = { replica: must(parseReplicaId('alpha-1')), tailLines: 10 };
const never = new AbortController().signal;

async function outcome(answer: Promise<string>): Promise<string> {
  return answer.catch((error: unknown) => `failed: ${errorChain(error)}`);
}

function desk() {
  const clock = new ManualClock();
  const asked: LogsQuestion[] = [];
  const logs = new LogsDesk(clock);
  const leave = logs.connect(nodeA, (sent) => asked.push(sent));
  return { clock, asked, logs, leave };
}

describe('a question for logs', () => {
  test('goes to its node, and the answer of that number comes back', async () => {
    const { asked, logs } = desk();
    const first = outcome(logs.ask(nodeA, question, never));
    const second = outcome(logs.ask(nodeA, question, never));
    expect(asked).toEqual([
      { id: 1, ...question },
      { id: 2, ...question },
    ]);
    logs.answer(nodeA, { id: 2, text: 'two', error: '' });
    logs.answer(nodeA, { id: 1, text: 'one', error: '' });
    expect(await Promise.all([first, second])).toEqual(['one', 'two']);
  });

  test('is answered by no other node, and only once', async () => {
    const { logs } = desk();
    const answer = outcome(logs.ask(nodeA, question, never));
    logs.answer(nodeB, { id: 1, text: 'forged', error: '' });
    logs.answer(nodeA, { id: 7, text: 'nobody asked', error: '' });
    logs.answer(nodeA, { id: 1, text: 'true', error: '' });
    logs.answer(nodeA, { id: 1, text: 'again', error: '' });
    expect(await answer).toBe('true');
  });

  test("fails with the node's own words", async () => {
    const { logs } = desk();
    const answer = outcome(logs.ask(nodeA, question, never));
    logs.answer(nodeA, { id: 1, text: '', error: 'no such container' });
    expect(await answer).toBe('failed: node node-a has no such output: no such container');
  });

  test('fails at once when its node is not connected', async () => {
    const { logs } = desk();
    expect(await outcome(logs.ask(nodeB, question, never))).toBe(
      'failed: node node-b is not connected',
    );
  });

  test('fails when its node leaves, and not when an older stream of it does', async () => {
    const { logs, leave } = desk();
    const newer = logs.connect(nodeA, () => undefined);
    const answer = outcome(logs.ask(nodeA, question, never));
    leave();
    newer();
    expect(await answer).toBe('failed: node node-a left before it answered');
  });

  test('fails after ten seconds', async () => {
    const { clock, logs } = desk();
    const answer = outcome(logs.ask(nodeA, question, never));
    await clock.advance(10_000);
    expect(await answer).toBe('failed: node node-a did not answer in 10 s');
  });

  test('ends when whoever asked goes away', async () => {
    const { logs } = desk();
    const gone = new AbortController();
    const answer = outcome(logs.ask(nodeA, question, gone.signal));
    gone.abort();
    expect(await answer).toBe('failed: node node-a was not waited for');
  });

  test('waits with at most 63 others', async () => {
    const { logs, leave } = desk();
    const waiting = Array.from({ length: 64 }, async () =>
      outcome(logs.ask(nodeA, question, never)),
    );
    expect(await outcome(logs.ask(nodeA, question, never))).toMatch(/64 questions for logs wait/);
    leave();
    expect(new Set(await Promise.all(waiting)).size).toBe(1);
  });
});

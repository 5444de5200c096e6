import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { TermEnd } from '../../../../coordinator/leader/term-end.ts';

describe('the end of a term', () => {
  it('is told to everybody who has not gone before, once', () => {
    const deposed = new AbortController();
    const end = new TermEnd(deposed.signal);
    const heard: number[] = [];
    const all = Array.from({ length: 100 }, (_, at) => end.onEnd(() => heard.push(at)));
    for (const forget of all.slice(3)) forget();
    deposed.abort();
    expect(heard).toEqual([0, 1, 2]);
  });

  it('hangs one listener on the signal, however many want to hear of it', () => {
    const deposed = new AbortController();
    const end = new TermEnd(deposed.signal);
    for (let at = 0; at < 100; at += 1) end.onEnd(() => undefined);
    expect(getEventListeners(deposed.signal, 'abort')).toHaveLength(1);
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { parseGpuQuery } from '../../../../../agent/formats/csv/gpu-query.ts';
import type { GpuRow } from '../../../../../agent/drivers/nvidia-smi/nvidia-smi.ts';
import { RecentSample } from '../../../../../agent/drivers/nvidia-smi/recent-sample.ts';
import { ManualClock } from '../../../../fakes/manual-clock.ts';

function cards(count: number): readonly GpuRow[] {
  const lines = Array.from({ length: count }, (_, index) => `${index}, GPU-${index}, 0`);
  const parsed = parseGpuQuery(lines.join('\n'), ['index', 'uuid', 'pci.bus_id']);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value.gpus;
}

describe('what the loop read last', () => {
  let clock: ManualClock;
  let recent: RecentSample;
  beforeEach(() => {
    clock = new ManualClock();
    recent = new RecentSample(clock);
    recent.counted({ gpus: cards(2), unreadable: [] });
  });

  test('stands for the present for two seconds', async () => {
    expect(recent.read()).toBeNull();
    const sample = cards(2);
    recent.keep(sample);
    await clock.advance(2_000);
    expect(recent.read()).toBe(sample);
    await clock.advance(1);
    expect(recent.read()).toBeNull();
  });

  test('is no answer for all cards when it has only some', () => {
    recent.keep(cards(2));
    recent.keep(cards(1));
    expect(recent.read()).toBeNull();
  });

  test('is gone when the loop fails, and the cards are counted again', () => {
    recent.keep(cards(2));
    recent.forget();
    expect([recent.read(), recent.expected]).toEqual([null, null]);
  });

  test('does not outlive a change of mode, also one that fails, nor is it kept while one goes on', async () => {
    recent.keep(cards(2));
    const refused = recent.whileChanging(async () => {
      expect(recent.read()).toBeNull();
      recent.keep(cards(2));
      expect(recent.read()).toBeNull();
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(recent.read()).toBeNull();
    recent.keep(cards(2));
    expect(recent.read()).toHaveLength(2);
  });
});

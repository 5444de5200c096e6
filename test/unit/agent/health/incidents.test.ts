import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  incidentsMax,
  incidentsOf,
  victimsMax,
  withSighting,
} from '../../../../agent/health/incidents.ts';
import type { XidIncident } from '../../../../agent/store/health-records.ts';
import { parseBootId } from '../../../../shared/domain/ids.ts';
import { gpuA, must } from '../../../fakes/agent/fake-core.ts';
import { nowMs, sighting } from '../../../fakes/agent/health.ts';

const taken = (seen: readonly ReturnType<typeof sighting>[]): readonly XidIncident[] =>
  seen.reduce<readonly XidIncident[]>(withSighting, []);

test('a storm of one kind is one incident that counts', () => {
  const storm = Array.from({ length: 636 }, (_, at) =>
    sighting(94, { atMs: nowMs + at, line: `line ${at}` }),
  );
  expect(taken(storm)).toEqual([
    {
      code: 94,
      gpuInstanceId: null,
      computeInstanceId: null,
      deviceUuid: null,
      firstMs: nowMs,
      lastMs: nowMs + 635,
      count: 636,
      line: 'line 635',
      injected: false,
      fatal: null,
      wish: null,
      victims: [],
    },
  ]);
});

test('codes, instances, severity and injected ones are told apart', () => {
  const seen = [
    sighting(31),
    sighting(13),
    sighting(31, { gpuInstanceId: 1 }),
    sighting(31, { gpuInstanceId: 2 }),
    sighting(149, { fatal: true }),
    sighting(149, { fatal: false }),
    sighting(31, { injected: true }),
  ];
  expect(taken([...seen, ...seen]).map((each) => each.count)).toEqual([2, 2, 2, 2, 2, 2, 2]);
});

test('the newest word of the driver is the one that counts', () => {
  const said = taken([sighting(154, { wish: 'drain-reset' }), sighting(154, { wish: 'none' })]);
  expect(said.map((each) => each.wish)).toEqual(['none']);
});

test('the same victim is named once, the newest last', () => {
  const hit = (who: string) => sighting(31, { victim: { job: 'models/a', who } });
  const [only] = taken([hit('r-1'), hit('r-2'), hit('r-1')]);
  expect(only?.victims.map((each) => each.who)).toEqual(['r-2', 'r-1']);
});

test('memory is bounded whatever comes, and the grave stays when the mild goes', () => {
  const mild = Array.from({ length: 500 }, (_, at) =>
    sighting(31, { gpuInstanceId: at, atMs: nowMs + at }),
  );
  const kept = taken([sighting(79), ...mild]);
  expect(kept).toHaveLength(incidentsMax);
  expect(kept.some((each) => each.code === 79)).toBe(true);
  fc.assert(
    fc.property(
      fc.array(fc.record({ code: fc.integer({ min: 1, max: 99_999 }), who: fc.string() })),
      (events) => {
        const all = taken(
          events.map(({ code, who }) =>
            sighting(code, { victim: { job: who, who }, line: 'x'.repeat(5_000) }),
          ),
        );
        expect(all.length).toBeLessThanOrEqual(incidentsMax);
        for (const each of all) {
          expect(each.victims.length).toBeLessThanOrEqual(victimsMax);
          expect(each.line.length).toBeLessThanOrEqual(512);
        }
        expect(all.reduce((sum, each) => sum + each.count, 0)).toBeLessThanOrEqual(events.length);
      },
    ),
  );
});

test('a reboot ends what was known: the card was reset with it', () => {
  const boot = (text: string) => must(parseBootId(text));
  const record = { gpu: gpuA, bootId: boot('a'), incidents: taken([sighting(95)]), recovery: null };
  expect(incidentsOf(record, 'a')).toHaveLength(1);
  expect(incidentsOf(record, 'b')).toEqual([]);
  expect(incidentsOf(undefined, 'a')).toEqual([]);
});

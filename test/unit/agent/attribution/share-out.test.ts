import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holderKey, type Holder } from '../../../../agent/attribution/holder.ts';
import {
  holderOf,
  type CardReading,
  type Owner,
  type ProcessReading,
  type SliceReading,
} from '../../../../agent/attribution/readings.ts';
import { shareOut } from '../../../../agent/attribution/share-out.ts';
import type { CardShares, UserShare } from '../../../../agent/attribution/shares.ts';
import {
  parseAllocationName,
  parseModelName,
  parseReplicaId,
} from '../../../../shared/domain/ids.ts';
import { must, sliceId } from '../../../fakes/agent/fake-core.ts';

const foreign: Owner = { kind: 'foreign' };
const server: Owner = { kind: 'mps-server' };

function allocation(name: string): Holder {
  return { kind: 'allocation', allocation: must(parseAllocationName(name)) };
}

function replica(name: string): Holder {
  const model = must(parseModelName(name.split('-')[0] ?? ''));
  return { kind: 'replica', replica: must(parseReplicaId(name)), model };
}

function process(owner: Owner, over: Partial<ProcessReading> = {}): ProcessReading {
  return { pid: 7, owner, memoryMib: 1_000, smRatio: null, mpsClient: false, ...over };
}

function slice(over: Partial<SliceReading> = {}): SliceReading {
  return {
    slice: sliceId,
    kind: 'mps',
    promisedMib: 4_000,
    usedMib: null,
    smRatio: null,
    holder: replica('vad-1'),
    ...over,
  };
}

/** One name of each kind, too: they are two holders. */
const holders = [replica('vad-1'), replica('vad-2'), allocation('vad-1'), allocation('train')];

function card(over: Partial<CardReading> = {}): CardReading {
  return {
    memoryTotalMib: 40_000,
    memoryUsedMib: 1_500,
    memoryReservedMib: 500,
    memoryUnusableMib: 0,
    powerWatts: 150,
    powerIdleWatts: 50,
    smRatio: 0.5,
    processes: [],
    slices: [],
    ...over,
  };
}

describe('memory', () => {
  test('a process tells, the rest in use is the driver’s, and what is promised and not used is stranded', () => {
    const shares = shareOut(card({ processes: [process(replica('vad-1'))], slices: [slice()] }));
    expect(shares.holders).toEqual([
      {
        holder: replica('vad-1'),
        memoryMib: { value: 1_000, basis: 'measured' },
        serverMib: null,
        smRatio: { value: 0.5, basis: 'measured' },
        powerWatts: { value: 100, basis: 'shared' },
        reservedMib: 3_000,
      },
    ]);
    expect(shares.memory).toEqual({
      totalMib: 40_000,
      overheadMib: 1_000,
      unattributedMib: 0,
      strandedMib: 3_000,
      idleMib: 35_000,
    });
  });

  test('a process that does not tell leaves its user unknown, never 0', () => {
    const shares = shareOut(
      card({ processes: [process(replica('vad-1'), { memoryMib: null }), process(foreign)] }),
    );
    expect(shares.holders[0]?.memoryMib).toBeNull();
    expect(shares.foreign?.memoryMib).toEqual({ value: 1_000, basis: 'measured' });
    expect(shares.memory).toMatchObject({ overheadMib: 500, unattributedMib: 500 });
  });

  test('a MIG instance’s own counter stands in for processes that do not tell', () => {
    const shares = shareOut(
      card({
        processes: [process(replica('vad-1'), { memoryMib: null })],
        slices: [slice({ kind: 'mig', promisedMib: 5_000, usedMib: 1_200 })],
      }),
    );
    expect(shares.holders[0]).toMatchObject({
      memoryMib: { value: 1_200, basis: 'measured' },
      reservedMib: 3_800,
    });
  });

  test('the memory of the MPS server is shared out among its clients, by how many they are', () => {
    const shares = shareOut(
      card({
        memoryUsedMib: 3_300,
        processes: [
          process(replica('vad-1'), { mpsClient: true }),
          process(replica('vad-1'), { mpsClient: true, memoryMib: 500 }),
          process(replica('vad-2'), { mpsClient: true }),
          process(server, { memoryMib: 300 }),
        ],
      }),
    );
    expect(shares.holders.map((each) => each.serverMib)).toEqual([
      { value: 200, basis: 'shared' },
      { value: 100, basis: 'shared' },
    ]);
    expect(shares.memory?.overheadMib).toBe(1_000);
  });

  test('an MPS server without clients is overhead', () => {
    const shares = shareOut(
      card({ memoryUsedMib: 300, processes: [process(server, { memoryMib: 300 })] }),
    );
    expect(shares.foreign).toBeNull();
    expect(shares.memory?.overheadMib).toBe(800);
  });

  test('processes that claim more than the card has are scaled down, and called shared out', () => {
    const shares = shareOut(
      card({
        memoryTotalMib: 1_000,
        memoryUsedMib: 900,
        memoryReservedMib: null,
        processes: [
          process(replica('vad-1'), { memoryMib: 1_500 }),
          process(foreign, { memoryMib: 500 }),
        ],
      }),
    );
    expect(shares.holders[0]?.memoryMib).toEqual({ value: 750, basis: 'shared' });
    expect(shares.foreign?.memoryMib).toEqual({ value: 250, basis: 'shared' });
    expect(shares.memory).toMatchObject({ idleMib: 0, strandedMib: 0, overheadMib: 0 });
  });

  test('what no instance can take is stranded, and so is what a foreign instance leaves unused', () => {
    const shares = shareOut(
      card({
        memoryUnusableMib: 5_000,
        slices: [
          slice({ kind: 'mig', promisedMib: 10_000, holder: { kind: 'foreign' }, slice: null }),
          slice({ kind: 'mig', promisedMib: 10_000, holder: { kind: 'nobody' } }),
        ],
      }),
    );
    expect(shares.memory).toMatchObject({ strandedMib: 15_000, idleMib: 23_000 });
  });

  test('processes that could not be read are not "none"', () => {
    const shares = shareOut(card({ processes: null, slices: [slice()] }));
    expect(shares.holders[0]).toMatchObject({ memoryMib: null, smRatio: { value: 0.5 } });
    expect(shares.memory).toMatchObject({ overheadMib: 500, unattributedMib: 1_500 });
  });

  test('a card that does not tell its memory still has users', () => {
    const shares = shareOut(
      card({ memoryUsedMib: null, processes: [process(replica('vad-1'))], slices: [slice()] }),
    );
    expect(shares.memory).toBeNull();
    expect(shares.holders[0]).toMatchObject({ memoryMib: { value: 1_000 }, reservedMib: null });
  });
});

describe('an allocation', () => {
  test('has its shares as a replica has, and what strangers use is not among them', () => {
    const shares = shareOut(
      card({
        memoryUsedMib: 6_000,
        processes: [
          process(replica('vad-1'), { smRatio: 0.125, mpsClient: true }),
          process(allocation('train'), { memoryMib: 3_000, smRatio: 0.25, mpsClient: true }),
          process(foreign, { memoryMib: 500, smRatio: 0.125 }),
          process(server, { memoryMib: 60 }),
        ],
        slices: [slice(), slice({ promisedMib: 8_000, holder: allocation('train') })],
      }),
    );
    expect(shares.holders[1]).toEqual({
      holder: allocation('train'),
      memoryMib: { value: 3_000, basis: 'measured' },
      serverMib: { value: 30, basis: 'shared' },
      smRatio: { value: 0.25, basis: 'measured' },
      powerWatts: { value: 50, basis: 'shared' },
      reservedMib: 8_000 - 3_030,
    });
    expect(shares.foreign?.memoryMib?.value).toBe(500);
  });

  test('and a replica of one name are two', () => {
    const processes = [process(replica('vad-1')), process(allocation('vad-1'))];
    const shares = shareOut(card({ processes }));
    expect(shares.holders.map(({ holder }) => holder.kind)).toEqual(['replica', 'allocation']);
  });
});

describe('SM use and power', () => {
  test('two users of whom nobody tells are not known, and neither is their power', () => {
    const shares = shareOut(
      card({ processes: [process(replica('vad-1')), process(replica('vad-2'))] }),
    );
    expect(shares.holders.map((each) => [each.smRatio, each.powerWatts])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(shares.sm).toEqual({ idleRatio: 0.5, unattributedRatio: 0.5 });
    expect(shares.power).toEqual({ totalWatts: 150, idleWatts: 50, unattributedWatts: 100 });
  });

  test('the one who does not tell has what the others leave', () => {
    const shares = shareOut(
      card({
        processes: [process(replica('vad-1'), { smRatio: 0.125 }), process(replica('vad-2'))],
      }),
    );
    expect(shares.holders.map((each) => each.smRatio)).toEqual([
      { value: 0.125, basis: 'measured' },
      { value: 0.375, basis: 'shared' },
    ]);
    expect(shares.holders.map((each) => each.powerWatts)).toEqual([
      { value: 25, basis: 'shared' },
      { value: 75, basis: 'shared' },
    ]);
  });

  test('a foreign user takes its part of the power', () => {
    const shares = shareOut(
      card({
        processes: [
          process(replica('vad-1'), { smRatio: 0.1 }),
          process(foreign, { smRatio: 0.3 }),
        ],
        smRatio: 0.4,
      }),
    );
    expect(shares.foreign?.powerWatts?.value).toBeCloseTo(75);
    expect(shares.power?.unattributedWatts).toBeCloseTo(0);
  });

  test('under MIG the instances tell, and one that does not makes the card unknown', () => {
    const slices = [
      slice({ kind: 'mig', smRatio: 0.25 }),
      slice({ kind: 'mig', smRatio: null, holder: replica('vad-2') }),
    ];
    const shares = shareOut(card({ smRatio: null, slices }));
    expect(shares.holders.map((each) => each.smRatio)).toEqual([
      { value: 0.25, basis: 'measured' },
      null,
    ]);
    expect(shares.sm).toBeNull();
    expect(shares.power).toEqual({ totalWatts: 150, idleWatts: 50, unattributedWatts: 100 });
  });

  test('without a known idle draw nothing is shared out', () => {
    const shares = shareOut(card({ powerIdleWatts: null, processes: [process(replica('vad-1'))] }));
    expect(shares.holders[0]?.powerWatts).toBeNull();
    expect(shares.power).toEqual({ totalWatts: 150, idleWatts: 0, unattributedWatts: 150 });
  });
});

test('the parts add up to the card, whatever is told', () => {
  fc.assert(
    fc.property(anyCard(), (reading) => {
      const shares = shareOut(reading);
      const near = (sum: number, total: number): void => {
        expect(Math.abs(sum - total)).toBeLessThan(1e-6 * Math.max(1, total));
      };
      const { memory, sm, power } = shares;
      if (memory !== null) {
        const { totalMib, ...parts } = memory;
        near(sum(shares, 'memoryMib') + sum(shares, 'serverMib') + sumAll(parts), totalMib);
        const reserved = shares.holders.reduce((all, each) => all + (each.reservedMib ?? 0), 0);
        expect(reserved).toBeLessThanOrEqual(memory.strandedMib + 1e-6);
      }
      if (sm !== null) near(sum(shares, 'smRatio') + sumAll(sm), 1);
      if (power !== null) {
        const { totalWatts, ...parts } = power;
        near(sum(shares, 'powerWatts') + sumAll(parts), totalWatts);
      }
      for (const part of [memory, sm, power]) {
        for (const value of Object.values(part ?? {})) {
          expect(value).toBeGreaterThanOrEqual(-1e-6);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

test('every holder on the card is told once, whatever it does', () => {
  fc.assert(
    fc.property(anyCard(), (reading) => {
      const told = shareOut(reading).holders.map(({ holder }) => holderKey(holder));
      const there = new Set(
        [
          ...(reading.processes ?? []).map(({ owner }) => holderOf(owner)),
          ...reading.slices.map(({ holder }) =>
            holder.kind === 'foreign' || holder.kind === 'nobody' ? null : holder,
          ),
        ].flatMap((holder) => (holder === null ? [] : [holderKey(holder)])),
      );
      expect(told.toSorted()).toEqual([...there].toSorted());
    }),
  );
});

function sum(shares: CardShares, key: keyof UserShare): number {
  const users: readonly UserShare[] = [
    ...shares.holders,
    ...(shares.foreign === null ? [] : [shares.foreign]),
  ];
  return users.reduce((all, user) => all + (user[key]?.value ?? 0), 0);
}

function sumAll(parts: object): number {
  return Object.values(parts).reduce((all: number, part: number) => all + part, 0);
}

function anyCard(): fc.Arbitrary<CardReading> {
  const maybe = (max: number) => fc.option(fc.double({ min: 0, max, noNaN: true }));
  const owner = fc.oneof(fc.constantFrom(...holders), fc.constant(foreign), fc.constant(server));
  const holder = fc.oneof(
    fc.constantFrom(...holders),
    fc.constant({ kind: 'foreign' as const }),
    fc.constant({ kind: 'nobody' as const }),
  );
  return fc.record({
    memoryTotalMib: maybe(200_000),
    memoryUsedMib: maybe(200_000),
    memoryReservedMib: maybe(2_000),
    memoryUnusableMib: fc.double({ min: 0, max: 50_000, noNaN: true }),
    powerWatts: maybe(1_000),
    powerIdleWatts: maybe(1_200),
    smRatio: maybe(1),
    processes: fc.option(
      fc.array(
        fc.record({
          pid: fc.nat(),
          owner,
          memoryMib: maybe(100_000),
          smRatio: maybe(1),
          mpsClient: fc.boolean(),
        }),
        { maxLength: 6 },
      ),
    ),
    slices: fc.array(
      fc.record({
        slice: fc.constant(sliceId),
        kind: fc.constantFrom('whole', 'mig', 'mps', 'timeshare'),
        promisedMib: fc.double({ min: 0, max: 100_000, noNaN: true }),
        usedMib: maybe(50_000),
        smRatio: maybe(1),
        holder,
      }),
      { maxLength: 6 },
    ),
  });
}

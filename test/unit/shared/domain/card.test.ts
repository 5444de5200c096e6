import { describe, expect, test } from 'vitest';
import { cards, geometryOf, isCardNamed, parseCards } from '../../../../shared/domain/card.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';

describe('naming the cards of a host', () => {
  test.for([
    { text: '2xA100-40GB,L40S', names: ['A100-40GB', 'A100-40GB', 'L40S'] },
    { text: 'h200', names: ['H200'] },
    { text: ' 1 x T4 , A100-SXM4-80GB ', names: ['T4', 'A100-80GB'] },
  ])('$text', ({ text, names }) => {
    const parsed = parseCards(text);
    expect(parsed.ok ? parsed.value.map((card) => card.name) : parsed.problem).toEqual(names);
  });

  test.for([
    { text: '', code: 'CARD_UNKNOWN' },
    { text: 'A100', code: 'CARD_UNKNOWN' },
    { text: '0xL4', code: 'CARD_COUNT' },
    { text: '99xL4', code: 'CARD_COUNT' },
    { text: 'L4,,L4', code: 'CARD_UNKNOWN' },
  ])('$text is refused as $code', ({ text, code }) => {
    const parsed = parseCards(text);
    expect(parsed.ok ? 'accepted' : parsed.problem.code).toBe(code);
  });
});

test('a model may call a card by our name, the product name or the short product name', () => {
  const product = 'NVIDIA H100 80GB HBM3';
  expect(
    ['H100-80GB', 'h100-80gb-hbm3', 'NVIDIA H100 80GB HBM3', 'H100'].map((wanted) =>
      isCardNamed(product, wanted),
    ),
  ).toEqual([true, true, true, false]);
});

describe('the tables', () => {
  test('name every card once', () => {
    expect(new Set(cards.map((card) => card.name)).size).toBe(cards.length);
    expect(new Set(cards.map((card) => card.productName)).size).toBe(cards.length);
  });

  test.for(Object.entries(migGeometries))('%s: every profile stays on its grid', ([, geometry]) => {
    for (const profile of geometry.profiles) {
      expect(profile.instancesMax).toBeGreaterThan(0);
      for (const start of profile.placementStarts) {
        expect(start + profile.placementSize).toBeLessThanOrEqual(geometry.placementUnits);
      }
    }
  });

  test('no instance is larger than its card, but for nominal sizes of 1 %', () => {
    // No listing of a live B200 was found: its profiles carry the nominal size, a little above what the card tells.
    for (const card of cards) {
      for (const profile of geometryOf(card)?.profiles ?? []) {
        expect(profile.memoryMib, `${card.name} ${profile.name}`).toBeLessThanOrEqual(
          card.memoryMib * 1.01,
        );
        expect(profile.smCount, `${card.name} ${profile.name}`).toBeLessThanOrEqual(card.smCount);
      }
    }
  });
});

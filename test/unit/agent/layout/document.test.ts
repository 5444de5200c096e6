import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLayoutDocument } from '../../../../agent/layout/document.ts';
import { renderLayoutDocument } from '../../../../agent/layout/export-document.ts';
import { planLayout } from '../../../../agent/layout/plan-layout.ts';
import { migGeometries } from '../../../../shared/domain/mig-geometry.ts';
import { freeStarts, type MigPlacement } from '../../../../shared/domain/mig-profile.ts';
import { renderProblem } from '../../../../shared/domain/result.ts';
import { cardNow, gpu, instancesNow } from '../../../fakes/agent/card-now.ts';

function read(text: string, config: string | null = null) {
  return parseLayoutDocument({ name: 'cards.yaml', text, config });
}

function problems(text: string, config: string | null = null): readonly string[] {
  const result = read(text, config);
  return result.ok ? [] : result.problem.map(renderProblem);
}

const head = 'apiVersion: tangram/v1\nkind: MigLayout\n';

test('our document: cards, counts, starts and compute instances', () => {
  const text = `${head}cards:
  - gpu: all
    instances:
      - { profile: 3g.20gb, start: 4 }
      - { profile: MIG 1g.5gb, count: 2 }
      - { profile: 9, start: 0, compute: [2c.3g.20gb, 1c.3g.20gb] }
  - { gpu: [GPU-1, 2], mig: false }
`;
  const one = { start: null, compute: null };
  expect(read(text)).toEqual({
    ok: true,
    value: {
      wishes: [
        {
          place: 'cards.yaml:4:5 cards[0]',
          cards: 'all',
          deviceIds: null,
          mig: true,
          instances: [
            { profile: '3g.20gb', start: 4, compute: null },
            { profile: '1g.5gb', ...one },
            { profile: '1g.5gb', ...one },
            { profile: '9', start: 0, compute: ['1c.3g.20gb', '2c.3g.20gb'] },
          ],
        },
        {
          place: 'cards.yaml:9:5 cards[1]',
          cards: ['GPU-1', '2'],
          deviceIds: null,
          mig: false,
          instances: [],
        },
      ],
    },
  });
});

// As the examples of NVIDIA/mig-parted write it.
const parted = `version: v1
mig-configs:
  all-disabled:
    - devices: all
      mig-enabled: false
  half-half:
    - devices: [0, 1]
      device-filter: ["0x20B010DE", "0x20B210DE"]
      mig-enabled: true
      mig-devices:
        "1g.5gb": 2
        "3g.20gb": 1
`;

test('a configuration of mig-parted', () => {
  const result = read(parted, 'half-half');
  expect(result).toMatchObject({
    ok: true,
    value: {
      wishes: [
        {
          cards: ['0', '1'],
          deviceIds: ['0x20B010DE', '0x20B210DE'],
          mig: true,
          instances: [{ profile: '1g.5gb' }, { profile: '1g.5gb' }, { profile: '3g.20gb' }],
        },
      ],
    },
  });
  expect(read(parted, 'all-disabled')).toMatchObject({
    value: { wishes: [{ cards: 'all', deviceIds: null, mig: false, instances: [] }] },
  });
});

test.for([
  { text: '"0x20B210DE"', want: ['0x20B210DE'] },
  { text: '""', want: null },
  { text: '[]', want: null },
])('a device filter of mig-parted: $text', ({ text, want }) => {
  const file = `version: v1\nmig-configs: { a: [{ devices: all, device-filter: ${text}, mig-enabled: false, mig-devices: {} }] }\n`;
  expect(read(file)).toMatchObject({ ok: true, value: { wishes: [{ deviceIds: want }] } });
});

describe('what is wrong is told with its place', () => {
  test.for([
    { name: 'nothing', text: '', want: /cards\.yaml: is empty/ },
    { name: 'no YAML', text: 'cards: [', want: /cards\.yaml:\d+:\d+: this is not YAML/ },
    { name: 'two documents', text: `${head}cards: []\n---\na: 1\n`, want: /several documents/ },
    { name: 'a text', text: 'hello', want: /is not a map with apiVersion/ },
    {
      name: 'another kind',
      text: 'apiVersion: tangram/v1\nkind: Model\ncards: [{gpu: 0, mig: true}]',
      want: /cards\.yaml:2:\d+ kind: must be MigLayout/,
    },
    { name: 'no cards', text: `${head}cards: []\n`, want: /names no card/ },
    {
      name: 'a misspelt key',
      text: `${head}cards:\n  - gpu: 0\n    instance: []\n`,
      want: /cards\.yaml:5:5 cards\[0\]\.instance: this key is not known; did you mean instances\?/,
    },
    {
      name: 'nothing said of a card',
      text: `${head}cards: [{gpu: 0}]\n`,
      want: /says nothing of the card/,
    },
    {
      name: 'instances without MIG',
      text: `${head}cards: [{gpu: 0, mig: false, instances: [{profile: 3g.20gb}]}]`,
      want: /cards\[0\]\.instances: there can be none while mig is false/,
    },
    {
      name: 'several at one start',
      text: `${head}cards: [{gpu: 0, instances: [{profile: a, start: 0, count: 2}]}]`,
      want: /several instances cannot have one start/,
    },
    {
      name: 'a start that is text',
      text: `${head}cards: [{gpu: 0, instances: [{profile: a, start: "0"}]}]`,
      want: /start: is no start/,
    },
    {
      name: 'a name of a configuration',
      text: `${head}cards: [{gpu: 0, mig: true}]`,
      config: 'x',
      want: /no configuration "x" to choose/,
    },
    {
      name: 'several configurations',
      text: parted,
      want: /holds 2 configurations; choose one with --config: all-disabled, half-half/,
    },
    {
      name: 'an unknown configuration',
      text: parted,
      config: 'halves',
      want: /no configuration "halves"; there is all-disabled/,
    },
    {
      name: 'a misspelt key of mig-parted',
      text: parted.replace('mig-enabled: true', 'mig-enable: true'),
      config: 'half-half',
      want: /did you mean mig-enabled\?/,
    },
    {
      name: 'devices without MIG',
      text: parted.replace('mig-enabled: true', 'mig-enabled: false'),
      config: 'half-half',
      want: /there can be none while mig-enabled is false/,
    },
    {
      name: 'compute instances of mig-parted',
      text: parted.replace('"1g.5gb": 2', '"1c.3g.20gb": 2'),
      config: 'half-half',
      want: /compute instances inside an instance are not read/,
    },
    {
      name: 'a filter that YAML reads as a number',
      text: parted.replace('["0x20B010DE", "0x20B210DE"]', '0x20B010DE'),
      config: 'half-half',
      want: /device-filter: is no id such as "0x20B010DE", in quotes/,
    },
    { name: 'something huge', text: `#${'x'.repeat(300_000)}`, want: /longer than/ },
    {
      name: 'a prototype',
      text: 'mig-configs: { __proto__: [] }\nversion: v1\n',
      config: '__proto__',
      want: /configuration/,
    },
  ])('$name', ({ text, want, config }) => {
    expect(problems(text, config ?? null).join('\n')).toMatch(want);
  });

  test('any text gives a value or problems, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (noise) => {
        const at = noise.length % (head.length + 1);
        for (const text of [noise, head.slice(0, at) + noise, parted.slice(0, at * 3) + noise]) {
          const result = read(text);
          if (!result.ok) expect(result.problem.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('what is exported is what is applied', () => {
  const geometry = migGeometries['A100-40GB'];
  const anyLayout = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }).map((draws) =>
    draws.reduce<readonly MigPlacement[]>((layout, [which, where]) => {
      const profile = geometry.profiles[which % geometry.profiles.length];
      if (profile === undefined) return layout;
      const starts = freeStarts(geometry, layout, profile.giProfileId);
      const start = starts[where % Math.max(1, starts.length)];
      return start === undefined
        ? layout
        : [...layout, { giProfileId: profile.giProfileId, start }];
    }, []),
  );

  test('planning an export on the same cards has nothing to do', () => {
    fc.assert(
      fc.property(anyLayout, fc.boolean(), (layout, on) => {
        const card = cardNow('A100-40GB', {
          migEnabled: on,
          instances: on ? instancesNow(geometry, layout) : [],
        });
        const odd = card.instances.map((each, at) =>
          at === 0 && each.profile === '3g.20gb'
            ? { ...each, compute: ['1c.3g.20gb', '2c.3g.20gb'] }
            : at === 1
              ? { ...each, compute: [] }
              : each,
        );
        const now = { ...card, instances: odd };
        const document = read(renderLayoutDocument([now, cardNow('L40S', { index: 1 })]));
        if (!document.ok) throw new Error(document.problem.map(renderProblem).join());
        const plan = planLayout(document.value, [now], { interrupt: false });
        expect(plan).toMatchObject({
          ok: true,
          value: { cards: [{ gpu, steps: [], blocks: [] }] },
        });
      }),
    );
  });
});

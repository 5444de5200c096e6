import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseModelName } from '../../../../shared/domain/ids.ts';
import { checkModel, type Disruption, type ModelSpec } from '../../../../shared/domain/model.ts';
import { parseManifests } from '../../../../shared/manifest/parse-manifests.ts';
import { renderManifest } from '../../../../shared/manifest/render-manifest.ts';

/** Texts that YAML would read as something else when unquoted are among them. */
const anyText = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom(
    'true',
    'null',
    '1.0',
    '0x10',
    '',
    ' ',
    '- a',
    '# b',
    'a: b',
    '~',
    'no',
    '\n',
    '🂠',
  ),
);
const anyEnvName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
/** `__proto__` cannot be a key of a plain object; manifests refuse it by name. */
const anyKey = fc.string({ minLength: 1, maxLength: 12 }).filter((key) => key !== '__proto__');
const anyMap = fc.dictionary(anyKey, anyText, { maxKeys: 4 });

const anyGpu = fc.record({
  memoryMib: fc.integer({ min: 1, max: 200_000 }),
  computePercent: fc.integer({ min: 0, max: 100 }),
  isolation: fc.constantFrom('any', 'mps', 'mig', 'whole'),
  count: fc.integer({ min: 1, max: 8 }),
  processes: fc.integer({ min: 1, max: 48 }),
  models: fc.array(anyText, { maxLength: 3 }),
});

const anyPath = fc.stringMatching(/^\/[a-z0-9 :#]{1,8}(\/[a-z0-9]{1,4})?$/);
const anyMount = fc.record({ source: anyPath, target: anyPath, readOnly: fc.boolean() });

const anyName = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/).map((text) => {
  const name = parseModelName(text);
  if (!name.ok) throw new Error(text);
  return name.value;
});

const anySpec: fc.Arbitrary<ModelSpec> = fc.record({
  name: anyName,
  labels: anyMap,
  replicas: fc.integer({ min: 0, max: 1_000 }),
  workload: fc.record({
    image: fc.option(fc.string({ minLength: 1, maxLength: 40 })),
    command: fc.constantFrom(null, ['node'], ['python3', '-m', '1.0', 'true']),
    args: fc.array(anyText, { maxLength: 4 }),
    env: fc.dictionary(
      anyEnvName.filter((name) => name !== '__proto__'),
      anyText,
      { maxKeys: 4 },
    ),
    port: fc.integer({ min: 1, max: 65_535 }),
    health: fc.record({
      path: fc.string({ maxLength: 10 }).map((text) => `/${text}`),
      startupDeadlineMs: fc.integer({ min: 1_000, max: 86_400_000 }),
    }),
    cpuMillis: fc.integer({ min: 0, max: 1_024_000 }),
    memoryMib: fc.integer({ min: 0, max: 1_000_000 }),
    mounts: fc.uniqueArray(anyMount, { maxLength: 3, selector: (mount) => mount.target }),
    writableRoot: fc.boolean(),
  }),
  gpu: fc.option(anyGpu),
  priority: fc.integer({ min: 0, max: 1_000_000 }),
  placement: fc.record({
    spread: fc.constantFrom('none', 'node', 'zone'),
    maxPerNode: fc.integer({ min: 0, max: 1_000 }),
    antiAffinity: fc.array(anyName, { maxLength: 3 }),
    constraints: anyMap,
  }),
  disruption: fc.oneof(
    fc.constantFrom<Disruption>({ kind: 'never' }, { kind: 'idle' }),
    fc.record({ kind: fc.constant('budget'), seconds: fc.integer({ min: 1, max: 86_400 }) }),
  ),
});

test('what is printed is read back as the same model', () => {
  fc.assert(
    fc.property(anySpec, (spec) => {
      fc.pre(checkModel(spec).length === 0);
      const parsed = parseManifests([{ name: 'printed', text: renderManifest(spec) }]);
      expect(parsed.ok ? parsed.value[0]?.spec : parsed.problem).toEqual(spec);
    }),
  );
});

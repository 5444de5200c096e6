import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isScalar, parseDocument, visit, type Node } from 'yaml';
import { z } from 'zod';
import { agentConfigSchema } from '../../../agent/config.ts';
import { policySchema } from '../../../agent/policy/policy.ts';
import { coordinatorConfigSchema } from '../../../coordinator/config.ts';

/** What JSON Schema says of keys. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly items?: Shape;
}

/** Every key that a file may have, as a path. */
function keysOf(shape: Shape, path = ''): string[] {
  const { anyOf = [], oneOf = [], allOf = [], items, properties = {} } = shape;
  const same = [...anyOf, ...oneOf, ...allOf, ...(items === undefined ? [] : [items])];
  return [
    ...same.flatMap((one) => keysOf(one, path)),
    ...Object.entries(properties).flatMap(([key, value]) => {
      const own = path === '' ? key : `${path}.${key}`;
      return [own, ...keysOf(value, own)];
    }),
  ];
}

/** Every key of an example as a path, those included that are commented out: with three spaces after the sign. */
function keysIn(text: string): string[] {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^(\s*)#   (?=\s*(?:[\w-]+:|- ))/, '$1'))
    .filter((line) => !line.trimStart().startsWith('#'));
  // What is shown once with its default and once otherwise is there twice.
  const document = parseDocument(lines.join('\n'), { uniqueKeys: false });
  expect(document.errors).toEqual([]);
  const paths: string[] = [];
  visit(document, {
    Pair: (_key, pair, parents) => {
      const above = parents.flatMap((parent) => ('key' in parent ? [nameOf(parent.key)] : []));
      paths.push([...above, nameOf(pair.key)].join('.'));
    },
  });
  return paths;
}

function nameOf(key: unknown): string {
  return isScalar(key as Node) ? String((key as { value: unknown }).value) : '?';
}

/** Whose keys are names that people give: labels, cards, codes. */
const maps = ['labels.', 'gpuAuthority.', 'health.xid.'];

test.each([
  { file: 'agent.yaml', schema: agentConfigSchema },
  { file: 'coordinator.yaml', schema: coordinatorConfigSchema },
  { file: 'policy.yaml', schema: policySchema },
])('the example $file shows every key that there is, and no other', ({ file, schema }) => {
  const text = readFileSync(
    new URL(`../../../packaging/examples/${file}`, import.meta.url),
    'utf8',
  );
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  const known = [...new Set(keysOf(shape))].toSorted();
  expect(known.length).toBeGreaterThan(5);
  const shown = keysIn(text).filter((path) => !maps.some((map) => path.startsWith(map)));
  expect([...new Set(shown)].toSorted()).toEqual(known);
});

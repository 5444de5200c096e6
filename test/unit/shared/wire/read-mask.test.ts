import { describe, expect, test } from 'vitest';
import { isAppError } from '../../../../shared/platform/errors.ts';
import { readMask } from '../../../../shared/wire/read-mask.ts';

const model = {
  name: 'vad',
  labels: { team: 'nlp' },
  spec: { replicas: 2, priority: 5, placement: { constraints: { zone: 'a' }, maxPerNode: 1 } },
  version: 3,
  createdAtMs: 7,
  status: {
    replicasReady: 1,
    replicas: [
      { replica: 'vad-1', node: 'a', phase: 'ready' },
      { replica: 'vad-2', node: 'b', phase: 'failed' },
    ],
  },
};

const identity = { name: 'vad', labels: { team: 'nlp' } };

const part = (...paths: readonly string[]) =>
  readMask<object>('tangram.v1.Model', paths.length === 0 ? null : { paths })(model);

describe('a read mask', () => {
  test.for<{ name: string; paths: readonly string[]; want: object }>([
    { name: 'none', paths: [], want: model },
    { name: 'a star', paths: ['version', '*'], want: model },
    { name: 'a field', paths: ['version'], want: { ...identity, version: 3 } },
    {
      name: 'a name as JSON writes it',
      paths: ['createdAtMs'],
      want: { ...identity, createdAtMs: 7 },
    },
    {
      name: 'a name of the proto',
      paths: ['created_at_ms'],
      want: { ...identity, createdAtMs: 7 },
    },
    {
      name: 'fields below fields',
      paths: ['spec.replicas', 'spec.placement.max_per_node'],
      want: { ...identity, spec: { replicas: 2, placement: { maxPerNode: 1 } } },
    },
    {
      name: 'a whole message and a part of it, in any order',
      paths: ['status.replicas_ready', 'status', 'status.replicas.node'],
      want: { ...identity, status: model.status },
    },
    {
      name: 'a field of each item of a list',
      paths: ['status.replicas.phase'],
      want: { ...identity, status: { replicas: [{ phase: 'ready' }, { phase: 'failed' }] } },
    },
    {
      name: 'a map',
      paths: ['spec.placement.constraints'],
      want: { ...identity, spec: { placement: { constraints: { zone: 'a' } } } },
    },
  ])('of $name keeps just that', ({ paths, want }) => {
    expect(part(...paths)).toEqual(want);
  });

  test.for([
    { path: 'versoin', told: '"versoin" names no field; there are name, labels, spec, version' },
    { path: 'spec.replica', told: '"spec.replica" names no field; there are replicas, workload' },
    { path: 'labels.team', told: '"labels.team" goes on below labels' },
    { path: 'version.major', told: '"version.major" goes on below version' },
    { path: 'status.replicas.phase.x', told: 'goes on below status.replicas.phase' },
    { path: '', told: '"" names no field' },
    { path: `spec.${'x'.repeat(1_000)}`, told: 'names no field' },
    { path: '__proto__', told: '"__proto__" names no field' },
  ])('with the path $path is refused', ({ path, told }) => {
    try {
      part(path);
      expect.unreachable();
    } catch (error) {
      if (!isAppError(error)) throw error;
      expect([error.code, error.violations[0]?.field]).toEqual(['REQUEST_INVALID', 'read_mask']);
      expect(`${error.message}; ${error.hint}`).toContain(told);
    }
  });

  test('has a limited number of paths', () => {
    expect(() => part(...Array.from({ length: 65 }, () => 'name'))).toThrow(/has 65 paths/);
  });
});

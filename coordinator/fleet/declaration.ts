import { z } from 'zod';
import type { AllocationSpec } from '../../shared/domain/allocation.ts';
import type { AllocationName, ModelName } from '../../shared/domain/ids.ts';
import { checkModel, type ModelSpec, type Workload } from '../../shared/domain/model.ts';
import type { Declaration } from '../../shared/domain/node-target.ts';
import type { TargetContent } from '../../shared/placement/project-target.ts';
import { allocationSpecShape, modelSpecShape } from '../store/value-shapes.ts';
import type { Ledger } from './ledger.ts';

/** Texts of specs that were asked for before: each target of a node holds those of all its models. */
const texts = new WeakMap<ModelSpec | AllocationSpec, string>();

/**
 * What a target tells of its holders for a coordinator that has lost its store. How many copies a model has is left out:
 * its nodes need not hear of each change of that, and whoever reads it counts those that run.
 */
export function declarationsOf(
  { replicas, allocations = [] }: TargetContent,
  ledger: Ledger,
): readonly Declaration[] {
  const models = new Set<ModelName>(replicas.map(({ model }) => model));
  const names = new Set<AllocationName>(allocations.map(({ allocation }) => allocation));
  return [
    ...[...models].flatMap((name) => {
      const spec = ledger.model(name)?.value.spec;
      return spec === undefined ? [] : { of: `models/${name}`, text: textOfModel(spec) };
    }),
    ...[...names].flatMap((name) => {
      const spec = ledger.allocation(name)?.value.spec;
      return spec === undefined ? [] : { of: `allocations/${name}`, text: textOf(spec, spec) };
    }),
  ].sort((left, right) => (left.of < right.of ? -1 : 1));
}

/** null: it cannot be read, or is no sound model of one copy that runs `workload`. */
export function readModelDeclaration(text: string | null, workload: Workload): ModelSpec | null {
  const spec = read(modelSpecShape, text, { replicas: 1, workload });
  return spec === null || checkModel(spec).length > 0 ? null : spec;
}

/** null: it cannot be read. */
export function readAllocationDeclaration(text: string | null): AllocationSpec | null {
  return read(allocationSpecShape, text, {});
}

function textOfModel(spec: ModelSpec): string {
  const { replicas: _replicas, workload: _workload, ...told } = spec;
  return textOf(spec, told);
}

function textOf(spec: ModelSpec | AllocationSpec, told: object): string {
  const known = texts.get(spec) ?? JSON.stringify(told);
  texts.set(spec, known);
  return known;
}

function read<T>(shape: z.ZodType<T>, text: string | null, beside: object): T | null {
  try {
    const told = z.record(z.string(), z.unknown()).parse(JSON.parse(text ?? ''));
    return shape.parse({ ...told, ...beside });
  } catch {
    // What an agent gives back is judged like anything from outside: its claim stays unknown.
    return null;
  }
}

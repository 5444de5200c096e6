import type { GpuUuid, ModelName, NodeName } from '../../shared/domain/ids.ts';
import type { ModelSpec } from '../../shared/domain/model.ts';
import type { PlacementNode } from '../../shared/placement/engine.ts';

/** What happens, whenever it does. */
export type Happening =
  /** So many replicas are wanted from now on. */
  | { readonly kind: 'scale'; readonly model: ModelName; readonly replicas: number }
  /** For `forMs`, single replicas arrive as a Poisson process and leave after exponential lives. */
  | {
      readonly kind: 'jobs';
      readonly model: ModelName;
      readonly ratePerHour: number;
      /** Mean time that one has a place. */
      readonly lifeMs: number;
      readonly forMs: number;
      /** How long one waits for a place before it gives up; null: for ever. */
      readonly patienceMs: number | null;
    }
  /** Its agent falls silent. `forMs`: null: for good. */
  | { readonly kind: 'lose'; readonly node: NodeName; readonly forMs: number | null }
  | { readonly kind: 'drain'; readonly node: NodeName; readonly forMs: number | null }
  | {
      readonly kind: 'fail';
      readonly node: NodeName;
      readonly gpu: GpuUuid;
      readonly forMs: number | null;
    };

/** Something that happens at a time: milliseconds from the beginning. */
export type ScenarioEvent = Happening & { readonly atMs: number };

/** A cluster, what is asked of it and what befalls it. Every name in it exists. */
export interface Scenario {
  readonly name: string;
  readonly durationMs: number;
  /** How long a node may be silent before its replicas are replaced. */
  readonly lostAfterMs: number;
  /** From the decision until a replica serves. */
  readonly startupMs: number;
  readonly nodes: readonly PlacementNode[];
  readonly models: ReadonlyMap<ModelName, ModelSpec>;
  /** In order of time; those of one moment in the order in which they were written. */
  readonly events: readonly ScenarioEvent[];
}

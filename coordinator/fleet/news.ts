import type { ModelName, NodeName } from '../../shared/domain/ids.ts';

/**
 * What has come up since the last round, so that a round need not look at everything. What it does not know of is found
 * by the next look at everything, which comes with every tick.
 */
export class News {
  /** Nodes that are not as they were: what their agents said, or an operator decided. */
  readonly nodes = new Set<NodeName>();
  /** Models that were declared, or whose claims have changed. */
  readonly models = new Set<ModelName>();
  /** Everything is to be looked at: it was read anew, or time has passed. */
  all: boolean;

  constructor(all: boolean) {
    this.all = all;
  }
}

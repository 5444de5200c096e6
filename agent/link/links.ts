import { CoordinatorLink, type LinkDeps } from './link.ts';
import { joinLines, type LinkView } from './link-view.ts';

/**
 * One line to every coordinator, each on its own: the one that leads commands, the others hear the same and are ready.
 * Telemetry goes to all, so that whoever takes over has the last minutes; a batch a second costs an agent nothing.
 */
export class CoordinatorLinks {
  readonly #links: readonly CoordinatorLink[];

  /** `lines`: one for each configured coordinator. */
  constructor(lines: readonly LinkDeps[]) {
    this.#links = lines.map((deps) => new CoordinatorLink(deps));
  }

  view(): LinkView {
    return joinLines(this.#links.map((link) => link.view()));
  }

  /** Connects, and connects again, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#links.map(async (link) => link.run(signal)));
  }
}

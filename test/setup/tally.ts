/** What one test, one file or one process-wide error came to. */
export interface Outcome {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped; null: nobody said. */
  readonly reason: string | null;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Shown before the closing line: each skip, and each skip that was not allowed. */
  readonly notes: readonly string[];
}

/**
 * Counts outcomes. `required` are the things that this machine must have (`docker`, `python`): a test that was skipped
 * for want of one of them has failed.
 */
export function tally(outcomes: readonly Outcome[], required: readonly string[]): Tally {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const notes: string[] = [];
  for (const outcome of outcomes) {
    if (outcome.state !== 'skipped') {
      counts[outcome.state] += 1;
      continue;
    }
    // A skip that names what it needs is for want of that, whatever else its name speaks of.
    const named = /^needs ([\w-]+):/i.exec(outcome.reason ?? '')?.[1];
    const words = (named ?? `${outcome.name} ${outcome.reason ?? ''}`).toLowerCase();
    const missing = required.find((thing) => words.includes(thing.toLowerCase()));
    const reason = outcome.reason ?? 'NO REASON GIVEN';
    if (missing === undefined) {
      counts.skipped += 1;
      notes.push(`SKIPPED  ${outcome.name}: ${reason}`);
    } else {
      counts.failed += 1;
      notes.push(`FAILED   ${outcome.name}: skipped (${reason}), but ${missing} is required here`);
    }
  }
  return { ...counts, notes };
}

/** `12 passed, 0 failed`, and the skipped ones only when there are any. */
export function closingLine(counts: Omit<Tally, 'notes'>): string {
  const line = `${counts.passed} passed, ${counts.failed} failed`;
  return counts.skipped === 0 ? line : `${line}, ${counts.skipped} skipped`;
}

/** `TANGRAM_REQUIRE_DOCKER=1` → `docker`. */
export function requiredThings(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith('TANGRAM_REQUIRE_') && value === '1')
    .map(([name]) => name.slice('TANGRAM_REQUIRE_'.length).toLowerCase());
}

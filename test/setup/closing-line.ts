import type { Reporter, TestModule } from 'vitest/node';
import { closingLine, requiredThings, tally, type Outcome } from './tally.ts';

/** Prints every skip with its reason, and then, as the last line of the process, `N passed, N failed`. */
class ClosingLine implements Reporter {
  /** A run that ends before any test (a broken build) has failed once. */
  private outcomes: Outcome[] = [{ name: 'the run', state: 'failed', reason: null }];

  onInit(): void {
    process.once('exit', () => {
      this.close();
    });
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: 'passed' | 'interrupted' | 'failed',
  ): void {
    this.outcomes = modules.flatMap(outcomesOf);
    const fail = (name: string): void => {
      this.outcomes.push({ name, state: 'failed', reason: null });
    };
    for (const each of errors.keys()) fail(`error ${each} outside all tests`);
    if (reason === 'interrupted') fail('interrupted');
    if (this.outcomes.length === 0) fail('no tests were found');
  }

  private close(): void {
    const counts = tally(this.outcomes, requiredThings(process.env));
    for (const note of counts.notes) process.stdout.write(`${note}\n`);
    process.stdout.write(`${closingLine(counts)}\n`);
    if (counts.failed > 0 && (process.exitCode ?? 0) === 0) process.exitCode = 1;
  }
}

function outcomesOf(module: TestModule): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const test of module.children.allTests()) {
    const result = test.result();
    const state = result.state === 'pending' ? 'failed' : result.state;
    const reason = result.state === 'skipped' ? (result.note ?? null) : null;
    outcomes.push({ name: test.fullName, state, reason });
  }
  const broken = module.state() === 'failed' && outcomes.every((each) => each.state !== 'failed');
  // A file that does not load, or a hook that throws, has no failed test to show for it.
  if (broken) outcomes.push({ name: module.relativeModuleId, state: 'failed', reason: null });
  return outcomes;
}

// oxlint-disable-next-line import/no-default-export -- vitest loads a reporter by its default export
export default ClosingLine;

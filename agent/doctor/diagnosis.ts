/** `off`: not in use on this node, so neither well nor ill. */
export type Verdict = 'ok' | 'warn' | 'FAIL' | 'off';

/** One line of `agentctl doctor`. */
export interface Diagnosis {
  readonly check: string;
  readonly verdict: Verdict;
  /** The evidence, in one line. */
  readonly finding: string;
  /** The command or setting that mends it; empty when there is nothing to mend. */
  readonly advice: string;
}

export function well(check: string, finding: string): Diagnosis {
  return { check, verdict: 'ok', finding, advice: '' };
}

export function unused(check: string, finding: string): Diagnosis {
  return { check, verdict: 'off', finding, advice: '' };
}

/** It works, and something about it will hurt one day. */
export function doubtful(check: string, finding: string, advice: string): Diagnosis {
  return { check, verdict: 'warn', finding, advice };
}

/** It keeps the node from its work. */
export function failing(check: string, finding: string, advice: string): Diagnosis {
  return { check, verdict: 'FAIL', finding, advice };
}

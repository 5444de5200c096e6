import { err, ok, type Result } from '../../domain/result.ts';
import { policyNames, type PolicyName } from './policy-name.ts';

/** What each policy does, in one line, for people. */
const descriptions: Readonly<Record<PolicyName, string>> = {
  tangram: 'keeps most room for what this cluster is asked for (the default)',
  fgd: "fragmentation gradient descent, the best published (USENIX ATC'23)",
  bestfit: 'the node with least CPU and cards left',
  firstfit: 'the first node by name that has room',
  worstfit: 'the node with most left: spreads',
  packing: 'cards in use before idle ones',
  clustering: 'like to like: shares with shares, k cards with k cards',
  dotprod: 'least dot product of free and asked (Tetris)',
  random: 'any place that fits, drawn by the seed',
};

/** The policy that a person named. */
export function parsePolicyName(text: string): Result<PolicyName> {
  const known = policyNames.find((name) => name === text);
  if (known !== undefined) return ok(known);
  return err({
    code: 'REQUEST_INVALID',
    message: `unknown policy ${JSON.stringify(text)}`,
    hint: `known are ${policyNames.join(', ')}`,
  });
}

/** Every policy with what it does, a line each, for a help text. */
export function describePolicies(): string {
  const width = Math.max(...policyNames.map(({ length }) => length));
  return policyNames.map((name) => `  ${name.padEnd(width)}  ${descriptions[name]}\n`).join('');
}

import { assert } from '../../../../shared/domain/assert.ts';
import { renderProblem } from '../../../../shared/domain/result.ts';
import { parseScenario } from '../../../../coordinator/scenario/parse-scenario.ts';
import type { Scenario } from '../../../../coordinator/scenario/scenario.ts';

export const model = (name: string, spec: string): string =>
  `---\napiVersion: tangram/v1\nkind: Model\nmetadata: { name: ${name} }\nspec: { image: x:1, ${spec} }\n`;

/** A scenario as people write it. `rest`: keys of its spec, indented by two. */
export const written = (rest: string, ...models: readonly string[]): string =>
  `apiVersion: tangram/v1\nkind: Scenario\nmetadata: { name: s }\nspec:\n${rest}${models.join('')}`;

export function scenarioOf(text: string): Scenario {
  const parsed = parseScenario([{ name: 's.yaml', text }]);
  const problems = parsed.ok ? [] : parsed.problem.map(renderProblem);
  assert(parsed.ok, `a test writes a good scenario: ${problems.join('; ')}`);
  return parsed.value;
}

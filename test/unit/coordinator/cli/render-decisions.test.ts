import { expect, test } from 'vitest';
import { encodeReplay, encodeReport } from '../../../../coordinator/api/decision-codec.ts';
import {
  renderDecisions,
  renderPolicyReport,
  renderReplay,
} from '../../../../coordinator/cli/render-decisions.ts';
import type { DecisionReplay } from '../../../../coordinator/replay/replay-decision.ts';
import type { PolicyReplay } from '../../../../coordinator/replay/replay-policy.ts';
import type { LoggedDecision } from '../../../../coordinator/store/decision-log.ts';
import type { Decision__Output } from '../../../../shared/wire/generated/tangram/v1/Decision.ts';
import type { PolicyReport__Output } from '../../../../shared/wire/generated/tangram/v1/PolicyReport.ts';
import type { ReplayDecisionResponse__Output } from '../../../../shared/wire/generated/tangram/v1/ReplayDecisionResponse.ts';
import { decisionService } from '../../../../shared/wire/services.ts';
import { claim, mpsShape } from '../../shared/placement/builders.ts';

/** As it arrives: through bytes. */
function wired<T>(name: string, message: object): T {
  const method = decisionService[name];
  if (method === undefined) throw new Error(`there is no method ${name}`);
  const { responseSerialize, responseDeserialize } = method;
  return responseDeserialize(responseSerialize(message)) as T; // the method's own type, as a test names it
}

const placed = claim('vad-1', 'node-a', [[0, mpsShape(2_048, 5)]]);
const row: LoggedDecision = {
  id: 12,
  atMs: 1_700_000_000_000,
  kind: 'decision',
  model: 'vad',
  claim: placed.id,
  revision: 4n,
  engineVersion: '2',
  policy: 'tangram',
  seed: 1,
  inputs: '',
  request: '',
  outcome: JSON.stringify({ kind: 'placed', claim: placed, cost: 120 }),
};
const refused: LoggedDecision = {
  ...row,
  id: 11,
  claim: '',
  outcome: JSON.stringify({
    kind: 'refused',
    refusal: { summary: 'no card has enough free memory', nearest: '' },
    evidence: [],
  }),
};
const replay: DecisionReplay = {
  row,
  verdict: 'same',
  engineVersion: '2',
  replayed: row.outcome,
  differences: [],
};
const render = (changes: Partial<DecisionReplay>): string =>
  renderReplay(
    wired<ReplayDecisionResponse__Output>(
      'ReplayDecision',
      encodeReplay({ ...replay, ...changes }),
    ),
  );

const made =
  'decision 12 of 2023-11-14T22:13:20.000Z (vad, policy tangram, seed 1, engine 2)\n' +
  '  placed on node-a GPU-node-a-0 mps 2.0GiB 5%, cost 120\n';

test('decisions are one line each', () => {
  const decisions = [row, refused].map(
    (each) => encodeReplay({ ...replay, row: each }).decision as unknown as Decision__Output,
  );
  const message = wired<{ decisions: Decision__Output[] }>('ListDecisions', { decisions });
  expect(renderDecisions(message.decisions)).toBe(
    'ID  TIME                      MODEL  OUTCOME                                                POLICY   ENGINE\n' +
      '12  2023-11-14T22:13:20.000Z  vad    placed on node-a GPU-node-a-0 mps 2.0GiB 5%, cost 120  tangram  2\n' +
      '11  2023-11-14T22:13:20.000Z  vad    refused: no card has enough free memory                tangram  2\n',
  );
});

test.for<{ name: string; changes: Partial<DecisionReplay>; want: string }>([
  { name: 'the same', changes: {}, want: 'the same bytes when made again by engine 2\n' },
  {
    name: 'a difference',
    changes: {
      verdict: 'differs',
      differences: [{ path: 'cost', before: '120', after: '7' }],
    },
    want: 'DIFFERS when made again by engine 2: this is a fault, please report it\n- cost: 120\n+ cost: 7\n',
  },
  {
    name: 'another engine',
    changes: { verdict: 'other-engine', engineVersion: '3', replayed: null },
    want: 'engine 2 made it and this is engine 3: it cannot be replayed here; --force runs it all the same\n',
  },
  {
    name: 'another engine, forced',
    changes: { verdict: 'other-engine', engineVersion: '3' },
    want: 'engine 2 made it; engine 3, forced to, comes to the same, which proves nothing about engine 2\n',
  },
])('a replay says $name', ({ changes, want }) => {
  expect(render(changes)).toBe(made + want);
});

const report: PolicyReplay = {
  policy: 'bestfit',
  seed: 1,
  engineVersion: '2',
  fromMs: 1_700_000_000_000,
  toMs: 1_700_000_010_000,
  complete: false,
  decisions: 3,
  otherEngine: 1,
  loggedPolicies: ['tangram'],
  requests: 3,
  logged: { placed: 2, placedLater: 1, waiting: 0 },
  replayed: { placed: 2, placedLater: 0, waiting: 1 },
  differing: 1,
  differences: [{ model: 'vad', replica: 'vad-1', logged: placed, replayed: null }],
  series: [
    { atMs: 1_700_000_000_000, loggedPermille: 100, replayedPermille: 100 },
    { atMs: 1_700_000_010_000, loggedPermille: 300, replayedPermille: 200 },
  ],
  strandedPermille: { logged: 40, replayed: 55 },
};

test('a report compares what was with what would have been', () => {
  const { report: arrived } = wired<{ report: PolicyReport__Output }>('ReplayPolicy', {
    report: encodeReport(report),
  });
  expect(renderPolicyReport(arrived, 0)).toBe(
    [
      'policy bestfit (seed 1) on 3 requests in 3 decisions, 2023-11-14T22:13:20.000Z to 2023-11-14T22:13:30.000Z',
      'the log does not go back as far as was asked for: it begins at 2023-11-14T22:13:20.000Z',
      '1 of them were made by another engine than 2',
      'WHAT                  LOGGED (tangram)  REPLAYED (bestfit)',
      'placed at once        2                 2',
      'placed later          1                 0',
      'without a place       0                 1',
      'allocated at the end  30.0%             20.0%',
      'allocated on average  10.0%             10.0%',
      'stranded at the end   4.0%              5.5%',
      '1 of 3 requests elsewhere:',
      'REPLICA  LOGGED                                REPLAYED',
      'vad-1    on node-a GPU-node-a-0 mps 2.0GiB 5%  no place',
      '',
    ].join('\n'),
  );
});

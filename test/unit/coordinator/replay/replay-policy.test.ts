import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { replayPolicy } from '../../../../coordinator/replay/replay-policy.ts';
import { policyNames, type PolicyName } from '../../../../shared/placement/policies/policy-name.ts';
import { anyCluster, anySpec } from '../../shared/placement/anything.ts';
import { cardsOf, instance, model, needs, node, sliceId } from '../../shared/placement/builders.ts';
import { openByCount } from './by-count.ts';
import { History } from './history.ts';

async function replayed(history: History, policy: PolicyName, sinceMs = 0, seed = 7) {
  const onProgress = (): void => undefined;
  return replayPolicy(history.replays, { policy, seed, sinceMs, onProgress });
}

const half = (name: string) => model(name, needs({ memoryMib: 20_000, models: ['L40S'] }));
const nodes = [node('a', cardsOf('a', ['L40S'])), node('b', cardsOf('b', ['L40S']))];

test('requests go elsewhere under another policy, and that is counted', async () => {
  const history = new History(nodes, 'firstfit', openByCount);
  for (const name of ['m', 'n', 'o']) history.place(half(name));
  const report = await replayed(history, 'worstfit');
  expect(report).toMatchObject({
    policy: 'worstfit',
    loggedPolicies: ['firstfit'],
    complete: false,
    decisions: 3,
    requests: 3,
    otherEngine: 0,
    logged: { placed: 3, placedLater: 0, waiting: 0 },
    replayed: { placed: 3, placedLater: 0, waiting: 0 },
    differing: 2,
    fromMs: 2_000,
    toMs: 4_000,
  });
  expect(report.differences).toMatchObject([
    { model: 'n', logged: { node: 'a' }, replayed: { node: 'b' } },
    { model: 'o', logged: { node: 'b' }, replayed: { node: 'a' } },
  ]);
  expect(report.series.map(({ atMs }) => atMs)).toEqual([2_000, 3_000, 4_000]);
  expect(report.series.every((each) => each.loggedPermille === each.replayedPermille)).toBe(true);
});

test('a place that only the other policy keeps free is found, and given back when the log says so', async () => {
  const whole = model('w', needs({ isolation: 'whole', memoryMib: 40_000, models: ['L40S'] }));
  const history = new History(nodes, 'worstfit', openByCount);
  const first = history.place(half('m'));
  const second = history.place(half('n'));
  expect(history.place(whole)).toBeNull();
  const report = await replayed(history, 'firstfit');
  expect(report.logged).toEqual({ placed: 2, placedLater: 0, waiting: 1 });
  expect(report.replayed).toEqual({ placed: 3, placedLater: 0, waiting: 0 });
  history.remove(first ?? '');
  expect(history.place(whole)).not.toBeNull();
  const later = await replayed(history, 'firstfit');
  expect(later.logged).toEqual({ placed: 2, placedLater: 1, waiting: 0 });
  expect(later.replayed).toEqual({ placed: 3, placedLater: 0, waiting: 0 });
  history.remove(second ?? '');
  history.place(half('p'));
  // m and n have ended there, too: what is left is the whole card and the last half.
  const end = await replayed(history, 'firstfit');
  expect(end.series.at(-1)?.replayedPermille).toBe(end.series.at(-1)?.loggedPermille);
});

test('what agents report of the places that were really taken does not stand in the way', async () => {
  const a = cardsOf('a', ['A100-40GB', 'A100-40GB']);
  const history = new History([node('a', a)], 'firstfit');
  const mig = (name: string) => model(name, needs({ isolation: 'mig', memoryMib: 19_000 }));
  const claim = history.place(mig('m'));
  const made = history.claims.get(claim ?? '')?.slices[0];
  if (made?.shape.kind !== 'mig') throw new Error('a MIG slice was placed');
  const cut = instance('A100-40GB', made.shape.profile, made.shape.start, {
    slice: sliceId(`${claim}.0`),
  });
  const gpus = a.map((gpu) =>
    gpu.uuid === made.gpu
      ? { ...gpu, migEnabled: true, mode: 'mig' as const, instances: [cut] }
      : gpu,
  );
  history.setNode(node('a', gpus));
  for (const name of ['n', 'o', 'p']) history.place(mig(name));
  for (const policy of policyNames) {
    const report = await replayed(history, policy);
    expect(report.replayed).toEqual({ placed: 4, placedLater: 0, waiting: 0 });
  }
});

test('only decisions of the time that is asked about are made again', async () => {
  const history = new History(nodes, 'firstfit', openByCount);
  history.place(half('m'));
  history.restart();
  history.nowMs = 1_000_000;
  history.place(half('n'));
  const report = await replayed(history, 'worstfit', 500_000);
  expect(report).toMatchObject({ decisions: 1, requests: 1, differing: 1, complete: false });
  expect(await replayed(history, 'worstfit', 2_000_000)).toMatchObject({ decisions: 0, fromMs: 0 });
  history.nowMs = 3_000_000;
  history.place(half('o'));
  expect(await replayed(history, 'worstfit', 2_000_000)).toMatchObject({
    decisions: 1,
    complete: true,
  });
});

test('an empty log says so', async () => {
  const history = new History(nodes);
  await expect(replayed(history, 'fgd')).rejects.toThrow(/the decision log is empty/);
});

test('the policy of the log comes to the places of the log', async () => {
  const acts = fc.array(fc.record({ spec: anySpec(), ends: fc.option(fc.nat()) }), {
    minLength: 1,
    maxLength: 25,
  });
  await fc.assert(
    fc.asyncProperty(
      anyCluster,
      acts,
      fc.constantFrom(...policyNames),
      async (cluster, story, policy) => {
        const history = new History(cluster.nodes, policy);
        for (const { spec, ends } of story) {
          if (ends !== null) {
            const ids = [...history.claims.keys()];
            history.remove(ids[ends % Math.max(1, ids.length)] ?? '');
          }
          // Refused: its model is gone again before anything is given back.
          const name = `${spec.name}${history.log.lastId()}`;
          history.place({ ...model(name, spec.gpu), placement: spec.placement });
        }
        const report = await replayed(history, policy);
        // Who was refused is tried again here once something is given back, and may then take another's place.
        if (report.logged.waiting === 0) {
          expect(report.logged).toEqual(report.replayed);
          expect(report.differing).toBe(0);
        }
        history.log.close();
      },
    ),
    { numRuns: 60 },
  );
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, TestCluster } from './cluster-harness.ts';

const cluster = new TestCluster();

const manifest = (name: string, memory: string): object => ({
  apiVersion: 'tangram/v1',
  kind: 'Model',
  metadata: { name },
  spec: { process: { command: ['/bin/sleep', '600'] }, gpu: { memory, isolation: 'mps' } },
});

/** The rows of `tangram decisions --json`, newest first. */
function decisions(...args: readonly string[]): readonly { id: string; model: string }[] {
  return JSON.parse(cluster.tangram('decisions', '--json', ...args).stdout).decisions;
}

beforeAll(async () => {
  await cluster.startCoordinator({ placement: { demandHalfLife: 20 } });
  await cluster.startAgent('node-a', { cards: '2xL40S' });
  // A model that came before its node would be refused first, and that is a decision, too.
  await cluster.nodesUsable('node-a');
  for (const name of ['one', 'two']) cluster.apply(manifest(name, '4GiB'));
  cluster.apply(manifest('huge', '900GiB'));
  await eventually('three decisions are logged', () => decisions().length >= 3);
});

afterAll(async () => {
  await cluster.stop();
});

test('decisions are listed page by page, newest first', () => {
  const all = decisions();
  expect(all.map(({ model }) => model).sort()).toEqual(['huge', 'one', 'two']);
  const first = JSON.parse(cluster.tangram('decisions', '--json', '-n', '2').stdout);
  expect(first.decisions).toEqual(all.slice(0, 2));
  expect(decisions('--page', first.nextPageToken)).toEqual(all.slice(2));
  expect(decisions('--model', 'huge')).toHaveLength(1);
  expect(cluster.tangram('decisions').stdout).toMatch(/refused: no card is that big/);
});

test('every decision of a real coordinator replays to the same bytes, after a restart, too', async () => {
  await cluster.coordinator?.end('SIGKILL');
  await cluster.startCoordinator({ placement: { demandHalfLife: 20 } });
  for (const { id } of decisions()) {
    const ran = cluster.tangram('replay', id);
    expect(ran.stdout).toContain('the same bytes when made again');
    expect(ran.code).toBe(0);
  }
});

test('another policy is run over the requests of the log', () => {
  const ran = cluster.tangram('replay', '--since', '7d', '--policy', 'bestfit', '--json');
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    policy: 'bestfit',
    complete: false,
    requests: 3,
    logged: { placed: 2, placedLater: 0, waiting: 1 },
    replayed: { placed: 2, placedLater: 0, waiting: 1 },
  });
  expect(cluster.tangram('replay', '--since', '7d', '--policy', 'fgd').stdout).toContain(
    'the log does not go back as far as was asked for',
  );
});

test.for([
  { args: ['replay', '99999'], code: 3, want: /there is no decision 99999/ },
  { args: ['replay', '0'], code: 2, want: /whole number from 1/ },
  { args: ['replay'], code: 2, want: /neither a decision nor a policy is named/ },
  { args: ['replay', '2', '--policy', 'fgd'], code: 2, want: /with its own policy/ },
  { args: ['replay', '--policy', 'best'], code: 2, want: /Known are tangram, fgd, bestfit/ },
  { args: ['replay', '--policy', 'fgd', '--since', 'soon'], code: 2, want: /such as 7d/ },
  { args: ['decisions', '--page', 'x'], code: 2, want: /no token of a list of decisions/ },
])('tangram $args is refused in one line', ({ args, code, want }) => {
  const ran = cluster.tangram(...args);
  expect(ran.code).toBe(code);
  expect(ran.stderr).toMatch(want);
});

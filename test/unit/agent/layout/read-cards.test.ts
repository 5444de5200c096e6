import { expect, test } from 'vitest';
import {
  cardViews,
  readCards,
  type CardQueries,
  type CardViews,
} from '../../../../agent/layout/read-cards.ts';
import type { Attribution } from '../../../../agent/reconcile/attribution.ts';
import { xmlFormat } from '../../../../agent/formats/report/xml.ts';
import { parseModelName, parseReplicaId } from '../../../../shared/domain/ids.ts';
import { FakeCore, must } from '../../../fakes/agent/fake-core.ts';
import { allocation, shapes, slice, target } from '../../../fakes/agent/targets.ts';
import { FakeNode } from '../../../fakes/agent/fake-node.ts';

const never = new AbortController().signal;
const nothing: CardViews = { cards: [], attribution: [], slices: [] };

/** A node whose first card is cut in two, with a replica on the first half and a stranger in the second. */
function cutNode(report: string | null) {
  const fake = new FakeNode('A100-40GB');
  const card = fake.cards[0];
  if (card === undefined) throw new Error('the fake has a card');
  card.migEnabled = true;
  card.migPending = true;
  for (const start of [0, 4]) {
    const made = fake.createInstance(card.uuid, 9, start);
    made.uuid = `MIG-${start}`;
  }
  card.foreign = [{ pid: 4_711, memoryMib: 100 }];
  let reports = 0;
  const tool: CardQueries = {
    ...fake.nvidiaSmi(),
    readTopology: () =>
      Promise.resolve(new Map([[0, { nvlinks: new Map([[1, 12]]), numaNode: 0 }]])),
    readReport: () => {
      reports += 1;
      const parsed = report === null ? null : xmlFormat.parse(report);
      if (parsed === null || !parsed.ok) return Promise.reject(new Error('no report'));
      return Promise.resolve(parsed.value);
    },
  };
  return { fake, card, tool, reports: () => reports };
}

const xml = (gpu: string, gi: number): string => `<?xml version="1.0" ?>
<nvidia_smi_log><driver_version>550.163.01</driver_version><attached_gpus>1</attached_gpus>
<gpu id="00000000:00:00.0"><uuid>${gpu}</uuid><processes><process_info>
<gpu_instance_id>${gi}</gpu_instance_id><compute_instance_id>0</compute_instance_id><pid>4711</pid>
<type>C</type><process_name>python3</process_name><used_memory>100 MiB</used_memory>
</process_info></processes></gpu></nvidia_smi_log>`;

const stranger = { kind: 'process', pid: 4_711, name: 'python3' };

test('a stranger is found in the instance that the report names', async () => {
  const { tool, card } = cutNode(xml('GPU-00000000', 2));
  const [now] = await readCards(tool, nothing, never);
  expect(card.instances[1]?.gpuInstanceId).toBe(2);
  expect(now?.instances.map((each) => each.holders)).toEqual([[], [stranger]]);
  expect(now?.holders).toEqual([]);
});

test('without a report a stranger may be anywhere on the card', async () => {
  const { tool } = cutNode(null);
  const [now] = await readCards(tool, nothing, never);
  expect(now?.instances.flatMap((each) => each.holders)).toEqual([]);
  expect(now?.holders).toEqual([stranger]);
});

test('a replica is found by what it was handed, and its processes are no strangers', async () => {
  const { tool, card, reports } = cutNode(null);
  const mine: Attribution = {
    replica: must(parseReplicaId('vad-1')),
    model: must(parseModelName('vad')),
    modelVersion: 1,
    runtimeId: 'run-1',
    pids: [4_711],
    slices: [{ slice: null, gpu: card.uuid, shape: null, deviceUuid: 'MIG-4', gpuInstanceId: 2 }],
  };
  const [now] = await readCards(tool, { ...nothing, attribution: [mine] }, never);
  const holder = { kind: 'replica', replica: mine.replica };
  expect(now?.instances.map((each) => each.holders)).toEqual([[], [holder]]);
  expect(now?.holders).toEqual([]);
  expect(reports()).toBe(0);
});

test('an allocation has its instance while nothing runs on it, and only while it is there', async () => {
  const { tool, card } = cutNode(null);
  card.foreign = [];
  const half = slice('t.0', card.uuid, shapes.half(4));
  const gone = slice('t.1', card.uuid, shapes.half(0));
  const core = new FakeCore();
  core.accepted = target(1, {
    slices: [half, gone],
    allocations: [allocation('train', [half]), allocation('next', [gone])],
  });
  const phase = { phase: 'ready', gpu: card.uuid, incarnation: 1, reason: '' } as const;
  core.statusNow = {
    ...core.statusNow,
    slices: [
      { ...phase, slice: half.id, deviceUuid: 'MIG-4' },
      { ...phase, slice: gone.id, phase: 'absent', deviceUuid: null },
    ],
  };
  const [now] = await readCards(tool, cardViews(core), never);
  const holder = { kind: 'allocation', allocation: 'train' };
  expect(now?.instances.map((each) => each.holders)).toEqual([[], [holder]]);
  expect(now?.holders).toEqual([]);
});

test('compute instances: the default one, parts, none', async () => {
  const { fake, card } = cutNode(null);
  card.foreign = [];
  const plain = fake.nvidiaSmi();
  const profiles = [['3g.20gb'], ['2c.3g.20gb', '1c.3g.20gb']];
  const tool: CardQueries = {
    ...plain,
    readTopology: () => Promise.reject(new Error('not asked')),
    readReport: () => Promise.reject(new Error('not asked')),
    listMigInstances: async (signal) =>
      (await plain.listMigInstances(signal)).map((row, at) => ({
        ...row,
        computeProfiles: profiles[at] ?? [],
      })),
  };
  const [now] = await readCards(tool, nothing, never);
  expect(now?.instances.map((each) => each.compute)).toEqual([null, ['1c.3g.20gb', '2c.3g.20gb']]);
});

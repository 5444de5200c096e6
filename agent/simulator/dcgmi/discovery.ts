import { reply, type Reply } from '../nvidia-smi/reply.ts';
import type { Entity } from './entities.ts';
import { renderTree, type TreeNode } from './output-tree.ts';

/** `discovery -l`: every card with its name, bus id and UUID; then the switches, of which there are none. */
export function listDevices(entities: readonly Entity[]): Reply {
  const cards = entities.filter((entity) => entity.kind === 'GPU');
  const rule = `+${'-'.repeat(8)}+${'-'.repeat(70)}+`;
  return reply([
    `${cards.length} GPU${cards.length === 1 ? '' : 's'} found.`,
    rule,
    row('GPU ID', 'Device Information'),
    rule,
    ...cards.flatMap(({ id, view }) => [
      row(String(id), `Name: ${view.card.productName}`),
      row('', `PCI Bus ID: ${view.gpu.busId}`),
      row('', `Device UUID: ${view.gpu.uuid}`),
      rule,
    ]),
    '0 NvSwitches found.',
    '+-----------+',
    '| Switch ID |',
    '+-----------+',
    '+-----------+',
  ]);
}

function row(id: string, text: string): string {
  return `| ${id.padEnd(6)} | ${text.padEnd(68)} |`;
}

/** `discovery -c`: cards that are cut, with their instances and DCGM's numbers for them. */
export function listHierarchy(entities: readonly Entity[]): Reply {
  const cards = entities.filter((entity) => entity.kind === 'GPU');
  const sections = cards.flatMap((card): TreeNode[] => {
    const instances = entities.filter(
      (entity) => entity.kind === 'GPU-I' && entity.view.index === card.id,
    );
    if (instances.length === 0) return [];
    return [
      {
        label: `GPU ${card.id}`,
        value: `GPU ${card.view.gpu.uuid} (EntityID: ${card.id})`,
        children: instances.map((instance) => instanceNode(instance, entities)),
      },
    ];
  });
  return reply(
    renderTree({
      leftWidth: 20,
      rightWidth: 70,
      headers: ['Instance Hierarchy'],
      separated: true,
      sections,
    }),
  );
}

function instanceNode(instance: Entity, entities: readonly Entity[]): TreeNode {
  const { index } = instance.view;
  const giId = instance.kind === 'GPU' ? 0 : instance.gpuInstanceId;
  const inside = entities.flatMap((entity) =>
    entity.kind === 'GPU-CI' && entity.view.index === index && entity.gpuInstanceId === giId
      ? [entity]
      : [],
  );
  return {
    label: `I ${index}/${giId}`,
    value: `GPU Instance (EntityID: ${instance.id})`,
    children: inside.map((each) => ({
      label: `CI ${index}/${giId}/${each.device.computeInstance.id}`,
      value: `Compute Instance (EntityID: ${each.id})`,
    })),
  };
}

/** `group -l`: the two groups that always exist. */
export function listGroups(entities: readonly Entity[]): Reply {
  const cards = entities.filter((entity) => entity.kind === 'GPU');
  const groups = [
    { name: 'DCGM_ALL_SUPPORTED_GPUS', members: cards.map(({ id }) => `GPU ${id}`).join(', ') },
    { name: 'DCGM_ALL_SUPPORTED_NVSWITCHES', members: 'None' },
  ];
  const children = groups.map(({ name, members }, id) => ({
    label: String(id),
    value: '',
    children: [
      { label: 'Group ID', value: String(id) },
      { label: 'Group Name', value: name },
      { label: 'Entities', value: members },
    ],
  }));
  return reply([
    ...renderTree({
      leftWidth: 20,
      rightWidth: 60,
      headers: ['GROUPS', `${groups.length} groups found.`],
      separated: false,
      sections: [{ label: 'Groups', value: '', children }],
    }),
    '',
  ]);
}

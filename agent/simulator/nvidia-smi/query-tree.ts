import type { Dialect } from './dialect.ts';
import { board, identity, pci } from './query-board.ts';
import { group, isHopperOrNewer, leaf, mib, na, when, type QueryNode } from './query-node.ts';
import { activity, clocks, errors, memory, powers, state, thermals } from './query-readings.ts';
import type { GpuView } from './view.ts';

export function gpuTree(view: GpuView, dialect: Dialect): readonly QueryNode[] {
  return [
    ...identity(view, dialect),
    ...board(view, dialect),
    pci(view, dialect),
    ...state(view, dialect),
    ...memory(view, dialect),
    ...activity(view, dialect),
    ...errors(view, dialect),
    ...thermals(view, dialect),
    ...powers(view, dialect),
    ...clocks(view, dialect),
    ...tail(view, dialect),
  ];
}

function tail(view: GpuView, { major }: Dialect): readonly QueryNode[] {
  const joined = isHopperOrNewer(view);
  const health = [
    ...when(major >= 580, leaf('summary', 'Summary', na)),
    leaf('bandwidth', 'Bandwidth', na),
    ...(major >= 570
      ? [
          leaf('route_recovery_in_progress', 'Route Recovery in progress', na),
          leaf('route_unhealthy', 'Route Unhealthy', na),
          leaf('access_timeout_recovery', 'Access Timeout Recovery', na),
        ]
      : []),
    ...when(major >= 580, leaf('incorrect_configuration', 'Incorrect Configuration', na)),
    ...when(major >= 595, leaf('partition_assigned', 'Partition Assigned', na)),
  ];
  const steps: QueryNode[] = [];
  for (let at = view.card.smClockMaxMhz; at >= 210; at -= 15) {
    steps.push(leaf('supported_graphics_clock', '', `${at} MHz`));
  }
  return [
    ...when(
      major >= 525,
      group('fabric', 'Fabric', [
        leaf('state', 'State', joined ? 'Completed' : na),
        leaf('status', 'Status', joined ? 'Success' : na),
        ...(major >= 550
          ? [
              leaf('cliqueId', 'CliqueId', joined ? '0' : na),
              leaf(
                'clusterUuid',
                'ClusterUUID',
                joined ? '00000000-0000-0000-0000-000000000000' : na,
              ),
              group('health', 'Health', health),
            ]
          : []),
      ]),
    ),
    group('supported_clocks', '', [
      group('supported_mem_clock', '', [
        leaf('value', '', `${view.card.memoryClockMaxMhz} MHz`),
        ...steps,
      ]),
    ]),
    processes(view),
    group('accounted_processes', '', []),
    ...when(major >= 570, group('capabilities', 'Capabilities', [leaf('egm', 'EGM', 'disabled')])),
  ];
}

function processes(view: GpuView): QueryNode {
  return group(
    'processes',
    'Processes',
    view.processes.map((process) =>
      group('process_info', '', [
        leaf('gpu_instance_id', 'GPU instance ID', String(process.gpuInstanceId ?? na)),
        leaf('compute_instance_id', 'Compute instance ID', String(process.computeInstanceId ?? na)),
        leaf('pid', 'Process ID', String(process.pid)),
        leaf('type', 'Type', process.type),
        leaf('process_name', 'Name', process.name),
        leaf('used_memory', 'Used GPU Memory', mib(process.usedMib)),
      ]),
    ),
  );
}

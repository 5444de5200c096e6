import type { Dialect } from './dialect.ts';
import {
  deprecated,
  group,
  isHopperOrNewer,
  leaf,
  live,
  mib,
  na,
  onOff,
  pair,
  usage,
  when,
  type QueryNode,
} from './query-node.ts';
import type { GpuView, MigDeviceView } from './view.ts';

/** Who the card is, and its MIG devices. */
export function identity(view: GpuView, { major }: Dialect): readonly QueryNode[] {
  const mig = (on: boolean): string => (view.card.migGeometry === null ? na : onOff(on));
  return [
    leaf('product_name', 'Product Name', view.card.productName),
    leaf('product_brand', 'Product Brand', 'NVIDIA'),
    ...when(
      major >= 510,
      leaf('product_architecture', 'Product Architecture', view.card.architecture),
    ),
    leaf('display_mode', 'Display Mode', major >= 580 ? deprecated : 'Disabled'),
    ...when(major >= 580, leaf('display_attached', 'Display Attached', 'No')),
    leaf('display_active', 'Display Active', 'Disabled'),
    leaf('persistence_mode', 'Persistence Mode', onOff(view.gpu.persistence)),
    ...when(major >= 530, leaf('addressing_mode', 'Addressing Mode', 'None')),
    group('mig_mode', 'MIG Mode', [
      leaf('current_mig', 'Current', mig(view.gpu.migCurrent)),
      leaf('pending_mig', 'Pending', mig(view.gpu.migPending)),
    ]),
    view.devices.length === 0
      ? leaf('mig_devices', '', 'None')
      : group(
          'mig_devices',
          '',
          view.devices.map((device) => migDevice(device, major)),
        ),
    leaf('accounting_mode', 'Accounting Mode', 'Disabled'),
    leaf('accounting_mode_buffer_size', 'Accounting Mode Buffer Size', '4000'),
    pair('driver_model', 'Driver Model', 'dm', [na, na]),
    leaf('serial', 'Serial Number', view.gpu.serial),
    leaf('uuid', 'GPU UUID', view.gpu.uuid),
    ...when(
      major >= 580,
      leaf('pdi', 'GPU PDI', `0x${view.gpu.uuid.slice(4, 12)}${view.gpu.uuid.slice(-8)}`),
    ),
    leaf('minor_number', 'Minor Number', String(view.index)),
  ];
}

function migDevice(device: MigDeviceView, major: number): QueryNode {
  const { engines } = device.profile;
  const total = device.profile.memoryMib;
  return group('mig_device', 'MIG Device', [
    leaf('index', 'Index', String(device.index)),
    leaf('gpu_instance_id', 'GPU Instance ID', String(device.gpuInstanceId)),
    leaf('compute_instance_id', 'Compute Instance ID', String(device.computeInstance.id)),
    group('device_attributes', 'Device Attributes', [
      group('shared', 'Shared', [
        leaf('multiprocessor_count', 'Multiprocessor count', String(device.smCount)),
        leaf('copy_engine_count', 'Copy Engine count', String(device.profile.copyEngines)),
        leaf('encoder_count', 'Encoder count', String(engines.nvenc)),
        leaf('decoder_count', 'Decoder count', String(engines.nvdec)),
        leaf('ofa_count', 'OFA count', String(engines.ofa)),
        leaf('jpg_count', 'JPG count', String(engines.jpeg)),
      ]),
    ]),
    group('ecc_error_count', 'ECC Errors', [
      group('volatile_count', 'Volatile', [leaf('sram_uncorrectable', 'SRAM Uncorrectable', '0')]),
    ]),
    group('fb_memory_usage', 'Shared FB Memory Usage', [
      leaf('total', 'Total', mib(total)),
      ...when(major >= 510, leaf('reserved', 'Reserved', mib(0))),
      leaf('used', 'Used', mib(device.usedMib)),
      leaf('free', 'Free', mib(total - device.usedMib)),
    ]),
    usage('bar1_memory_usage', 'Shared BAR1 Memory', { total: device.bar1Mib, used: 0 }),
  ]);
}

/** Versions and modes of the board. */
export function board(view: GpuView, dialect: Dialect): readonly QueryNode[] {
  const { major } = dialect;
  const hopper = isHopperOrNewer(view);
  return [
    leaf('vbios_version', 'VBIOS Version', hopper ? '96.00.99.00.01' : '92.00.45.00.03'),
    leaf('multigpu_board', 'MultiGPU Board', 'No'),
    leaf('board_id', 'Board ID', `0x${parseInt(view.gpu.busId.slice(9, 11), 16).toString(16)}00`),
    ...when(major >= 525, leaf('board_part_number', 'Board Part Number', na)),
    leaf('gpu_part_number', 'GPU Part Number', `${view.card.pciDeviceId.slice(2, 6)}-884-A1`),
    ...when(major >= 530, leaf('gpu_fru_part_number', 'FRU Part Number', na)),
    ...when(major < 570, leaf('gpu_module_id', 'Module ID', '1')),
    ...when(
      major >= 570,
      group('platformInfo', 'Platform Info', [
        leaf('chassis_serial_number', 'Chassis Serial Number', na),
        leaf('slot_number', 'Slot Number', na),
        leaf('tray_index', 'Tray Index', na),
        leaf('host_id', 'Host ID', na),
        leaf('peer_type', 'Peer Type', na),
        leaf('module_id', 'Module Id', '1'),
        leaf('gpu_fabric_guid', 'GPU Fabric GUID', na),
      ]),
    ),
    group('inforom_version', 'Inforom Version', [
      leaf('img_version', 'Image Version', hopper ? 'G520.0200.00.05' : 'G506.0200.00.04'),
      leaf('oem_object', 'OEM Object', hopper ? '2.1' : '2.0'),
      leaf('ecc_object', 'ECC Object', hopper ? '7.16' : '6.16'),
      leaf('pwr_object', 'Power Management Object', na),
    ]),
    ...when(
      major >= 530,
      group('inforom_bbx_flush', 'Inforom BBX Object Flush', [
        leaf('latest_timestamp', 'Latest Timestamp', na),
        leaf('latest_duration', 'Latest Duration', na),
      ]),
    ),
    pair('gpu_operation_mode', 'GPU Operation Mode', 'gom', [na, na]),
    ...when(
      major < 550,
      leaf('gsp_firmware_version', 'GSP Firmware Version', dialect.driverVersion),
    ),
    ...when(major >= 550, leaf('c2c_mode', 'GPU C2C Mode', hopper ? 'Disabled' : na)),
    group('gpu_virtualization_mode', 'GPU Virtualization Mode', [
      leaf('virtualization_mode', 'Virtualization Mode', 'None'),
      leaf('host_vgpu_mode', 'Host VGPU Mode', na),
      ...when(major >= 550, leaf('vgpu_heterogeneous_mode', 'vGPU Heterogeneous Mode', na)),
    ]),
    ...verdicts(view, dialect),
    ...when(
      major >= 550,
      leaf('gsp_firmware_version', 'GSP Firmware Version', dialect.driverVersion),
    ),
    group('ibmnpu', 'IBMNPU', [leaf('relaxed_ordering_mode', 'Relaxed Ordering Mode', na)]),
  ];
}

/** Whether the driver wants a reset: one section until 580, the recovery action from 570 on. */
function verdicts(view: GpuView, { major }: Dialect): readonly QueryNode[] {
  return [
    ...when(
      major >= 535 && major < 580,
      group('gpu_reset_status', 'GPU Reset Status', [
        leaf(
          'reset_required',
          'Reset Required',
          major >= 570 ? deprecated : view.health.needsReset ? 'Yes' : 'No',
        ),
        leaf(
          'drain_and_reset_recommended',
          'Drain and Reset Recommended',
          major >= 570 ? deprecated : na,
        ),
      ]),
    ),
    ...when(
      major >= 570,
      leaf('gpu_recovery_action', 'GPU Recovery Action', view.health.recoveryAction),
    ),
  ];
}

/** Where it is plugged in. */
export function pci(view: GpuView, { major }: Dialect): QueryNode {
  const generation = isHopperOrNewer(view) ? '5' : view.card.architecture === 'Turing' ? '3' : '4';
  const [domain = '', bus = '', device = ''] = view.gpu.busId.split(/[:.]/);
  return group('pci', 'PCI', [
    ...hex('pci_bus', 'Bus', bus),
    ...hex('pci_device', 'Device', device),
    ...hex('pci_domain', 'Domain', domain.slice(-4)),
    ...(major >= 550
      ? [
          ...hex('pci_base_class', 'Base Classcode', '3'),
          ...hex('pci_sub_class', 'Sub Classcode', '2'),
        ]
      : []),
    ...hex('pci_device_id', 'Device Id', view.card.pciDeviceId.slice(2)),
    leaf('pci_bus_id', 'Bus Id', view.gpu.busId),
    ...hex('pci_sub_system_id', 'Sub System Id', '134F10DE'),
    group('pci_gpu_link_info', 'GPU Link Info', [
      group('pcie_gen', 'PCIe Generation', [
        leaf('max_link_gen', 'Max', generation),
        leaf('current_link_gen', 'Current', generation),
        ...(major >= 525
          ? [
              leaf('device_current_link_gen', 'Device Current', generation),
              leaf('max_device_link_gen', 'Device Max', generation),
              leaf('max_host_link_gen', 'Host Max', na),
            ]
          : []),
      ]),
      group('link_widths', 'Link Width', [
        leaf('max_link_width', 'Max', '16x'),
        leaf('current_link_width', 'Current', '16x'),
      ]),
    ]),
    group('pci_bridge_chip', 'Bridge Chip', [
      leaf('bridge_chip_type', 'Type', na),
      leaf('bridge_chip_fw', 'Firmware', na),
    ]),
    leaf('replay_counter', 'Replays Since Reset', '0'),
    leaf('replay_rollover_counter', 'Replay Number Rollovers', '0'),
    leaf('tx_util', 'Tx Throughput', live(view, '0 KB/s')),
    leaf('rx_util', 'Rx Throughput', live(view, '0 KB/s')),
    ...atomics(major),
  ]);
}

/** Newer drivers turned them round. */
function atomics(major: number): readonly QueryNode[] {
  if (major < 525) return [];
  return major >= 560 ? [outbound, inbound] : [inbound, outbound];
}

const inbound = leaf('atomic_caps_inbound', 'Atomic Caps Inbound', na);
const outbound = leaf('atomic_caps_outbound', 'Atomic Caps Outbound', na);

/** The text form has a 0x before what the XML form prints bare. */
function hex(tag: string, label: string, digits: string): readonly QueryNode[] {
  return [leaf(tag, '', digits), leaf('', label, `0x${digits}`)];
}

import { clockReasonMask, isClockReason } from './clock-reasons.ts';
import { fixed2, type Dialect } from './dialect.ts';
import {
  deprecatedCell,
  field,
  mhz,
  mib,
  percent,
  watts,
  type Field,
  type FieldContext,
  type FieldOptions,
} from './query-field.ts';
import { recentFields } from './query-fields-recent.ts';

const onOff = (on: boolean): string => (on ? 'Enabled' : 'Disabled');
const hasMig = ({ view }: FieldContext): boolean => view.card.migGeometry !== null;
const hasEcc = (): boolean => true;
const isHopperOrNewer = ({ view }: FieldContext): boolean =>
  view.card.architecture === 'Hopper' || view.card.architecture === 'Blackwell';
const videoClock = ({ view }: FieldContext): number =>
  Math.round((view.smClockMhz * 0.78) / 15) * 15;
const busPart = (at: number) => (context: FieldContext) =>
  `0x${context.view.gpu.busId.split(/[:.]/)[at] ?? '00'}`;

/** In the order of the tool's help, which is not that of the bits. */
const reasonOrder = [
  'gpu_idle',
  'applications_clocks_setting',
  'sw_power_cap',
  'hw_slowdown',
  'hw_thermal_slowdown',
  'hw_power_brake_slowdown',
  'sw_thermal_slowdown',
  'sync_boost',
] as const;

/** Every field of `--query-gpu` up to driver 550, in the order of the tool's own help. */
const gpuFields: readonly Field[] = [
  field('timestamp', 'when the row was made, to the millisecond', (c) => c.timestamp),
  field('driver_version', 'version of the driver', (c) => c.dialect.driverVersion),
  field('vgpu_driver_capability.heterogenous_multivGPU', 'what vGPU could do', () => null, {
    since: 535,
  }),
  field('count', 'cards in this host', (c) => c.gpuCount),
  field('name', 'product name', (c) => c.view.card.productName, { aliases: ['gpu_name'] }),
  field('serial', 'serial number of the board', (c) => c.view.gpu.serial, {
    aliases: ['gpu_serial'],
  }),
  field('uuid', 'identity of the card', (c) => c.view.gpu.uuid, { aliases: ['gpu_uuid'] }),
  field('pci.bus_id', 'domain:bus:device.function', (c) => c.view.gpu.busId, {
    aliases: ['gpu_bus_id'],
  }),
  field('pci.domain', 'PCI domain', (c) => `0x${c.view.gpu.busId.slice(4, 8)}`),
  field('pci.bus', 'PCI bus', busPart(1)),
  field('pci.device', 'PCI device', busPart(2)),
  field('pci.baseClass', 'PCI base class', () => '0x3', { since: 550 }),
  field('pci.subClass', 'PCI sub class', () => '0x2', { since: 550 }),
  field('pci.device_id', 'PCI device and vendor', (c) => c.view.card.pciDeviceId),
  field('pci.sub_device_id', 'PCI subsystem', () => '0x134F10DE'),
  ...[
    'fractional_multiVgpu',
    'heterogeneous_timeSlice_profile',
    'heterogeneous_timeSlice_sizes',
  ].map((name) =>
    field(`vgpu_device_capability.${name}`, 'what vGPU could do', () => null, { since: 535 }),
  ),
  field('pcie.link.gen.current', 'link generation now', pcieGeneration),
  field('pcie.link.gen.gpucurrent', 'link generation now', pcieGeneration, { since: 525 }),
  field('pcie.link.gen.max', 'best link generation here', pcieGeneration),
  field('pcie.link.gen.gpumax', "the card's best link generation", pcieGeneration, { since: 525 }),
  field('pcie.link.gen.hostmax', "the port's best link generation", () => null, { since: 525 }),
  field('pcie.link.width.current', 'lanes now', () => 16),
  field('pcie.link.width.max', 'lanes at best', () => 16),
  field('index', 'number of the card; may change at a boot', (c) => c.view.index),
  field('display_mode', 'whether a display is attached', ({ dialect }) =>
    dialect.major >= 580 ? deprecatedCell : 'Disabled',
  ),
  field('display_active', 'whether a display is in use', () => 'Disabled'),
  field('persistence_mode', 'whether the driver stays loaded', (c) =>
    onOff(c.view.gpu.persistence),
  ),
  field('addressing_mode', 'HMM, ATS or None', () => 'None', { since: 530 }),
  field('accounting.mode', 'process accounting', () => 'Disabled'),
  field('accounting.buffer_size', 'processes that accounting keeps', () => 4000),
  field('driver_model.current', 'Windows only', () => null),
  field('driver_model.pending', 'Windows only', () => null),
  field('vbios_version', 'version of the board BIOS', vbios),
  field('inforom.img', 'version of the InfoROM image', () => 'G506.0200.00.04', {
    aliases: ['inforom.image'],
  }),
  field('inforom.oem', 'version of the OEM object', () => '2.0'),
  field('inforom.ecc', 'version of the ECC object', () => '6.16'),
  field('inforom.pwr', 'version of the power object', () => null, { aliases: ['inforom.power'] }),
  field(
    'reset_status.reset_required',
    'whether a reset is needed',
    ({ view }) => (view.health.needsReset ? 'Yes' : 'No'),
    { since: 535, until: 570 },
  ),
  field('reset_status.drain_and_reset_recommended', 'whether to drain first', () => null, {
    since: 535,
    until: 570,
  }),
  field('gom.current', 'operation mode', () => null, { aliases: ['gpu_operation_mode.current'] }),
  field('gom.pending', 'operation mode', () => null, { aliases: ['gpu_operation_mode.pending'] }),
  field('fan.speed', 'fan', () => null, { unit: '%', live: true }),
  field('pstate', 'performance state', (c) => c.view.performanceState),
  field(
    'clocks_event_reasons.supported',
    'mask',
    () => '0x00000000000001FF',
    eventReason('supported'),
  ),
  field(
    'clocks_event_reasons.active',
    'mask',
    (c) => clockReasonMask(c.view),
    eventReason('active'),
  ),
  ...reasonOrder.map((reason) =>
    field(
      `clocks_event_reasons.${reason}`,
      'what holds the clocks down',
      (c) => (isClockReason(c.view, reason) ? 'Active' : 'Not Active'),
      eventReason(reason),
    ),
  ),
  field('memory.total', 'all memory of the card', (c) => c.view.card.memoryMib, mib),
  field('memory.reserved', "the driver's own part", (c) => c.view.reservedMib, {
    ...mib(),
    since: 510,
  }),
  field('memory.used', 'memory of all contexts', (c) => c.view.usedMib, mib),
  field('memory.free', 'memory nobody has', (c) => c.view.freeMib, mib),
  field('compute_mode', 'how many contexts are allowed', (c) => c.view.gpu.computeMode),
  field('compute_cap', 'compute capability', (c) => c.view.card.computeCapability, { since: 510 }),
  field('utilization.gpu', 'time in which any kernel ran', (c) => c.view.busyPercent, percent),
  field('utilization.memory', 'time with memory traffic', (c) => c.view.memoryBusyPercent, percent),
  ...['encoder', 'decoder', 'jpeg', 'ofa'].map((engine) =>
    field(
      `utilization.${engine}`,
      `load of the ${engine} engine`,
      (c) => (c.view.busyPercent === null ? null : 0),
      { ...percent(), since: 535 },
    ),
  ),
  field('encoder.stats.sessionCount', 'encoder sessions', () => 0, { live: true }),
  field('encoder.stats.averageFps', 'encoder frames per second', () => 0, { live: true }),
  field('encoder.stats.averageLatency', 'encoder latency, us', () => 0, { live: true }),
  field('ecc.mode.current', 'ECC', () => onOff(hasEcc())),
  field('ecc.mode.pending', 'ECC after the next reboot', () => onOff(hasEcc())),
  ...eccFields(),
  field('retired_pages.single_bit_ecc.count', 'retired pages', onTuring(0), {
    aliases: ['retired_pages.sbe'],
    live: true,
  }),
  field('retired_pages.double_bit.count', 'retired pages', onTuring(0), {
    aliases: ['retired_pages.dbe'],
    live: true,
  }),
  field('retired_pages.pending', 'pages that retire at the next reboot', onTuring('No'), {
    live: true,
  }),
  field('temperature.gpu', 'degrees C', (c) => c.view.temperatureCelsius, { live: true }),
  field(
    'temperature.gpu.tlimit',
    'degrees C to the limit',
    (c) => (isHopperOrNewer(c) ? 87 - c.view.temperatureCelsius : null),
    { since: 535, live: true },
  ),
  field(
    'temperature.memory',
    'degrees C',
    (c) => (c.view.card.memoryClockMaxMhz < 4000 ? c.view.temperatureCelsius + 2 : null),
    { live: true },
  ),
  field('power.management', 'whether power is managed', ({ dialect }) =>
    dialect.major >= 590 ? deprecatedCell : 'Supported',
  ),
  field('power.draw', 'watts', (c) => fixed2(c.view.powerWatts), watts),
  field(
    'power.draw.average',
    'watts over a second',
    // GA100 boards have no average.
    (c) => (c.view.card.computeCapability === '8.0' ? null : fixed2(c.view.powerWatts)),
    { ...watts(), since: 535 },
  ),
  field('power.draw.instant', 'watts now', (c) => fixed2(c.view.powerWatts), {
    ...watts(),
    since: 535,
  }),
  ...['power.limit', 'enforced.power.limit'].map((name) =>
    field(name, 'watts allowed', (c) => fixed2(c.view.powerLimitWatts), watts),
  ),
  ...['power.default_limit', 'power.max_limit'].map((name) =>
    field(name, 'watts allowed at most', (c) => fixed2(c.view.card.powerLimitWatts), watts),
  ),
  field('power.min_limit', 'least limit', (c) => fixed2(c.view.powerMinWatts), watts),
  field('clocks.current.graphics', 'MHz', (c) => c.view.smClockMhz, mhz('clocks.gr')),
  field('clocks.current.sm', 'MHz', (c) => c.view.smClockMhz, mhz('clocks.sm')),
  field('clocks.current.memory', 'MHz', (c) => c.view.memoryClockMhz, mhz('clocks.mem')),
  field('clocks.current.video', 'MHz', videoClock, mhz('clocks.video')),
  ...['applications', 'default_applications', 'max'].flatMap((kind) => [
    field(
      `clocks.${kind}.graphics`,
      'MHz',
      setting(kind, (c) => c.view.card.smClockMaxMhz),
      {
        ...mhz(`clocks.${kind}.gr`),
        live: false,
      },
    ),
    ...(kind === 'max'
      ? [field('clocks.max.sm', 'MHz', (c) => c.view.card.smClockMaxMhz, { unit: 'MHz' })]
      : []),
    field(
      `clocks.${kind}.memory`,
      'MHz',
      setting(kind, (c) => c.view.card.memoryClockMaxMhz),
      {
        ...mhz(`clocks.${kind}.mem`),
        live: false,
      },
    ),
  ]),
  field('mig.mode.current', 'MIG now', (c) => (hasMig(c) ? onOff(c.view.gpu.migCurrent) : null)),
  field('mig.mode.pending', 'MIG after a reset', (c) =>
    hasMig(c) ? onOff(c.view.gpu.migPending) : null,
  ),
  field('gsp.mode.current', 'GSP firmware', () => 'Enabled', { since: 515 }),
  field('gsp.mode.default', 'GSP firmware', () => 'Enabled', { since: 515 }),
  field('c2c.mode', 'chip-to-chip link', (c) => (isHopperOrNewer(c) ? 'Disabled' : null), {
    since: 550,
  }),
  ...['total', 'used', 'free'].map((kind) =>
    field(`protected_memory.${kind}`, 'confidential memory', () => 0, { ...mib(), since: 535 }),
  ),
  field('fabric.state', 'NVLink fabric', (c) => (isHopperOrNewer(c) ? 'Completed' : null), {
    since: 525,
  }),
  field('fabric.status', 'NVLink fabric', (c) => (isHopperOrNewer(c) ? 'Success' : null), {
    since: 525,
  }),
];

/** The fields that `driver` has. */
export function gpuFieldsOf(dialect: Dialect): readonly Field[] {
  return [...gpuFields, ...recentFields].filter(
    ({ since, until }) => dialect.major >= since && dialect.major < until,
  );
}

/** Before 535 the event reasons were called throttle reasons. */
export function fieldTitle(name: string, dialect: Dialect): string {
  return dialect.major < 535
    ? name.replace('clocks_event_reasons', 'clocks_throttle_reasons')
    : name;
}

function eccFields(): readonly Field[] {
  const scopes = [
    'corrected.volatile',
    'corrected.aggregate',
    'uncorrected.volatile',
    'uncorrected.aggregate',
  ];
  const counted = ['device_memory', 'dram', 'sram', 'total'];
  const units = ['register_file', 'l1_cache', 'l2_cache', 'texture_memory', 'cbu'];
  return scopes.flatMap((scope) =>
    ['device_memory', 'dram', ...units, 'sram', 'total'].map((unit) =>
      field(
        `ecc.errors.${scope}.${unit}`,
        'ECC errors',
        ({ view }) =>
          counted.includes(unit)
            ? scope.startsWith('uncorrected') && unit !== 'sram'
              ? view.health.eccErrors
              : 0
            : null,
        { live: true },
      ),
    ),
  );
}

/** Application clocks were given up by driver 590. */
function setting(kind: string, value: Field['value']): Field['value'] {
  return (context) =>
    kind !== 'max' && context.dialect.major >= 590 ? deprecatedCell : value(context);
}

/** Turing retires pages; later cards remap rows. */
function onTuring(value: string | number): Field['value'] {
  return ({ view }) => (view.card.architecture === 'Turing' ? value : null);
}

function eventReason(name: string): FieldOptions {
  return { aliases: [`clocks_throttle_reasons.${name}`], live: true };
}

function pcieGeneration({ view }: FieldContext): number {
  if (view.card.architecture === 'Turing') return 3;
  return view.card.architecture === 'Hopper' || view.card.architecture === 'Blackwell' ? 5 : 4;
}

function vbios({ view }: FieldContext): string {
  return view.card.architecture === 'Hopper' ? '96.00.99.00.01' : '92.00.45.00.03';
}

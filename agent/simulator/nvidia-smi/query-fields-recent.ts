import { isHopperOrNewer } from './query-node.ts';
import { field, watts, type Field, type FieldContext } from './query-field.ts';

/** `N/A` without brackets: how fabric health says nothing. */
const bareNa = 'N/A';

/**
 * Fields that came after driver 550. The first driver of each is known for few of them: where only a later help
 * text lists one, it is offered from the release whose `-q` has the same reading.
 */
export const recentFields: readonly Field[] = [
  field('gpu_recovery_action', "the driver's own verdict", (c) => c.view.health.recoveryAction, {
    since: 570,
  }),
  field('display_attached', 'whether a display is attached', () => 'No', { since: 580 }),
  field('inforom.checksum_validation', 'state of the InfoROM', () => 'valid', { since: 580 }),
  ...[
    'sw_power_cap',
    'sync_boost',
    'sw_thermal_slowdown',
    'hw_thermal_slowdown',
    'hw_power_brake_slowdown',
  ].map((reason) =>
    field(`clocks_event_reasons_counters.${reason}`, 'time so held down', () => 0, {
      unit: 'us',
      since: 580,
      live: true,
    }),
  ),
  ...['current', 'pending'].map((when) =>
    field(`dramEncryption.mode.${when}`, 'memory encryption', () => null, { since: 570 }),
  ),
  ...sramFields(),
  ...remappedFields(),
  ...['draw.average', 'draw.instant', 'limit', 'default_limit', 'min_limit', 'max_limit'].map(
    (name) =>
      field(`module.power.${name}`, 'watts of the module', () => null, { ...watts(), since: 560 }),
  ),
  field('module.enforced.power.limit', 'watts of the module', () => null, {
    ...watts(),
    since: 560,
  }),
  field('edpp_multiplier', 'EDPp', () => '100.00', { unit: '%', since: 590 }),
  field('fabric.cliqueId', 'NVLink fabric', joined('0'), { since: 560 }),
  field('fabric.clusterUuid', 'NVLink fabric', joined('00000000-0000-0000-0000-000000000000'), {
    since: 560,
  }),
  field('fabric.health.bandwidth', 'NVLink fabric', () => bareNa, { since: 560 }),
  ...['route_recovery_in_progress', 'route_unhealthy', 'access_timeout_recovery'].map((name) =>
    field(`fabric.health.${name}`, 'NVLink fabric', () => bareNa, { since: 570 }),
  ),
  ...['summary', 'incorrect_configuration'].map((name) =>
    field(`fabric.health.${name}`, 'NVLink fabric', () => bareNa, { since: 580 }),
  ),
  ...[
    'chassis_serial_number',
    'slot_number',
    'tray_index',
    'host_id',
    'peer_type',
    'gpu_fabric_guid',
  ].map((name) => field(`platform.${name}`, 'place in the rack', () => null, { since: 570 })),
  field('platform.module_id', 'place on the board', () => 1, { since: 570 }),
  field('hostname', 'name that was given to the card', () => null, { since: 580 }),
];

/** Where SRAM errors were found, told apart since then. */
function sramFields(): readonly Field[] {
  const counted = [
    'volatile.sram.parity',
    'volatile.sram.secded',
    'aggregate.sram.parity',
    'aggregate.sram.secded',
    ...['l2', 'sm', 'mcu', 'pcie', 'other'].map((unit) => `aggregate.sram.${unit}`),
  ].map((name) =>
    field(`ecc.errors.uncorrected.${name}`, 'SRAM errors', () => 0, { since: 560, live: true }),
  );
  const exceeded = field(
    'ecc.errors.uncorrected.aggregate.sram.thresholdExceeded',
    'whether the board is to be replaced',
    () => 'No',
    { since: 560, live: true },
  );
  return [...counted, exceeded];
}

/** Under MIG only the histogram is told; Turing remaps nothing. */
function remappedFields(): readonly Field[] {
  const options = { since: 560, live: true };
  return [
    field(
      'remapped_rows.correctable',
      'remapped rows',
      offMig(() => 0),
      options,
    ),
    field(
      'remapped_rows.uncorrectable',
      'remapped rows',
      offMig(({ view }) => (view.health.rowRemapPending ? 1 : 0)),
      options,
    ),
    field(
      'remapped_rows.pending',
      'whether a reset would remap a row',
      offMig(({ view }) => yesNo(view.health.rowRemapPending)),
      options,
    ),
    field(
      'remapped_rows.failure',
      'whether a row could not be remapped',
      offMig(({ view }) => yesNo(view.health.rowRemapFailure)),
      options,
    ),
    field('remapped_rows.histogram.max', 'banks', (c) => (isHopperOrNewer(c.view) ? 2560 : 640), {
      since: 590,
      live: true,
    }),
    ...['high', 'partial', 'low', 'none'].map((name) =>
      field(`remapped_rows.histogram.${name}`, 'banks', () => 0, { since: 590, live: true }),
    ),
  ];
}

function joined(value: string): Field['value'] {
  return ({ view }: FieldContext) => (isHopperOrNewer(view) ? value : null);
}

function offMig(value: Field['value']): Field['value'] {
  return (context) => {
    const { gpu, card } = context.view;
    return gpu.migCurrent || card.architecture === 'Turing' ? null : value(context);
  };
}

function yesNo(on: boolean): string {
  return on ? 'Yes' : 'No';
}

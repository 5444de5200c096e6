import { isClockReason, type ClockReason } from './clock-reasons.ts';
import type { Dialect } from './dialect.ts';
import {
  deprecated,
  group,
  isHopperOrNewer,
  leaf,
  live,
  mib,
  na,
  pair,
  usage,
  watts,
  when,
  type QueryNode,
} from './query-node.ts';
import { slowdownCelsius, type GpuView } from './view.ts';

/** Performance state and what holds the clocks down. */
export function state(view: GpuView, { major }: Dialect): readonly QueryNode[] {
  const word = major >= 535 ? 'event' : 'throttle';
  const title = major >= 535 ? 'Event' : 'Throttle';
  const reason = (name: ClockReason, label: string): QueryNode => {
    const active = isClockReason(view, name) ? 'Active' : 'Not Active';
    return leaf(`clocks_${word}_reason_${name}`, label, live(view, active));
  };
  const hardware = [
    reason('hw_thermal_slowdown', 'HW Thermal Slowdown'),
    reason('hw_power_brake_slowdown', 'HW Power Brake Slowdown'),
  ];
  return [
    leaf('fan_speed', 'Fan Speed', na),
    leaf('performance_state', 'Performance State', live(view, view.performanceState)),
    group(`clocks_${word}_reasons`, `Clocks ${title} Reasons`, [
      reason('gpu_idle', 'Idle'),
      reason('applications_clocks_setting', 'Applications Clocks Setting'),
      reason('sw_power_cap', 'SW Power Cap'),
      reason('hw_slowdown', 'HW Slowdown'),
      // The text form indents the two causes under their heading; the XML form does not.
      ...hardware.map(({ tag, body }) => ({ tag, label: '', body })),
      group(
        '',
        '',
        hardware.map(({ label, body }) => ({ tag: '', label, body })),
      ),
      reason('sync_boost', 'Sync Boost'),
      reason('sw_thermal_slowdown', 'SW Thermal Slowdown'),
      reason('display_clocks_setting', 'Display Clock Setting'),
    ]),
    ...when(
      major >= 580,
      group('clocks_event_reasons_counters', 'Clocks Event Reasons Counters', [
        leaf('clocks_event_reasons_counters_sw_power_cap', 'SW Power Capping', '0 us'),
        leaf('clocks_event_reasons_counters_sync_boost', 'Sync Boost', '0 us'),
        leaf('clocks_event_reasons_counters_sw_therm_slowdown', 'SW Thermal Slowdown', '0 us'),
        leaf('clocks_event_reasons_counters_hw_therm_slowdown', 'HW Thermal Slowdown', '0 us'),
        leaf('clocks_event_reasons_counters_hw_power_brake', 'HW Power Braking', '0 us'),
      ]),
    ),
    ...when(major >= 530, leaf('sparse_operation_mode', 'Sparse Operation Mode', na)),
  ];
}

/** Memory of the card. */
export function memory(view: GpuView, { major }: Dialect): readonly QueryNode[] {
  return [
    group('fb_memory_usage', 'FB Memory Usage', [
      leaf('total', 'Total', live(view, mib(view.card.memoryMib))),
      ...when(major >= 510, leaf('reserved', 'Reserved', live(view, mib(view.reservedMib)))),
      leaf('used', 'Used', live(view, mib(view.usedMib))),
      leaf('free', 'Free', live(view, mib(view.freeMib))),
    ]),
    usage('bar1_memory_usage', 'BAR1 Memory Usage', { total: view.bar1Mib, used: 1 }),
    ...when(
      major >= 535,
      usage('cc_protected_memory_usage', 'Conf Compute Protected Memory Usage', {
        total: 0,
        used: 0,
      }),
    ),
    leaf('compute_mode', 'Compute Mode', view.gpu.computeMode),
  ];
}

/** Load. */
export function activity(view: GpuView, { major }: Dialect): readonly QueryNode[] {
  const percent = (value: number | null): string => live(view, value === null ? na : `${value} %`);
  const engine = view.busyPercent === null ? null : 0;
  return [
    group('utilization', 'Utilization', [
      leaf('gpu_util', major >= 580 ? 'GPU' : 'Gpu', percent(view.busyPercent)),
      leaf('memory_util', 'Memory', percent(view.memoryBusyPercent)),
      leaf('encoder_util', 'Encoder', percent(engine)),
      leaf('decoder_util', 'Decoder', percent(engine)),
      ...when(major >= 530, leaf('jpeg_util', 'JPEG', percent(engine))),
      ...when(major >= 530, leaf('ofa_util', 'OFA', percent(engine))),
    ]),
    stats('encoder_stats', 'Encoder Stats'),
    stats('fbc_stats', 'FBC Stats'),
    ...when(
      major >= 570,
      pair('dram_encryption_mode', 'DRAM Encryption Mode', 'dram_encryption', [na, na]),
    ),
    pair('ecc_mode', 'ECC Mode', 'ecc', ['Enabled', 'Enabled']),
  ];
}

/** ECC, retired pages, remapped rows. */
export function errors(view: GpuView, { major }: Dialect): readonly QueryNode[] {
  const zero = live(view, '0');
  const { eccErrors, rowRemapPending, rowRemapFailure } = view.health;
  const yesNo = (on: boolean): string => live(view, on ? 'Yes' : 'No');
  // Turing keeps one count of SRAM errors, and retires pages instead of remapping rows.
  const turing = view.card.architecture === 'Turing';
  const split = major >= 535 && !turing;
  const counters = [
    leaf('sram_correctable', 'SRAM Correctable', zero),
    ...(split
      ? [
          leaf('sram_uncorrectable_parity', 'SRAM Uncorrectable Parity', zero),
          leaf('sram_uncorrectable_secded', 'SRAM Uncorrectable SEC-DED', zero),
        ]
      : [leaf('sram_uncorrectable', 'SRAM Uncorrectable', zero)]),
    leaf('dram_correctable', 'DRAM Correctable', zero),
    leaf('dram_uncorrectable', 'DRAM Uncorrectable', live(view, String(eccErrors))),
  ];
  return [
    group('ecc_errors', 'ECC Errors', [
      group('volatile', 'Volatile', counters),
      group('aggregate', 'Aggregate', [
        ...counters,
        ...when(split, leaf('sram_threshold_exceeded', 'SRAM Threshold Exceeded', 'No')),
      ]),
      ...when(
        split,
        group(
          'aggregate_uncorrectable_sram_sources',
          'Aggregate Uncorrectable SRAM Sources',
          ['L2', 'SM', 'Microcontroller', 'PCIE', 'Other'].map((unit) =>
            leaf(`sram_${unit.toLowerCase()}`, `SRAM ${unit}`, zero),
          ),
        ),
      ),
      ...when(
        split && major >= 580,
        leaf('channel_repair_pending', 'Channel Repair Pending', 'No'),
      ),
      ...when(split && major >= 580, leaf('tpc_repair_pending', 'TPC Repair Pending', 'No')),
      ...when(split && major >= 590, leaf('unrepairable_memory', 'Unrepairable Memory', 'No')),
    ]),
    group('retired_pages', 'Retired Pages', [
      retired('multiple_single_bit_retirement', turing),
      retired('double_bit_retirement', turing),
      leaf('', 'Single Bit ECC', turing ? '0' : na),
      leaf('', 'Double Bit ECC', turing ? '0' : na),
      leaf('pending_blacklist', 'Pending Page Blacklist', turing ? 'No' : na),
      leaf('pending_retirement', '', turing ? 'No' : na),
    ]),
    view.gpu.migCurrent || turing
      ? leaf('remapped_rows', 'Remapped Rows', na)
      : group('remapped_rows', 'Remapped Rows', [
          leaf('remapped_row_corr', 'Correctable Error', zero),
          leaf('remapped_row_unc', 'Uncorrectable Error', live(view, rowRemapPending ? '1' : '0')),
          leaf('remapped_row_pending', 'Pending', yesNo(rowRemapPending)),
          leaf('remapped_row_failure', 'Remapping Failure Occurred', yesNo(rowRemapFailure)),
          group('row_remapper_histogram', 'Bank Remap Availability Histogram', [
            histogram('max', 'Max', isHopperOrNewer(view) ? 2560 : 640),
            histogram('high', 'High', 0),
            histogram('partial', 'Partial', 0),
            histogram('low', 'Low', 0),
            histogram('none', 'None', 0),
          ]),
        ]),
  ];
}

/** Temperatures and their limits. */
export function thermals(view: GpuView, { major }: Dialect): readonly QueryNode[] {
  // Hopper and newer tell thresholds as distances from the limit.
  const offsets = major >= 535 && isHopperOrNewer(view);
  const limit = offsets ? 'tlimit_threshold' : 'threshold';
  const named = (name: string): string => (offsets ? `${name} T.Limit Temp` : `${name} Temp`);
  const memoryTemp = view.card.memoryClockMaxMhz < 4_000 ? `${view.temperatureCelsius + 2} C` : na;
  return [
    group('temperature', 'Temperature', [
      leaf('gpu_temp', 'GPU Current Temp', live(view, `${view.temperatureCelsius} C`)),
      ...when(
        major >= 525,
        leaf(
          'gpu_temp_tlimit',
          'GPU T.Limit Temp',
          live(view, isHopperOrNewer(view) ? `${87 - view.temperatureCelsius} C` : na),
        ),
      ),
      leaf(`gpu_temp_max_${limit}`, named('GPU Shutdown'), offsets ? '-8 C' : '92 C'),
      leaf(
        `gpu_temp_slow_${limit}`,
        named('GPU Slowdown'),
        offsets ? '-2 C' : `${slowdownCelsius} C`,
      ),
      leaf(`gpu_temp_max_gpu_${limit}`, named('GPU Max Operating'), offsets ? '0 C' : '85 C'),
      leaf('gpu_target_temperature', 'GPU Target Temperature', na),
      leaf('memory_temp', 'Memory Current Temp', live(view, memoryTemp)),
      leaf(`gpu_temp_max_mem_${limit}`, named('Memory Max Operating'), offsets ? '0 C' : '95 C'),
    ]),
    group('supported_gpu_target_temp', '', [
      leaf('gpu_target_temp_min', '', na),
      leaf('gpu_target_temp_max', '', na),
    ]),
  ];
}

/** Watts, in the layout of the driver. */
export function powers(view: GpuView, dialect: Dialect): readonly QueryNode[] {
  const { major } = dialect;
  const draw = live(view, watts(view.powerWatts));
  const limit = watts(view.powerLimitWatts);
  const most = watts(view.card.powerLimitWatts);
  const min = watts(view.powerMinWatts);
  if (major < 535) {
    return [
      group('power_readings', 'Power Readings', [
        leaf('power_state', '', view.performanceState),
        leaf('power_management', 'Power Management', 'Supported'),
        leaf('power_draw', 'Power Draw', draw),
        leaf('power_limit', 'Power Limit', limit),
        leaf('default_power_limit', 'Default Power Limit', most),
        leaf('enforced_power_limit', 'Enforced Power Limit', limit),
        leaf('min_power_limit', 'Min Power Limit', min),
        leaf('max_power_limit', 'Max Power Limit', most),
      ]),
    ];
  }
  // GA100 has no averaged reading.
  const average = view.card.computeCapability === '8.0' ? na : draw;
  const readings = (given: Record<'average' | 'instant' | 'limit' | 'most' | 'min', string>) => [
    leaf('power_state', '', major >= 595 ? deprecated : view.performanceState),
    ...(major >= 550
      ? [
          leaf('average_power_draw', 'Average Power Draw', given.average),
          leaf('instant_power_draw', 'Instantaneous Power Draw', given.instant),
        ]
      : [leaf('power_draw', 'Power Draw', given.instant)]),
    leaf('current_power_limit', 'Current Power Limit', given.limit),
    leaf('requested_power_limit', 'Requested Power Limit', given.limit),
    leaf('default_power_limit', 'Default Power Limit', given.most),
    leaf('min_power_limit', 'Min Power Limit', given.min),
    leaf('max_power_limit', 'Max Power Limit', given.most),
  ];
  const none = { average: na, instant: na, limit: na, most: na, min: na };
  return [
    group(
      'gpu_power_readings',
      'GPU Power Readings',
      readings({ average, instant: draw, limit, most, min }),
    ),
    ...when(
      major >= 550,
      group('gpu_memory_power_readings', 'GPU Memory Power Readings ', [
        leaf('average_power_draw', 'Average Power Draw', na),
        leaf('instant_power_draw', 'Instantaneous Power Draw', na),
      ]),
    ),
    group('module_power_readings', 'Module Power Readings', readings(none)),
    ...when(major >= 570, leaf('power_smoothing', 'Power Smoothing', na)),
    ...when(
      major >= 570,
      group('power_profiles', 'Workload Power Profiles', [
        leaf('power_profile_requested_profiles', 'Requested Profiles', na),
        leaf('power_profile_enforced_profiles', 'Enforced Profiles', na),
      ]),
    ),
    ...when(
      major >= 590,
      leaf('edpp_multiplier', 'EDPp Multiplier', isHopperOrNewer(view) ? '100.00%' : na),
    ),
  ];
}

/** Clocks now, as set, and at most. */
export function clocks(view: GpuView, { major }: Dialect): readonly QueryNode[] {
  const { smClockMaxMhz: sm, memoryClockMaxMhz: mem } = view.card;
  const video = (clock: number): string => mhzOf(Math.round((clock * 0.78) / 15) * 15);
  const settings = (tag: string, label: string): QueryNode =>
    group(tag, label, [
      leaf('graphics_clock', 'Graphics', major >= 590 ? deprecated : mhzOf(sm)),
      leaf('mem_clock', 'Memory', major >= 590 ? deprecated : mhzOf(mem)),
    ]);
  return [
    group('clocks', 'Clocks', [
      leaf('graphics_clock', 'Graphics', live(view, mhzOf(view.smClockMhz))),
      leaf('sm_clock', 'SM', live(view, mhzOf(view.smClockMhz))),
      leaf('mem_clock', 'Memory', live(view, mhzOf(view.memoryClockMhz))),
      leaf('video_clock', 'Video', live(view, video(view.smClockMhz))),
    ]),
    settings('applications_clocks', 'Applications Clocks'),
    settings('default_applications_clocks', 'Default Applications Clocks'),
    ...when(
      major >= 530,
      group('deferred_clocks', 'Deferred Clocks', [leaf('mem_clock', 'Memory', na)]),
    ),
    group('max_clocks', 'Max Clocks', [
      leaf('graphics_clock', 'Graphics', mhzOf(sm)),
      leaf('sm_clock', 'SM', mhzOf(sm)),
      leaf('mem_clock', 'Memory', mhzOf(mem)),
      leaf('video_clock', 'Video', video(sm)),
    ]),
    group('max_customer_boost_clocks', 'Max Customer Boost Clocks', [
      leaf('graphics_clock', 'Graphics', mhzOf(sm)),
    ]),
    group('clock_policy', 'Clock Policy', [
      leaf('auto_boost', 'Auto Boost', na),
      leaf('auto_boost_default', 'Auto Boost Default', na),
    ]),
    ...when(major < 580, group('voltage', 'Voltage', [leaf('graphics_volt', 'Graphics', na)])),
  ];
}

function mhzOf(value: number): string {
  return `${value} MHz`;
}

function stats(tag: string, label: string): QueryNode {
  return group(tag, label, [
    leaf('session_count', 'Active Sessions', '0'),
    leaf('average_fps', 'Average FPS', '0'),
    leaf('average_latency', 'Average Latency', '0'),
  ]);
}

function retired(tag: string, counted: boolean): QueryNode {
  // An empty list of pages is an element that is open over two lines.
  const pages = counted ? group('retired_pagelist', '', []) : leaf('retired_pagelist', '', na);
  return group(tag, '', [leaf('retired_count', '', counted ? '0' : na), pages]);
}

function histogram(tag: string, label: string, banks: number): QueryNode {
  return leaf(`row_remapper_histogram_${tag}`, label, `${banks} bank(s)`);
}

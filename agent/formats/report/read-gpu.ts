import { parseCell, textOf } from '../text/cell.ts';
import { camelCase } from '../text/names.ts';
import { quantity, words } from './fields.ts';
import type { GpuProcessRecord, GpuRecord, MigDeviceRecord } from './report.ts';
import { readMemoryHealth } from './read-memory-health.ts';
import { elementsOf, sectionAt, sectionsAt, textsIn, type Tree } from './tree.ts';

/**
 * One card of either dialect of `-q`. Every field has one path in the XML of each generation of drivers and one in the
 * text; the first that is there counts. What is unknown is ignored, so a newer driver's additions break nothing.
 */
export function readGpu(gpu: Tree, id: string | null): GpuRecord {
  // Assigned, not spread: V8 spreads this many fields thirty times as slowly (150 µs a card).
  const state = Object.assign(
    readIdentity(gpu, id),
    readLoad(gpu),
    readPower(gpu),
    readTemperatureLimits(gpu),
  );
  const health = Object.assign(readModes(gpu), readMemoryHealth(gpu), readFabric(gpu));
  return Object.assign(state, health, readProcesses(gpu), readErrors(gpu));
}

function readIdentity(gpu: Tree, id: string | null) {
  return {
    id,
    uuid: words(gpu, 'uuid', 'gpu_uuid'),
    name: decoded(words(gpu, 'product_name')),
    architecture: words(gpu, 'product_architecture'),
    minorNumber: quantity(gpu, undefined, 'minor_number'),
    pciBusId: words(gpu, 'pci/pci_bus_id', 'pci/bus_id'),
    productBrand: words(gpu, 'product_brand'),
    serial: words(gpu, 'serial', 'serial_number'),
    vbiosVersion: words(gpu, 'vbios_version'),
    gspFirmwareVersion: words(gpu, 'gsp_firmware_version'),
    virtualizationMode: words(gpu, 'gpu_virtualization_mode/virtualization_mode'),
    driverModel: words(gpu, 'driver_model/current_dm', 'driver_model/current'),
  };
}

function readLoad(gpu: Tree) {
  return {
    memoryTotalMib: quantity(gpu, 'MiB', 'fb_memory_usage/total'),
    memoryReservedMib: quantity(gpu, 'MiB', 'fb_memory_usage/reserved'),
    memoryUsedMib: quantity(gpu, 'MiB', 'fb_memory_usage/used'),
    memoryFreeMib: quantity(gpu, 'MiB', 'fb_memory_usage/free'),
    utilizationGpuPct: quantity(gpu, '%', 'utilization/gpu_util', 'utilization/gpu'),
    utilizationMemoryPct: quantity(gpu, '%', 'utilization/memory_util', 'utilization/memory'),
    temperatureGpuC: quantity(gpu, 'C', 'temperature/gpu_temp', 'temperature/gpu_current_temp'),
    temperatureMemoryC: quantity(
      gpu,
      'C',
      'temperature/memory_temp',
      'temperature/memory_current_temp',
    ),
    fanSpeedPct: quantity(gpu, '%', 'fan_speed'),
    smClockMhz: quantity(gpu, 'MHz', 'clocks/sm_clock', 'clocks/sm'),
    memoryClockMhz: quantity(gpu, 'MHz', 'clocks/mem_clock', 'clocks/memory'),
    performanceState: words(gpu, 'performance_state'),
    clocksEventReasons: readClocksEventReasons(gpu),
    pcieReplayCount: quantity(gpu, undefined, 'pci/replay_counter', 'pci/replays_since_reset'),
  };
}

/**
 * `power_readings` until 530; then a section for the card and one for the module, which draws more and is not the
 * card's. From 550 the one reading is two; the last text dialect puts the limit one level deeper.
 */
function readPower(gpu: Tree) {
  const power = sectionAt(gpu, 'gpu_power_readings', 'power_readings') ?? {};
  const average = quantity(power, 'W', 'average_power_draw');
  const instant = quantity(power, 'W', 'instant_power_draw', 'instantaneous_power_draw');
  const ceiling = 'gpu_ceiling_power_limit';
  return {
    powerDrawW: quantity(power, 'W', 'power_draw') ?? average ?? instant,
    powerDrawAverageW: average,
    powerDrawInstantW: instant,
    powerLimitW: quantity(
      power,
      'W',
      'current_power_limit',
      'power_limit',
      'enforced_power_limit',
      `${ceiling}/current_power_limit`,
    ),
    powerLimitDefaultW: quantity(
      power,
      'W',
      'default_power_limit',
      `${ceiling}/default_power_limit`,
    ),
    powerLimitMinW: quantity(power, 'W', 'min_power_limit'),
    powerLimitMaxW: quantity(power, 'W', 'max_power_limit'),
  };
}

function readModes(gpu: Tree) {
  return {
    computeMode: words(gpu, 'compute_mode'),
    persistenceMode: words(gpu, 'persistence_mode'),
    migModeCurrent: words(gpu, 'mig_mode/current_mig', 'mig_mode/current'),
    migModePending: words(gpu, 'mig_mode/pending_mig', 'mig_mode/pending'),
    migDevices: sectionsAt(gpu, 'mig_devices/mig_device', 'mig_device').map(readMigDevice),
    eccModeCurrent: words(gpu, 'ecc_mode/current_ecc', 'ecc_mode/current'),
    eccModePending: words(gpu, 'ecc_mode/pending_ecc', 'ecc_mode/pending'),
    resetRequired: words(gpu, 'gpu_reset_status/reset_required'),
    drainAndResetRecommended: words(gpu, 'gpu_reset_status/drain_and_reset_recommended'),
    recoveryAction: words(gpu, 'gpu_recovery_action'),
  };
}

/** Names that the text spells otherwise than the XML and `--query-gpu`. */
const reasonsByLabel: ReadonlyMap<string, string> = new Map([
  ['idle', 'gpu_idle'],
  ['display_clock_setting', 'display_clocks_setting'],
]);

function readClocksEventReasons(gpu: Tree): readonly string[] | null {
  const section = sectionAt(gpu, 'clocks_event_reasons', 'clocks_throttle_reasons');
  if (section === null) return null;
  const active: string[] = [];
  for (const [element, body] of elementsOf(section)) {
    if (typeof body !== 'string' || body.trim() !== 'Active') continue;
    const name = element.replace(/^clocks_(?:event|throttle)_reason_/, '');
    active.push(reasonsByLabel.get(name) ?? name);
  }
  return active;
}

function readTemperatureLimits(gpu: Tree) {
  const temperature = sectionAt(gpu, 'temperature') ?? {};
  const celsius = (...paths: readonly string[]) => quantity(temperature, 'C', ...paths);
  return {
    temperatureSlowdownC: celsius('gpu_temp_slow_threshold', 'gpu_slowdown_temp'),
    temperatureShutdownC: celsius('gpu_temp_max_threshold', 'gpu_shutdown_temp'),
    temperatureTlimitC: celsius('gpu_temp_tlimit', 'gpu_t_limit_temp', 'gpu_current_t_limit_temp'),
    temperatureSlowdownTlimitC: celsius(
      'gpu_temp_slow_tlimit_threshold',
      'gpu_slowdown_t_limit_temp',
    ),
    temperatureShutdownTlimitC: celsius(
      'gpu_temp_max_tlimit_threshold',
      'gpu_shutdown_t_limit_temp',
    ),
  };
}

function readFabric(gpu: Tree) {
  return {
    fabricState: words(gpu, 'fabric/state'),
    fabricStatus: words(gpu, 'fabric/status'),
    fabricCliqueId: quantity(gpu, undefined, 'fabric/cliqueId', 'fabric/cliqueid'),
    fabricClusterUuid: words(gpu, 'fabric/clusterUuid', 'fabric/clusteruuid'),
    fabricHealth: readFabricHealth(sectionAt(gpu, 'fabric/health')),
  };
}

function readFabricHealth(section: Tree | null): Readonly<Record<string, string>> | null {
  const said: Record<string, string> = {};
  for (const [name, body] of elementsOf(section)) {
    const text = typeof body === 'string' ? textOf(body) : null;
    if (text !== null) said[camelCase(name)] = text;
  }
  return Object.keys(said).length === 0 ? null : said;
}

function readMigDevice(device: Tree): MigDeviceRecord {
  const attribute = (name: string) =>
    quantity(device, undefined, `device_attributes/shared/${name}`);
  const memory = (name: string) =>
    quantity(device, 'MiB', `fb_memory_usage/${name}`, `shared_fb_memory_usage/${name}`);
  return {
    index: quantity(device, undefined, 'index'),
    gpuInstanceId: quantity(device, undefined, 'gpu_instance_id'),
    computeInstanceId: quantity(device, undefined, 'compute_instance_id'),
    multiprocessorCount: attribute('multiprocessor_count'),
    copyEngineCount: attribute('copy_engine_count'),
    encoderCount: attribute('encoder_count'),
    decoderCount: attribute('decoder_count'),
    ofaCount: attribute('ofa_count'),
    jpgCount: attribute('jpg_count'),
    eccSramUncorrectableVolatile: quantity(
      device,
      undefined,
      'ecc_error_count/volatile_count/sram_uncorrectable',
      'ecc_errors/volatile/sram_uncorrectable',
    ),
    fbTotalMib: memory('total'),
    fbReservedMib: memory('reserved'),
    fbUsedMib: memory('used'),
    fbFreeMib: memory('free'),
    bar1TotalMib: quantity(
      device,
      'MiB',
      'bar1_memory_usage/total',
      'shared_bar1_memory/total',
      'shared_bar1_memory_usage/total',
    ),
    utilizationGpuPct: quantity(device, '%', 'utilization/gpu_util', 'utilization/gpu'),
    uuid: words(device, 'uuid'),
    profileName: words(device, 'profile_name'),
  };
}

function readProcesses(gpu: Tree) {
  const processes = sectionsAt(gpu, 'processes/process_info');
  return {
    processCount: processes.length,
    processes: processes.map(readProcess),
    processNames: readProcessNames(processes),
  };
}

function readProcess(process: Tree): GpuProcessRecord {
  return {
    pid: quantity(process, undefined, 'pid', 'process_id'),
    type: words(process, 'type'),
    gpuInstanceId: quantity(process, undefined, 'gpu_instance_id'),
    computeInstanceId: quantity(process, undefined, 'compute_instance_id'),
    usedMemoryMib: quantity(process, 'MiB', 'used_memory', 'used_gpu_memory'),
  };
}

function readProcessNames(processes: readonly Tree[]): Readonly<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const process of processes) {
    const pid = quantity(process, undefined, 'pid', 'process_id');
    const name = decoded(words(process, 'process_name', 'name'));
    if (pid !== null && name !== null) names[String(pid)] = name;
  }
  return names;
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&amp;', '&'],
]);

/** Names are the only free text: the reader of XML expands nothing, so that no document can define what to expand. */
function decoded(text: string | null): string | null {
  if (text === null || !text.includes('&')) return text;
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => entities.get(entity) ?? entity);
}

function readErrors(gpu: Tree) {
  const found = new Set<string>();
  for (const text of textsIn(gpu)) {
    const cell = parseCell(text);
    if (cell.kind === 'broken') found.add(cell.words);
  }
  return { errorBodies: [...found], lost: found.has('GPU is lost') };
}

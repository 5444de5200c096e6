import { createHash } from 'node:crypto';
import { cards, parseCards, type Card } from '../../../shared/domain/card.ts';
import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { SpentFaults } from '../faults/fault-desk.ts';

export const computeModes = [
  'Default',
  'Exclusive_Thread',
  'Prohibited',
  'Exclusive_Process',
] as const;
export type ComputeMode = (typeof computeModes)[number];

export interface ComputeInstance {
  readonly id: number;
  readonly ciProfileId: number;
  readonly slices: number;
  /** In compute slices, inside its GPU instance. */
  readonly start: number;
  readonly uuid: string;
}

export interface GpuInstance {
  readonly id: number;
  readonly giProfileId: number;
  readonly start: number;
  readonly computeInstances: readonly ComputeInstance[];
}

export interface SimGpu {
  /** Name in `shared/domain/card.ts`. */
  readonly card: string;
  readonly uuid: string;
  readonly busId: string;
  readonly serial: string;
  readonly migCurrent: boolean;
  readonly migPending: boolean;
  readonly persistence: boolean;
  readonly computeMode: ComputeMode;
  /** Compute instances ever made here: makes the UUID of each one new. */
  readonly incarnations: number;
  readonly instances: readonly GpuInstance[];
  /** Set with `-pl`; null: the card's own default. */
  readonly powerLimitWatts: number | null;
  /** Code of the last Xid event, as DCGM remembers it until the next boot; 0: none. */
  readonly lastXid: number;
}

/** What `nv-hostengine` remembers between invocations of `dcgmi`. */
export interface Hostengine {
  readonly running: boolean;
  /** Letters of the health watches that are on: `pmit`. */
  readonly watches: string;
}

export interface SimState {
  readonly version: 1;
  /** All UUIDs and serials come from it, so that a state directory is a host of its own. */
  readonly seed: string;
  readonly driverVersion: string;
  /** The boot in which this state was written: instances do not survive another one. */
  readonly bootId: string;
  /** How often each injected fault struck. */
  readonly spent: SpentFaults;
  /** How long a change to a card takes, in milliseconds. */
  readonly stepMs: number;
  readonly hostengine: Hostengine;
  readonly gpus: readonly SimGpu[];
}

/** What older states did not say, and new ones begin with. */
const unsetInState = { spent: {}, stepMs: 0, hostengine: { running: true, watches: '' } };
const unsetInGpu = { powerLimitWatts: null, lastXid: 0 };

const buses = ['07', '0F', '47', '4E', '87', '90', 'B7', 'BD'] as const;

export function initialState(
  wanted: readonly Card[],
  options: { readonly seed: string; readonly driverVersion: string; readonly bootId: string },
): SimState {
  const gpus = wanted.map((card, index): SimGpu => {
    const domain = Math.floor(index / buses.length)
      .toString(16)
      .toUpperCase()
      .padStart(8, '0');
    const serial = (parseInt(digest(options.seed, 'serial', index).slice(0, 10), 16) % 1e10)
      .toString()
      .padStart(10, '0');
    return {
      card: card.name,
      uuid: `GPU-${uuidOf(digest(options.seed, 'gpu', index), '4')}`,
      busId: `${domain}:${buses[index % buses.length] ?? '07'}:00.0`,
      serial: `132${serial}`,
      migCurrent: false,
      migPending: false,
      persistence: true,
      computeMode: 'Default',
      incarnations: 0,
      instances: [],
      ...unsetInGpu,
    };
  });
  return { version: 1, ...options, ...unsetInState, gpus };
}

/** A version-5-like UUID, as the driver gives to MIG devices: the same inputs give the same one. */
export function migUuid(seed: string, gpuIndex: number, key: readonly number[]): string {
  return `MIG-${uuidOf(digest(seed, 'mig', gpuIndex, ...key), '5')}`;
}

export function cardOf(gpu: SimGpu): Card {
  const found = cards.find((card) => card.name === gpu.card);
  // The codec refuses a state with unknown cards, and nothing else makes one.
  if (found === undefined) throw new Error(`no card ${gpu.card}`);
  return found;
}

/** `2xA100-40GB,L40S` again, for messages. */
export function describeCards(names: readonly string[]): string {
  const runs: { name: string; count: number }[] = [];
  for (const name of names) {
    const last = runs.at(-1);
    if (last?.name === name) last.count += 1;
    else runs.push({ name, count: 1 });
  }
  return runs.map((run) => (run.count === 1 ? run.name : `${run.count}x${run.name}`)).join(',');
}

/**
 * What a reboot leaves: no instance, default compute modes; MIG mode survives on Ampere (InfoROM), where a
 * pending change is applied too, and is off on Hopper and newer.
 */
export function afterReboot(state: SimState, bootId: string): SimState {
  return {
    ...state,
    bootId,
    hostengine: unsetInState.hostengine,
    gpus: state.gpus.map((gpu) => {
      const mig = keepsMigOverReboot(cardOf(gpu)) && gpu.migPending;
      return {
        ...gpu,
        migCurrent: mig,
        migPending: mig,
        computeMode: 'Default',
        instances: [],
        ...unsetInGpu,
      };
    }),
  };
}

function keepsMigOverReboot(card: Card): boolean {
  return card.architecture === 'Ampere';
}

export function withGpu(state: SimState, index: number, gpu: SimGpu): SimState {
  return { ...state, gpus: state.gpus.map((each, at) => (at === index ? gpu : each)) };
}

/** Reads what `encodeState` wrote. Anything else is one problem that says where. */
export function decodeState(text: string): Result<SimState> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return bad('it is not JSON');
  }
  if (!isRecord(json) || json['version'] !== 1) return bad('it has no version 1');
  if (!isText(json['seed']) || !isText(json['driverVersion']) || !isText(json['bootId'])) {
    return bad('seed, driverVersion or bootId is missing');
  }
  const gpus = json['gpus'];
  if (!Array.isArray(gpus) || gpus.length === 0) return bad('it has no gpus');
  const wrong = gpus.findIndex((gpu) => !isGpu(gpu));
  if (wrong >= 0) return bad(`gpus[${wrong}] is not a card of ours`);
  const state = { ...unsetInState, ...json };
  if (!isSpent(state.spent)) return bad('spent is no count of faults');
  if (!isCount(state.stepMs)) return bad('stepMs is no number of milliseconds');
  if (!isHostengine(state.hostengine)) return bad('hostengine is not one of ours');
  const filled = gpus.map((gpu: object) => ({ ...unsetInGpu, ...gpu }));
  return ok({ ...state, gpus: filled } as unknown as SimState); // Every field was checked above.
}

export function encodeState(state: SimState): string {
  return `${JSON.stringify(state, null, 1)}\n`;
}

function bad(why: string): Result<never> {
  return err({ code: 'STATE_CORRUPT', message: why });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length < 200;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isSpent(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isCount);
}

function isHostengine(value: unknown): boolean {
  return (
    isRecord(value) && typeof value['running'] === 'boolean' && typeof value['watches'] === 'string'
  );
}

function isGpu(value: unknown): value is SimGpu {
  if (!isRecord(value)) return false;
  const instances = value['instances'];
  return (
    isText(value['card']) &&
    parseCards(value['card']).ok &&
    isText(value['uuid']) &&
    isText(value['busId']) &&
    isText(value['serial']) &&
    typeof value['migCurrent'] === 'boolean' &&
    typeof value['migPending'] === 'boolean' &&
    typeof value['persistence'] === 'boolean' &&
    computeModes.some((mode) => mode === value['computeMode']) &&
    isCount(value['incarnations']) &&
    (value['lastXid'] === undefined || isCount(value['lastXid'])) &&
    (value['powerLimitWatts'] === undefined ||
      value['powerLimitWatts'] === null ||
      typeof value['powerLimitWatts'] === 'number') &&
    Array.isArray(instances) &&
    instances.every(isGpuInstance)
  );
}

function isGpuInstance(value: unknown): value is GpuInstance {
  if (!isRecord(value)) return false;
  const inner = value['computeInstances'];
  return (
    isCount(value['id']) &&
    isCount(value['giProfileId']) &&
    isCount(value['start']) &&
    Array.isArray(inner) &&
    inner.every(
      (each) =>
        isRecord(each) &&
        isCount(each['id']) &&
        isCount(each['ciProfileId']) &&
        isCount(each['slices']) &&
        isCount(each['start']) &&
        isText(each['uuid']),
    )
  );
}

function digest(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('|')).digest('hex');
}

function uuidOf(hex: string, version: '4' | '5'): string {
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    version + hex.slice(13, 16),
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

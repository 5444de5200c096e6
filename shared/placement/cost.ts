/**
 * The prices of the one cost function, in MiB-equivalents. Whole numbers only, and no function whose last bit
 * may differ between machines. They belong to `engineVersion`: change one, raise the other.
 */
export const prices = {
  /** Using an idle card for shares: it is no longer whole for somebody who needs that. */
  openForShares: 16_384,
  /** The same for a card that could be cut, on top: it is no longer there for somebody who needs MIG. */
  openCuttable: 49_152,
  /** A MIG slice for somebody who accepts less: such slices are for those who need them. */
  migUnasked: 32_768,
  /** Switching MIG mode on or off: a reset on Ampere, and the card must be empty. */
  switchMig: 131_072,
  createInstance: 256,
  /** A `+me`, `+gfx` or `-me` profile: there are few, and somebody may need what sets them apart. */
  profileVariant: 262_144,
  /** A whole card for somebody who asked for less. */
  wholeUnasked: 65_536,
  /** Times each MiB that a whole card for somebody who asked for less leaves unused. */
  wholeWasteFactor: 8,
  /** Memory is accounted but kept by nobody. */
  timeshare: 8_192,
  degraded: 1_048_576,
  /** Each idle card that the node keeps, when another one is opened: empty nodes stay empty for those who need many cards. */
  idleNeighbour: 512,
  /** Each replica of the same model on the node under `spread: node`: stronger than any of the above. */
  spreadReplica: 16_777_216,
  /** Each card that lies between the chosen ones on the PCI bus. */
  busGap: 1_024,
  /** A model on CPU on a node that has GPUs: their host memory and CPU are kept for models that need them. */
  cpuOnGpuNode: 8_388_608,
  /** Each claim that a node already has, for models on CPU that ask for nothing measurable. */
  cpuNeighbour: 64,
} as const;

/**
 * MiB of a card that MPS's own server, the CUDA contexts of its clients and the driver take. Not offered to shares.
 * An allowance, measured on no particular card: a context is some hundreds of MiB.
 */
export const shareReserveMib = 512;

/** Volta and newer with CUDA up to 13.0; later versions admit 60 under conditions we do not check. */
export const mpsClientsMax = 48;

/** Whole-number division, rounded down. Exact for every size that memory has. */
export function divFloor(value: number, by: number): number {
  return Math.floor(value / by);
}

/** Whole-number division, rounded up. */
export function divCeil(value: number, by: number): number {
  return Math.floor((value + by - 1) / by);
}

/**
 * How many of MPS's client places a share of that size may be using. The engine gives a replica of several
 * processes at least `100 · processes / 48` percent of the SMs, so the share bounds its clients and nothing
 * else needs to be remembered.
 */
export function mpsClientsOf(smPercent: number): number {
  return Math.max(1, divFloor(smPercent * mpsClientsMax, 100));
}

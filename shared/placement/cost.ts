/**
 * What slices and nodes cost beside the room that they take, in thousandths of a card. Whole numbers only. How well
 * something fits is the policy's to say and is worth about one card at most; what costs more than 1000 is a wish
 * that no better fit outweighs. They belong to `engineVersion`: change one, raise the other.
 */
export const prices = {
  /** Opening for shares an idle card that could be cut: it is no longer there for somebody who needs MIG. */
  openCuttable: 3_000,
  /** A MIG slice for somebody who accepts less: such slices are for those who need them. */
  migUnasked: 1_500,
  /** Switching MIG mode on or off: a reset on Ampere, and the card must be empty. */
  switchMig: 5_000,
  /** An instance that is there already is taken before another is made. */
  createInstance: 20,
  /** Each percent of a card's SMs beyond what was asked and beyond the slice's part of the memory. */
  smUnasked: 5,
  /** A `+me`, `+gfx` or `-me` profile: there are few, and somebody may need what sets them apart. */
  profileVariant: 10_000,
  /** A whole card for somebody who asked for less: the last resort. */
  wholeUnasked: 20_000,
  /** Each GiB of a whole card that was not asked for: the smallest card that will do. */
  wholeGibUnasked: 1,
  /** Memory is accounted but kept by nobody. */
  timeshare: 20,
  degraded: 40_000,
  /** A model on CPU on a node that has GPUs: their host memory and CPU are kept for models that need them. */
  cpuOnGpuNode: 5_000,
  /** An image that the node does not hold has to be pulled. */
  pullImage: 20,
  /** Two cards of one replica that no NVLink joins; each pair, shared out over the cards. */
  unlinkedPair: 60,
  /** The same for two that are joined, by how many links are missing to 12. */
  missingLink: 2,
  linksMax: 12,
  /** Two cards of one replica at different NUMA nodes. */
  numaPair: 10,
  /** Each card by which the largest island of linked idle cards gets smaller than it need. */
  islandBroken: 20,
  /** Each card that lies between the chosen ones on the PCI bus. */
  busGap: 1,
} as const;

/**
 * Each replica of the same model that a node or zone has already, where it is to be spread: more than any rating
 * differs. Scores stay whole numbers below 2^53.
 */
export const spreadStep = 2 ** 32;

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

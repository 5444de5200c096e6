import type { MigEngines, MigGeometry, MigProfile } from './mig-profile.ts';

/**
 * How each known product can be cut. A fallback and the simulator's rule book: on a real node its own
 * `nvidia-smi mig -lgip` and `-lgipp` are the truth, because names and MiB vary with the driver
 * (ids and placements did not in any source seen).
 *
 * Sources: NVIDIA MIG User Guide ("Supported MIG Profiles", "Getting Started"; r580 and r610),
 * NVIDIA/mig-parted `config-default.yaml`, NVIDIA/k8s-test-infra mock configurations and public
 * `-lgip`/`-lgipp` listings of A30, A100, H100, GH200 and RTX PRO 6000 hosts.
 * NVIDIA/go-nvml's mock tables are deliberately not used: their Hopper and Blackwell placements are wrong.
 */
// prettier-ignore
export const migGeometries = {
  A30: {
    placementUnits: 4,
    enginesTotal: engines(4, 0, 1, 1),
    profiles: [
      profile('1g.6gb', 14, { slices: 1, size: 1, starts: [0, 1, 2, 3], max: 4, memoryMib: 5952, sm: 14, ce: 1, engines: engines(0, 0, 0, 0) }),
      profile('1g.6gb+me', 21, { slices: 1, size: 1, starts: [0, 1, 2, 3], max: 1, memoryMib: 5952, sm: 14, ce: 1, engines: engines(1, 0, 1, 1) }),
      profile('2g.12gb', 5, { slices: 2, size: 2, starts: [0, 2], max: 2, memoryMib: 11968, sm: 28, ce: 2, engines: engines(2, 0, 0, 0) }),
      profile('2g.12gb+me', 6, { slices: 2, size: 2, starts: [0, 2], max: 1, memoryMib: 11968, sm: 28, ce: 2, engines: engines(2, 0, 1, 1) }),
      profile('4g.24gb', 0, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 24000, sm: 56, ce: 4, engines: engines(4, 0, 1, 1) }),
    ],
  },
  'A100-40GB': {
    placementUnits: 8,
    enginesTotal: engines(5, 0, 1, 1),
    profiles: [
      profile('1g.5gb', 19, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 7, memoryMib: 4864, sm: 14, ce: 1, engines: engines(0, 0, 0, 0) }),
      profile('1g.5gb+me', 20, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 1, memoryMib: 4864, sm: 14, ce: 1, engines: engines(1, 0, 1, 1) }),
      profile('1g.10gb', 15, { slices: 1, size: 2, starts: [0, 2, 4, 6], max: 4, memoryMib: 9856, sm: 14, ce: 1, engines: engines(1, 0, 0, 0) }),
      profile('2g.10gb', 14, { slices: 2, size: 2, starts: [0, 2, 4], max: 3, memoryMib: 9856, sm: 28, ce: 2, engines: engines(1, 0, 0, 0) }),
      profile('3g.20gb', 9, { slices: 3, size: 4, starts: [0, 4], max: 2, memoryMib: 19968, sm: 42, ce: 3, engines: engines(2, 0, 0, 0) }),
      profile('4g.20gb', 5, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 19968, sm: 56, ce: 4, engines: engines(2, 0, 0, 0) }),
      profile('7g.40gb', 0, { slices: 7, size: 8, starts: [0], max: 1, memoryMib: 40192, sm: 98, ce: 7, engines: engines(5, 0, 1, 1) }),
    ],
  },
  'A100-80GB': {
    placementUnits: 8,
    enginesTotal: engines(5, 0, 1, 1),
    profiles: [
      profile('1g.10gb', 19, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 7, memoryMib: 9728, sm: 14, ce: 1, engines: engines(0, 0, 0, 0) }),
      profile('1g.10gb+me', 20, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 1, memoryMib: 9728, sm: 14, ce: 1, engines: engines(1, 0, 1, 1) }),
      profile('1g.20gb', 15, { slices: 1, size: 2, starts: [0, 2, 4, 6], max: 4, memoryMib: 19968, sm: 14, ce: 1, engines: engines(1, 0, 0, 0) }),
      profile('2g.20gb', 14, { slices: 2, size: 2, starts: [0, 2, 4], max: 3, memoryMib: 19968, sm: 28, ce: 2, engines: engines(1, 0, 0, 0) }),
      profile('3g.40gb', 9, { slices: 3, size: 4, starts: [0, 4], max: 2, memoryMib: 40192, sm: 42, ce: 3, engines: engines(2, 0, 0, 0) }),
      profile('4g.40gb', 5, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 40192, sm: 56, ce: 4, engines: engines(2, 0, 0, 0) }),
      profile('7g.80gb', 0, { slices: 7, size: 8, starts: [0], max: 1, memoryMib: 80384, sm: 98, ce: 7, engines: engines(5, 0, 1, 1) }),
    ],
  },
  'H100-80GB': {
    placementUnits: 8,
    enginesTotal: engines(7, 0, 7, 1),
    profiles: [
      profile('1g.10gb', 19, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 7, memoryMib: 9984, sm: 16, ce: 1, engines: engines(1, 0, 1, 0) }),
      profile('1g.10gb+me', 20, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 1, memoryMib: 9984, sm: 16, ce: 1, engines: engines(1, 0, 1, 1) }),
      profile('1g.20gb', 15, { slices: 1, size: 2, starts: [0, 2, 4, 6], max: 4, memoryMib: 20096, sm: 26, ce: 1, engines: engines(1, 0, 1, 0) }),
      profile('2g.20gb', 14, { slices: 2, size: 2, starts: [0, 2, 4], max: 3, memoryMib: 20096, sm: 32, ce: 2, engines: engines(2, 0, 2, 0) }),
      profile('3g.40gb', 9, { slices: 3, size: 4, starts: [0, 4], max: 2, memoryMib: 40448, sm: 60, ce: 3, engines: engines(3, 0, 3, 0) }),
      profile('4g.40gb', 5, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 40448, sm: 64, ce: 4, engines: engines(4, 0, 4, 0) }),
      profile('7g.80gb', 0, { slices: 7, size: 8, starts: [0], max: 1, memoryMib: 81152, sm: 132, ce: 8, engines: engines(7, 0, 7, 1) }),
    ],
  },
  'H100-94GB': {
    placementUnits: 8,
    enginesTotal: engines(7, 0, 7, 1),
    profiles: [
      profile('1g.12gb', 19, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 7, memoryMib: 11008, sm: 16, ce: 1, engines: engines(1, 0, 1, 0) }),
      profile('1g.12gb+me', 20, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 1, memoryMib: 11008, sm: 16, ce: 1, engines: engines(1, 0, 1, 1) }),
      profile('1g.24gb', 15, { slices: 1, size: 2, starts: [0, 2, 4, 6], max: 4, memoryMib: 22144, sm: 26, ce: 1, engines: engines(1, 0, 1, 0) }),
      profile('2g.24gb', 14, { slices: 2, size: 2, starts: [0, 2, 4], max: 3, memoryMib: 22144, sm: 32, ce: 2, engines: engines(2, 0, 2, 0) }),
      profile('3g.47gb', 9, { slices: 3, size: 4, starts: [0, 4], max: 2, memoryMib: 47488, sm: 60, ce: 3, engines: engines(3, 0, 3, 0) }),
      profile('4g.47gb', 5, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 47488, sm: 64, ce: 4, engines: engines(4, 0, 4, 0) }),
      profile('7g.94gb', 0, { slices: 7, size: 8, starts: [0], max: 1, memoryMib: 95360, sm: 132, ce: 8, engines: engines(7, 0, 7, 1) }),
    ],
  },
  'H100-96GB': {
    placementUnits: 8,
    enginesTotal: engines(7, 0, 7, 1),
    profiles: [
      profile('1g.12gb', 19, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 7, memoryMib: 11264, sm: 16, ce: 1, engines: engines(1, 0, 1, 0) }),
      profile('1g.12gb+me', 20, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 1, memoryMib: 11264, sm: 16, ce: 1, engines: engines(1, 0, 1, 1) }),
      profile('1g.24gb', 15, { slices: 1, size: 2, starts: [0, 2, 4, 6], max: 4, memoryMib: 23552, sm: 26, ce: 1, engines: engines(1, 0, 1, 0) }),
      profile('2g.24gb', 14, { slices: 2, size: 2, starts: [0, 2, 4], max: 3, memoryMib: 23552, sm: 32, ce: 2, engines: engines(2, 0, 2, 0) }),
      profile('3g.48gb', 9, { slices: 3, size: 4, starts: [0, 4], max: 2, memoryMib: 47616, sm: 60, ce: 3, engines: engines(3, 0, 3, 0) }),
      profile('4g.48gb', 5, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 47616, sm: 64, ce: 4, engines: engines(4, 0, 4, 0) }),
      profile('7g.96gb', 0, { slices: 7, size: 8, starts: [0], max: 1, memoryMib: 95232, sm: 132, ce: 8, engines: engines(7, 0, 7, 1) }),
    ],
  },
  'H200-141GB': {
    placementUnits: 8,
    enginesTotal: engines(7, 0, 7, 1),
    profiles: [
      profile('1g.18gb', 19, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 7, memoryMib: 16384, sm: 16, ce: 1, engines: engines(1, 0, 1, 0) }),
      profile('1g.18gb+me', 20, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 1, memoryMib: 16384, sm: 16, ce: 1, engines: engines(1, 0, 1, 1) }),
      profile('1g.35gb', 15, { slices: 1, size: 2, starts: [0, 2, 4, 6], max: 4, memoryMib: 33280, sm: 26, ce: 1, engines: engines(1, 0, 1, 0) }),
      profile('2g.35gb', 14, { slices: 2, size: 2, starts: [0, 2, 4], max: 3, memoryMib: 33280, sm: 32, ce: 2, engines: engines(2, 0, 2, 0) }),
      profile('3g.71gb', 9, { slices: 3, size: 4, starts: [0, 4], max: 2, memoryMib: 71168, sm: 60, ce: 3, engines: engines(3, 0, 3, 0) }),
      profile('4g.71gb', 5, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 71168, sm: 64, ce: 4, engines: engines(4, 0, 4, 0) }),
      profile('7g.141gb', 0, { slices: 7, size: 8, starts: [0], max: 1, memoryMib: 143360, sm: 132, ce: 8, engines: engines(7, 0, 7, 1) }),
    ],
  },
  'B200-180GB': {
    placementUnits: 8,
    enginesTotal: null,
    profiles: [
      profile('1g.23gb', 19, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 7, memoryMib: 23040, sm: 18, ce: 2, engines: engines(1, 0, 1, 0) }),
      profile('1g.23gb+me', 20, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 1, memoryMib: 23040, sm: 18, ce: 2, engines: engines(1, 0, 1, 1) }),
      profile('1g.45gb', 15, { slices: 1, size: 2, starts: [0, 2, 4, 6], max: 4, memoryMib: 46080, sm: 18, ce: 2, engines: engines(1, 0, 1, 0) }),
      profile('2g.45gb', 14, { slices: 2, size: 2, starts: [0, 2, 4], max: 3, memoryMib: 46080, sm: 36, ce: 3, engines: engines(1, 0, 1, 0) }),
      profile('3g.90gb', 9, { slices: 3, size: 4, starts: [0, 4], max: 2, memoryMib: 92160, sm: 54, ce: 6, engines: engines(1, 0, 1, 0) }),
      profile('4g.90gb', 5, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 92160, sm: 72, ce: 8, engines: engines(1, 0, 1, 0) }),
      profile('7g.180gb', 0, { slices: 7, size: 8, starts: [0], max: 1, memoryMib: 184320, sm: 126, ce: 16, engines: engines(1, 0, 1, 1) }),
    ],
  },
  'GB200-186GB': {
    placementUnits: 8,
    enginesTotal: null,
    profiles: [
      profile('1g.23gb', 19, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 7, memoryMib: 23808, sm: 18, ce: 2, engines: engines(1, 0, 1, 0) }),
      profile('1g.23gb+me', 20, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 1, memoryMib: 23808, sm: 18, ce: 2, engines: engines(1, 0, 1, 1) }),
      profile('1g.47gb', 15, { slices: 1, size: 2, starts: [0, 2, 4, 6], max: 4, memoryMib: 47616, sm: 18, ce: 2, engines: engines(1, 0, 1, 0) }),
      profile('2g.47gb', 14, { slices: 2, size: 2, starts: [0, 2, 4], max: 3, memoryMib: 47616, sm: 36, ce: 3, engines: engines(1, 0, 1, 0) }),
      profile('3g.93gb', 9, { slices: 3, size: 4, starts: [0, 4], max: 2, memoryMib: 95232, sm: 54, ce: 6, engines: engines(1, 0, 1, 0) }),
      profile('4g.93gb', 5, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 95232, sm: 72, ce: 8, engines: engines(1, 0, 1, 0) }),
      profile('7g.186gb', 0, { slices: 7, size: 8, starts: [0], max: 1, memoryMib: 190464, sm: 126, ce: 16, engines: engines(1, 0, 1, 1) }),
    ],
  },
  'GB300-278GB': {
    placementUnits: 8,
    enginesTotal: null,
    profiles: [
      profile('1g.35gb', 19, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 7, memoryMib: 35584, sm: 18, ce: 2, engines: engines(1, 0, 1, 0) }),
      profile('1g.35gb+me', 20, { slices: 1, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], max: 1, memoryMib: 35584, sm: 18, ce: 2, engines: engines(1, 0, 1, 1) }),
      profile('1g.70gb', 15, { slices: 1, size: 2, starts: [0, 2, 4, 6], max: 4, memoryMib: 71168, sm: 18, ce: 2, engines: engines(1, 0, 1, 0) }),
      profile('2g.70gb', 14, { slices: 2, size: 2, starts: [0, 2, 4], max: 3, memoryMib: 71168, sm: 36, ce: 3, engines: engines(1, 0, 1, 0) }),
      profile('3g.139gb', 9, { slices: 3, size: 4, starts: [0, 4], max: 2, memoryMib: 142336, sm: 54, ce: 6, engines: engines(1, 0, 1, 0) }),
      profile('4g.139gb', 5, { slices: 4, size: 4, starts: [0], max: 1, memoryMib: 142336, sm: 72, ce: 8, engines: engines(1, 0, 1, 0) }),
      profile('7g.278gb', 0, { slices: 7, size: 8, starts: [0], max: 1, memoryMib: 284672, sm: 126, ce: 16, engines: engines(1, 0, 1, 1) }),
    ],
  },
  'RTX-PRO-6000-96GB': {
    placementUnits: 12,
    enginesTotal: engines(4, 4, 4, 1),
    profiles: [
      profile('1g.24gb', 14, { slices: 1, size: 3, starts: [0, 3, 6, 9], max: 4, memoryMib: 24192, sm: 46, ce: 1, engines: engines(1, 1, 1, 0) }),
      profile('1g.24gb+me', 21, { slices: 1, size: 3, starts: [0, 3, 6, 9], max: 1, memoryMib: 24192, sm: 46, ce: 1, engines: engines(1, 1, 1, 1) }),
      profile('1g.24gb+gfx', 47, { slices: 1, size: 3, starts: [0, 3, 6, 9], max: 4, memoryMib: 24192, sm: 46, ce: 1, engines: engines(1, 1, 1, 0) }),
      profile('1g.24gb+me.all', 65, { slices: 1, size: 3, starts: [0, 3, 6, 9], max: 1, memoryMib: 24192, sm: 46, ce: 1, engines: engines(4, 4, 4, 1) }),
      profile('1g.24gb-me', 67, { slices: 1, size: 3, starts: [0, 3, 6, 9], max: 4, memoryMib: 24192, sm: 46, ce: 1, engines: engines(0, 0, 0, 0) }),
      profile('2g.48gb', 5, { slices: 2, size: 6, starts: [0, 6], max: 2, memoryMib: 48512, sm: 94, ce: 2, engines: engines(2, 2, 2, 0) }),
      profile('2g.48gb+gfx', 35, { slices: 2, size: 6, starts: [0, 6], max: 2, memoryMib: 48512, sm: 94, ce: 2, engines: engines(2, 2, 2, 0) }),
      profile('2g.48gb+me.all', 64, { slices: 2, size: 6, starts: [0, 6], max: 1, memoryMib: 48512, sm: 94, ce: 2, engines: engines(4, 4, 4, 1) }),
      profile('2g.48gb-me', 66, { slices: 2, size: 6, starts: [0, 6], max: 2, memoryMib: 48512, sm: 94, ce: 2, engines: engines(0, 0, 0, 0) }),
      profile('4g.96gb', 0, { slices: 4, size: 12, starts: [0], max: 1, memoryMib: 97408, sm: 188, ce: 4, engines: engines(4, 4, 4, 1) }),
      profile('4g.96gb+gfx', 32, { slices: 4, size: 12, starts: [0], max: 1, memoryMib: 97408, sm: 188, ce: 4, engines: engines(4, 4, 4, 1) }),
    ],
  },
} as const satisfies Readonly<Record<string, MigGeometry>>;

export type MigGeometryKey = keyof typeof migGeometries;

interface ProfileRow {
  readonly slices: number;
  readonly size: number;
  readonly starts: readonly number[];
  readonly max: number;
  readonly memoryMib: number;
  readonly sm: number;
  readonly ce: number;
  readonly engines: MigEngines;
}

function profile(name: string, giProfileId: number, row: ProfileRow): MigProfile {
  return {
    name,
    giProfileId,
    computeSlices: row.slices,
    placementSize: row.size,
    placementStarts: row.starts,
    instancesMax: row.max,
    memoryMib: row.memoryMib,
    smCount: row.sm,
    copyEngines: row.ce,
    engines: row.engines,
  };
}

function engines(nvdec: number, nvenc: number, jpeg: number, ofa: number): MigEngines {
  return { nvdec, nvenc, jpeg, ofa };
}

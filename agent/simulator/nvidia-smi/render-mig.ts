import { unreachable } from '../../../shared/domain/assert.ts';
import type { MigProfile } from '../../../shared/domain/mig-profile.ts';
import { fixed2, id2, type Dialect } from './dialect.ts';
import { chooseComputeStart, ciProfiles, freeCount, profileRank } from './driver-choice.ts';
import {
  cutCard,
  layoutOf,
  noComputeInstances,
  noGpuInstances,
  noneEnabled,
  type CutCard,
  type MigCommand,
  type MigListing,
} from './mig-change.ts';
import { reply, type Reply } from './reply.ts';
import type { GpuInstance, SimState } from './state.ts';

/** `-lgip`, `-lgipp`, `-lgi`, `-lcip`, `-lcipp`, `-lci`. An empty listing exits non-zero. */
export function listMig(
  state: SimState,
  gpus: readonly number[],
  asked: { readonly listing: MigListing; readonly command: MigCommand },
  dialect: Dialect,
): Reply {
  const { listing, command } = asked;
  const capable = gpus.flatMap((index) => cutCard(state, index) ?? []);
  const enabled = capable.filter(({ gpu }) => gpu.migCurrent);
  switch (listing) {
    case 'lgip':
    case 'lgipp': {
      // Since 550 the profiles are listed with MIG off too.
      const listed = dialect.major >= 550 ? capable : enabled;
      if (listed.length === 0 && dialect.major < 550) return noneEnabled;
      if (listed.length === 0 && dialect.major >= 580) {
        return reply(['No MIG-supported devices found.'], 6);
      }
      return reply(listing === 'lgip' ? profileTable(listed, dialect) : placements(listed));
    }
    case 'lgi':
      if (enabled.length === 0) return noneEnabled;
      return gpuInstanceTable(enabled, dialect);
    case 'lci':
      if (enabled.length === 0) return noneEnabled;
      return computeInstanceTable(enabled, command, dialect);
    case 'lcip':
    case 'lcipp':
      if (enabled.length === 0) return noneEnabled;
      return computeProfiles(enabled, command, listing);
    default:
      return unreachable(listing);
  }
}

function profileTable(cards: readonly CutCard[], dialect: Dialect): readonly string[] {
  const extra = widening(cards, dialect);
  const width = 77 + extra.length;
  const line = `+${'-'.repeat(width)}+`;
  const rows = cards.flatMap(({ index, gpu, geometry }) =>
    geometry.profiles.flatMap((profile) => {
      const free = gpu.migCurrent
        ? freeCount(geometry, layoutOf(gpu), profile)
        : profile.instancesMax;
      const count = `${free}/${profile.instancesMax}`.padEnd(11);
      const memory = fixed2(profile.memoryMib / 1024).padEnd(11);
      const { nvdec, nvenc, jpeg, ofa } = profile.engines;
      return [
        `| ${index.toString().padStart(3)}  MIG ${profile.name.padEnd(14 + extra.length)}${id2(profile.giProfileId)}     ` +
          `${count}${memory}No     ${pad(profile.smCount, 7)}${pad(nvdec, 6)}${pad(nvenc, 4)}|`,
        `|${' '.repeat(60 + extra.length)} ${pad(profile.copyEngines, 6)}${pad(jpeg, 6)}${pad(ofa, 4)}|`,
        line,
      ];
    }),
  );
  return [
    line,
    `| GPU instance profiles:${' '.repeat(width - 23)}|`,
    `| GPU   Name           ${extra}  ID    Instances   Memory     P2P    SM    DEC   ENC  |`,
    `|                      ${extra}        Free/Total   GiB              CE    JPEG  OFA  |`,
    `|${'='.repeat(width)}|`,
    ...rows,
  ];
}

/** The name column became two wider with the names of Blackwell's variants, such as `1g.24gb+me.all`. */
function widening(cards: readonly CutCard[], dialect: Dialect): string {
  const isLong = cards.some(({ geometry }) =>
    geometry.profiles.some((profile) => profile.name.length > 13),
  );
  return dialect.major >= 575 || isLong ? '  ' : '';
}

function placements(cards: readonly CutCard[]): readonly string[] {
  return cards.flatMap(({ index, geometry }) =>
    geometry.profiles.map((profile) => {
      const { placementStarts: starts, placementSize: size } = profile;
      const word = starts.length === 1 ? 'Placement ' : 'Placements';
      return `GPU ${id2(index)} Profile ID ${id2(profile.giProfileId)} ${word}: {${starts.join(',')}}:${size}`;
    }),
  );
}

function gpuInstanceTable(cards: readonly CutCard[], dialect: Dialect): Reply {
  // Before 510 the name column was three narrower.
  const shift = dialect.major < 510 ? -3 : widening(cards, dialect).length;
  const width = 55 + shift;
  const line = `+${'-'.repeat(width)}+`;
  const rows = cards.flatMap((found) =>
    ranked(found).flatMap(({ instance, profile }) => [
      `| ${found.index.toString().padStart(3)}  MIG ${profile.name.padEnd(16 + shift)}${pad2(profile.giProfileId)}` +
        `${' '.repeat(7)}${pad2(instance.id)}${' '.repeat(10)}${`${instance.start}:${profile.placementSize}`.padEnd(8)}|`,
      line,
    ]),
  );
  if (rows.length === 0) return noGpuInstances;
  return reply([
    line,
    `| GPU instances:${' '.repeat(width - 15)}|`,
    `| GPU   ${'Name'.padEnd(17 + shift)}Profile  Instance   Placement  |`,
    `|${' '.repeat(26 + shift)}ID       ID       Start:Size |`,
    `|${'='.repeat(width)}|`,
    ...rows,
  ]);
}

function computeInstanceTable(
  cards: readonly CutCard[],
  command: MigCommand,
  dialect: Dialect,
): Reply {
  // The placement of a compute instance is told since 510.
  const placed = dialect.major >= 510;
  const width = placed ? 68 : 55;
  const line = `+${'-'.repeat(width)}+`;
  const rows = cards.flatMap((found) =>
    ranked(found)
      .filter(({ instance }) => command.gpuInstances?.includes(instance.id) ?? true)
      .flatMap(({ instance, profile }) => {
        const offered = ciProfiles(found.geometry, profile);
        return instance.computeInstances.flatMap((ci) => {
          const name = offered.find((each) => each.slices === ci.slices)?.name ?? profile.name;
          const placement = placed ? `     ${`${ci.start}:${ci.slices}`.padEnd(8)}` : '';
          return [
            `| ${found.index.toString().padStart(3)}     ${pad2(instance.id)}       MIG ${name.padEnd(14)}  ${pad2(ci.ciProfileId)}` +
              `        ${pad2(ci.id)}     ${placement}|`,
            line,
          ];
        });
      }),
  );
  if (rows.length === 0) return noComputeInstances;
  return reply([
    line,
    `| Compute instances:${' '.repeat(width - 19)}|`,
    `| GPU     GPU       Name             Profile   Instance ${placed ? '  Placement  ' : ''}|`,
    `|       Instance                       ID        ID     ${placed ? '  Start:Size ' : ''}|`,
    `|         ID${' '.repeat(width - 11)}|`,
    `|${'='.repeat(width)}|`,
    ...rows,
  ]);
}

function computeProfiles(
  cards: readonly CutCard[],
  command: MigCommand,
  listing: 'lcip' | 'lcipp',
): Reply {
  const width = 86;
  const line = `+${'-'.repeat(width)}+`;
  const rows: string[] = [];
  for (const found of cards) {
    for (const { instance, profile } of ranked(found)) {
      if (command.gpuInstances?.includes(instance.id) === false) continue;
      for (const inner of ciProfiles(found.geometry, profile)) {
        if (listing === 'lcipp') {
          rows.push(computePlacements(found.index, instance.id, inner.id, profile, inner.slices));
          continue;
        }
        const free = computeFree(profile, instance, inner.slices);
        const id = `${pad2(inner.id)}${inner.isDefault ? '*' : ' '}`;
        const { nvdec, nvenc, ofa, jpeg } = profile.engines;
        rows.push(
          `| ${found.index.toString().padStart(3)}     ${pad2(instance.id)}       MIG ${inner.name.padEnd(14)}  ${id}     ` +
            `${`${free}/${inner.instancesMax}`.padEnd(14)}${pad(inner.smCount, 10)}${pad(nvdec, 6)}${pad(nvenc, 6)}${pad(ofa, 4)}|`,
          `|${' '.repeat(70)}${pad(profile.copyEngines, 6)}${pad(jpeg, 10)}|`,
          line,
        );
      }
    }
  }
  if (rows.length === 0) return noGpuInstances;
  if (listing === 'lcipp') return reply(rows);
  return reply([
    line,
    `| Compute instance profiles:${' '.repeat(width - 27)}|`,
    '| GPU     GPU       Name             Profile  Instances   Exclusive       Shared       |',
    '|       Instance                       ID     Free/Total     SM       DEC   ENC   OFA  |',
    '|         ID                                                          CE    JPEG       |',
    `|${'='.repeat(width)}|`,
    ...rows,
  ]);
}

// oxlint-disable-next-line max-params -- one printed line of five numbers
function computePlacements(
  gpu: number,
  gi: number,
  ciProfile: number,
  profile: MigProfile,
  slices: number,
): string {
  const starts: number[] = [];
  for (let start = 0; start + slices <= profile.computeSlices; start += slices) starts.push(start);
  const word = starts.length === 1 ? 'Placement ' : 'Placements';
  return `GPU ${id2(gpu)} GI ${id2(gi)} Profile ID ${id2(ciProfile)} ${word}: {${starts.join(',')}}:${slices}`;
}

function computeFree(profile: MigProfile, instance: GpuInstance, slices: number): number {
  let now = instance;
  for (let free = 0; ; free += 1) {
    const start = chooseComputeStart(profile, now, slices);
    if (start === undefined) return free;
    const taken = { id: -1, ciProfileId: 0, slices, start, uuid: '' };
    now = { ...now, computeInstances: [...now.computeInstances, taken] };
  }
}

/** Grouped by the driver's enumeration of profiles, not by id or placement. */
function ranked({ gpu, geometry }: CutCard) {
  return gpu.instances
    .flatMap((instance) => {
      const profile = geometry.profiles.find((each) => each.giProfileId === instance.giProfileId);
      return profile === undefined ? [] : [{ instance, profile }];
    })
    .sort(
      (a, b) =>
        profileRank(geometry, a.profile) - profileRank(geometry, b.profile) ||
        a.instance.id - b.instance.id,
    );
}

function pad(value: number, width: number): string {
  return String(value).padEnd(width);
}

function pad2(value: number): string {
  return String(value).padStart(2);
}

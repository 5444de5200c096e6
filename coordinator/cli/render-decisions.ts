import { renderTable } from '../../shared/platform/table.ts';
import type { DecidedPlace__Output } from '../../shared/wire/generated/tangram/v1/DecidedPlace.ts';
import type { Decision__Output } from '../../shared/wire/generated/tangram/v1/Decision.ts';
import type { PolicyReport__Output } from '../../shared/wire/generated/tangram/v1/PolicyReport.ts';
import type { ReplayDecisionResponse__Output } from '../../shared/wire/generated/tangram/v1/ReplayDecisionResponse.ts';
import type { RequestCounts__Output } from '../../shared/wire/generated/tangram/v1/RequestCounts.ts';
import { counted, shapeText, timeText } from './words.ts';

/** `tangram decisions`. */
export function renderDecisions(decisions: readonly Decision__Output[]): string {
  return renderTable(
    ['ID', 'TIME', 'MODEL', 'OUTCOME', 'POLICY', 'ENGINE'],
    decisions.map((decision) => [
      decision.id,
      timeText(decision.atMs),
      decision.model,
      outcomeText(decision),
      decision.policy,
      decision.engineVersion,
    ]),
  );
}

function outcomeText({ place, refusal }: Decision__Output): string {
  return place === null ? `refused: ${refusal}` : `placed ${placeText(place)}, cost ${place.cost}`;
}

/** `vad-1 on node-a mps 2048MiB 5%`. */
function placeText(place: DecidedPlace__Output | null): string {
  if (place === null) return 'no place';
  const slices = place.slices.map((slice) => `${slice.gpuUuid} ${shapeText(slice.shape)}`);
  return `on ${place.node} ${slices.length === 0 ? 'CPU' : slices.join(', ')}`;
}

/** `tangram replay ID`. */
export function renderReplay(replay: ReplayDecisionResponse__Output): string {
  const { decision, engineVersion } = replay;
  const id = decision?.id ?? '';
  const made = `decision ${id} of ${timeText(decision?.atMs ?? 0)} (${decision?.model ?? ''}, policy ${decision?.policy ?? ''}, seed ${decision?.seed ?? ''}, engine ${decision?.engineVersion ?? ''})`;
  const outcome = decision === null ? '' : `  ${outcomeText(decision)}\n`;
  switch (replay.verdict) {
    case 'REPLAY_VERDICT_SAME':
      return `${made}\n${outcome}the same bytes when made again by engine ${engineVersion}\n`;
    case 'REPLAY_VERDICT_DIFFERS':
      return `${made}\n${outcome}DIFFERS when made again by engine ${engineVersion}: this is a fault, please report it\n${renderDifferences(replay)}`;
    case 'REPLAY_VERDICT_OTHER_ENGINE':
    case 'REPLAY_VERDICT_UNSPECIFIED':
    default:
      return `${made}\n${outcome}${renderOtherEngine(replay)}`;
  }
}

function renderOtherEngine(replay: ReplayDecisionResponse__Output): string {
  const { engineVersion, replayed } = replay;
  const theirs = replay.decision?.engineVersion ?? '';
  if (replayed === '') {
    return `engine ${theirs} made it and this is engine ${engineVersion}: it cannot be replayed here; --force runs it all the same\n`;
  }
  const same = replay.differences.length === 0;
  const what = same ? 'comes to the same' : 'comes to something else';
  return `engine ${theirs} made it; engine ${engineVersion}, forced to, ${what}, which proves nothing about engine ${theirs}\n${renderDifferences(replay)}`;
}

function renderDifferences({ differences }: ReplayDecisionResponse__Output): string {
  return differences
    .map(({ path, logged, replayed }) => {
      const before = logged === '' ? [] : [`- ${path}: ${logged}\n`];
      const after = replayed === '' ? [] : [`+ ${path}: ${replayed}\n`];
      return [...before, ...after].join('');
    })
    .join('');
}

/** `tangram replay --since … --policy …`. */
export function renderPolicyReport(report: PolicyReport__Output, sinceMs: number): string {
  if (report.decisions === 0) {
    return `the log has no decision since ${timeText(sinceMs)}\n`;
  }
  const logged = report.loggedPolicies.join(', ');
  const head = [
    `policy ${report.policy} (seed ${report.seed}) on ${counted(report.requests, 'request')} in ${counted(report.decisions, 'decision')}, ${timeText(report.fromMs)} to ${timeText(report.toMs)}`,
    ...(report.complete
      ? []
      : [
          `the log does not go back as far as was asked for: it begins at ${timeText(report.fromMs)}`,
        ]),
    ...(report.otherEngine === 0
      ? []
      : [`${report.otherEngine} of them were made by another engine than ${report.engineVersion}`]),
  ];
  const last = report.allocated.at(-1);
  const table = renderTable(
    ['WHAT', `LOGGED (${logged})`, `REPLAYED (${report.policy})`],
    [
      ...countRows(report.logged, report.replayed),
      ['allocated at the end', percent(last?.loggedPermille), percent(last?.replayedPermille)],
      [
        'allocated on average',
        percent(mean(report, 'loggedPermille')),
        percent(mean(report, 'replayedPermille')),
      ],
      [
        'stranded at the end',
        percent(report.loggedStrandedPermille),
        percent(report.replayedStrandedPermille),
      ],
    ],
  );
  return `${head.join('\n')}\n${table}${renderOtherPlaces(report)}`;
}

function countRows(
  logged: RequestCounts__Output | null,
  replayed: RequestCounts__Output | null,
): readonly string[][] {
  const keys = [
    ['placed at once', 'placed'],
    ['placed later', 'placedLater'],
    ['without a place', 'waiting'],
  ] as const;
  return keys.map(([text, key]) => [
    text,
    String(logged?.[key] ?? 0),
    String(replayed?.[key] ?? 0),
  ]);
}

function renderOtherPlaces(report: PolicyReport__Output): string {
  const { differing, differences, requests } = report;
  if (differing === 0) return 'every request has the same place\n';
  const shown = differences.length < differing ? `, the first ${differences.length}` : '';
  const rows = differences.map(({ replica, logged, replayed }) => [
    replica,
    placeText(logged),
    placeText(replayed),
  ]);
  return `${differing} of ${counted(requests, 'request')} elsewhere${shown}:\n${renderTable(['REPLICA', 'LOGGED', 'REPLAYED'], rows)}`;
}

/** Over the points in time, each as long as it lasts until the next. */
function mean(
  { allocated }: PolicyReport__Output,
  key: 'loggedPermille' | 'replayedPermille',
): number {
  let area = 0;
  let lasted = 0;
  for (const [at, point] of allocated.entries()) {
    const next = allocated[at + 1];
    if (next === undefined) continue;
    const ms = Math.max(0, Number(next.atMs) - Number(point.atMs));
    area += ms * point[key];
    lasted += ms;
  }
  return lasted === 0 ? (allocated.at(-1)?.[key] ?? 0) : area / lasted;
}

function percent(permille: number | undefined): string {
  return `${((permille ?? 0) / 10).toFixed(1)}%`;
}

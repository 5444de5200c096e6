import { renderTable } from '../../shared/platform/table.ts';
import type { Evidence__Output } from '../../shared/wire/generated/tangram/v1/Evidence.ts';
import type { ExplainResponse__Output } from '../../shared/wire/generated/tangram/v1/ExplainResponse.ts';
import type { PlaceReason__Output } from '../../shared/wire/generated/tangram/v1/PlaceReason.ts';
import { counted } from './words.ts';

/** `tangram why`: the dominant reason first, then the evidence, then what would help; and why what is placed is there. */
export function renderWhy(why: ExplainResponse__Output): string {
  const head = `${why.name}: ${why.replicasPlaced} of ${counted(why.replicasWanted, 'replica')} placed, ${why.replicasReady} ready\n`;
  const pending = why.refusal === '' ? '' : `pending: ${why.refusal}\n`;
  const helps = why.nearest === '' ? '' : helpText(why.nearest);
  const passed = why.evidence.length === 0 ? '' : `passed over:\n${evidenceTable(why.evidence)}`;
  const reasons = new Map(why.places.map((place) => [place.replica, place]));
  const placed = why.placed.map((line) => {
    const place = reasons.get(line.split(' ', 1)[0] ?? '');
    return `  ${line}\n${place === undefined ? '' : renderPlace(place)}`;
  });
  return `${head}${pending}${passed}${helps}${placed.join('')}`;
}

/** What would help, one way on a line: several are said in one breath elsewhere. */
export function helpText(nearest: string): string {
  const [first = '', ...others] = nearest.split('; or ');
  return [`would help: ${first}\n`, ...others.map((each) => `        or: ${each}\n`)].join('');
}

function renderPlace({ why, toMove, decision, evidence }: PlaceReason__Output): string {
  const logged = decision === '0' ? '' : ` (decision ${decision}: tangram replay ${decision})`;
  const lines = [
    `    because: ${why}${logged}\n`,
    ...(toMove === '' ? [] : [`    to move: ${toMove}\n`]),
    ...evidence.map(
      (row) =>
        `    passed over: ${counted(row.count, row.counted)}, ${row.reason}: ${row.example}\n`,
    ),
  ];
  return lines.join('');
}

/** Why the other candidates were passed over. */
export function evidenceTable(evidence: readonly Evidence__Output[]): string {
  const rows = evidence.map((row) => [counted(row.count, row.counted), row.reason, row.example]);
  return renderTable(['WHAT', 'BECAUSE', 'EXAMPLE'], rows).replace(/^(?=.)/gm, '  ');
}

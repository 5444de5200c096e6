import { renderMib } from '../../shared/domain/units.ts';
import { renderTable } from '../../shared/platform/table.ts';
import type { CardLayoutRecord, LayoutLineRecord, LayoutPlanRecord } from './api/layout-api.ts';

/** One line a card and one for each instance; with `profiles` also what each card could be cut into. */
export function renderLayouts(
  cards: readonly CardLayoutRecord[],
  { profiles }: { readonly profiles: boolean },
): string {
  const rows = cards.flatMap((card) => [
    [
      String(card.index),
      card.productName,
      modeWords(card),
      '',
      '',
      '',
      '',
      card.gpuUuid,
      holders(card.holders),
    ],
    ...card.instances.map((each) => [
      String(card.index),
      card.productName,
      `${each.profile}@${each.start}`,
      renderMib(each.memoryMib),
      `${each.gpuInstanceId}/${each.computeInstanceIds.join(',') || '-'}`,
      each.compute.join(','),
      each.slice,
      each.uuid,
      holders(each.holders),
    ]),
  ]);
  const columns = [
    'GPU',
    'PRODUCT',
    'MIG',
    'MEMORY',
    'GI/CI',
    'COMPUTE',
    'SLICE',
    'UUID',
    'USED-BY',
  ];
  const notes = cards.flatMap((card) =>
    notesOf(card).map((note) => `GPU ${card.index}: ${note}\n`),
  );
  const parts = [
    renderTable(columns, rows),
    ...(notes.length === 0 ? [] : [notes.join('')]),
    ...(profiles ? [renderProfiles(cards)] : []),
  ];
  return parts.join('\n');
}

/** What is not as somebody asked for it, and what to do. */
function notesOf({
  drift,
  lastChangeState,
  lastChangeDetail,
}: CardLayoutRecord): readonly string[] {
  const state = changeWords[lastChangeState];
  return [
    ...(state === undefined
      ? []
      : [[`the last change ${state}`, lastChangeDetail].filter((part) => part !== '').join(': ')]),
    ...(drift === '' || lastChangeState === 'parked'
      ? []
      : [
          `not as applied last: ${drift}; agentctl mig apply makes it so, or records what is there`,
        ]),
  ];
}

/** Of changes that are done there is nothing to tell. */
const changeWords: Readonly<Record<string, string>> = {
  running: 'is under way',
  undoing: 'is being undone',
  undone: 'was undone',
  parked: 'waits for the next reboot',
  failed: 'was left half done',
};

function modeWords(card: CardLayoutRecord): string {
  if (card.error !== '') return card.error;
  if (!card.migSupported) return 'no MIG';
  const pending =
    card.migPending === card.migCurrent ? '' : ` (${onOff(card.migPending)} after a reset)`;
  return `${onOff(card.migCurrent)}${pending}`;
}

function onOff(on: boolean): string {
  return on ? 'on' : 'off';
}

function holders(names: readonly string[]): string {
  return names.join(', ');
}

function renderProfiles(cards: readonly CardLayoutRecord[]): string {
  return renderTable(
    ['GPU', 'PROFILE', 'ID', 'MEMORY', 'FREE', 'TOTAL', 'SIZE', 'STARTS', 'FREE-STARTS'],
    cards.flatMap((card) =>
      card.profiles.map((each) => [
        String(card.index),
        each.name,
        String(each.profileId),
        renderMib(each.memoryMib),
        String(each.free),
        String(each.total),
        String(each.size),
        each.starts.join(','),
        each.freeStarts.join(','),
      ]),
    ),
  );
}

/** What each card takes: its steps, what stays, what is interrupted, what is in the way. */
export function renderLayoutPlan(plan: LayoutPlanRecord): string {
  if (plan.cards.length === 0) return 'the document names no card of this node\n';
  return plan.cards.map(renderCardPlan).join('');
}

function renderCardPlan(card: LayoutPlanRecord['cards'][number]): string {
  const head = `GPU ${card.index}  ${card.productName}  ${card.gpuUuid}`;
  const lines = card.steps.map((step, at) => `  ${at + 1}. ${step.text}`);
  const more = [
    ...card.kept.map((each) => `  keeps ${each}`),
    ...card.interrupts.map((each) => `  interrupts ${each}`),
    ...card.notes.map((each) => `  note: ${each}`),
    ...card.blocks.map((each) => `  BLOCKED (${each.reason}): ${each.detail}`),
  ];
  const total =
    card.steps.length > 0
      ? [`  about ${card.seconds} s`]
      : card.blocks.length === 0
        ? ['  nothing to do']
        : [];
  return `${[head, ...lines, ...more, ...total].join('\n')}\n`;
}

/** Whether every card is cut as the document says. */
export function isAsWished(plan: LayoutPlanRecord): boolean {
  return plan.cards.every((card) => card.steps.length === 0 && card.blocks.length === 0);
}

export function isBlocked(plan: LayoutPlanRecord): boolean {
  return plan.cards.some((card) => card.blocks.length > 0);
}

/** `GPU-1a2b… 2/3: create 3g.20gb at 4`. */
export function renderLine({ gpuUuid, step, steps, text }: LayoutLineRecord): string {
  return `${gpuUuid} ${step}/${steps}: ${text}\n`;
}

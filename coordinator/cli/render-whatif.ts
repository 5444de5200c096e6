import { renderTable } from '../../shared/platform/table.ts';
import type { Footprint__Output } from '../../shared/wire/generated/tangram/v1/Footprint.ts';
import type { FreeCapacity__Output } from '../../shared/wire/generated/tangram/v1/FreeCapacity.ts';
import type { ThoughtCluster__Output } from '../../shared/wire/generated/tangram/v1/ThoughtCluster.ts';
import type { ThoughtWait__Output } from '../../shared/wire/generated/tangram/v1/ThoughtWait.ts';
import type { TryModelResponse__Output } from '../../shared/wire/generated/tangram/v1/TryModelResponse.ts';
import { renderPlan } from './render-plan.ts';
import { counted, cpuText, mibText } from './words.ts';

/** Who would go where, who would wait, and what would be left. */
export function renderThought(title: string, cluster: ThoughtCluster__Output): string {
  const { placed, waiting } = cluster;
  const head =
    placed.length + waiting.length === 0
      ? `${title}: no replica would move, start or stop\n`
      : `${title}: ${counted(placed.length, 'replica')} would have ${placed.length === 1 ? 'a place' : 'places'}, ${waiting.length} would wait\n`;
  const moves =
    placed.length === 0
      ? ''
      : `\n${renderTable(
          ['MODEL', 'FROM', 'NODE', 'SLICES'],
          placed.map(({ model, replica, node, slices }) => [
            model,
            replica === '' ? 'pending' : replica,
            node,
            slices.join(', ') || 'CPU',
          ]),
        )}`;
  return [head, moves, renderWaiting(waiting), '\nfree before → after\n', renderFree(cluster)].join(
    '',
  );
}

/** A declaration, the most that it needs on the way, and the way back. */
export function renderTried({
  model,
  plan,
  surgeFits,
  before,
  peak,
  after,
  rollback,
  rollbackFits,
}: TryModelResponse__Output & { readonly model: string }): string {
  const nothing = (plan?.stages.length ?? 0) === 0 && (plan?.unplaced ?? '') === '';
  if (nothing) return `= model ${model}: nothing would change\n`;
  const shown = renderPlan([{ mark: '~', subject: `model ${model}`, plan, remark: '' }]);
  const surge = surgeFits
    ? 'surge: fits; each new replica has room beside the one that it replaces'
    : 'surge: does not fit everywhere; see what is interrupted or waits above';
  return [
    shown,
    `    ${surge}\n`,
    needs('now', before),
    needs('peak', peak),
    needs('after', after),
    rollback === null
      ? '    rollback: nothing to go back to\n'
      : renderRollback(rollback, rollbackFits),
  ].join('');
}

function renderRollback(
  rollback: NonNullable<TryModelResponse__Output['rollback']>,
  fits: boolean,
): string {
  if (!fits) return `    rollback: would not fit: ${rollback.unplaced}\n`;
  const count = rollback.price?.replicasInterrupted ?? 0;
  const cost =
    count === 0 ? 'interrupts nothing' : `interrupts ${counted(count, 'replica')}, one at a time`;
  return `    rollback: fits, and ${cost}\n`;
}

function needs(when: string, footprint: Footprint__Output | null): string {
  if (footprint === null) return '';
  const { replicas, gpuMemoryMib, cards, cpuMillis, memoryMib } = footprint;
  const host = cpuMillis === '0' && memoryMib === '0' ? '' : hostText(cpuMillis, memoryMib);
  return `    ${`${when}:`.padEnd(6)} ${counted(replicas, 'replica')}, ${mibText(gpuMemoryMib)} on ${counted(cards, 'card')}${host}\n`;
}

function hostText(cpuMillis: string, memoryMib: string): string {
  return `, ${cpuText(Number(cpuMillis))} CPU, ${mibText(memoryMib)} of host memory`;
}

function renderWaiting(waiting: readonly ThoughtWait__Output[]): string {
  if (waiting.length === 0) return '';
  const groups = new Map<string, { readonly wait: ThoughtWait__Output; names: string[] }>();
  for (const wait of waiting) {
    const group = groups.get(wait.model) ?? { wait, names: [] };
    groups.set(wait.model, group);
    if (wait.replica !== '') group.names.push(wait.replica);
  }
  const counts = (model: string): number => waiting.filter((wait) => wait.model === model).length;
  const lines = [...groups].map(([model, { wait, names }]) => {
    const who = names.length === 0 ? '' : ` (${names.join(', ')})`;
    const nearest = wait.nearest === '' ? '' : `; ${wait.nearest}`;
    return `  ${counts(model)} of ${model}${who}: ${wait.reason}${nearest}\n`;
  });
  return ['\nwould wait\n', ...lines].join('');
}

function renderFree({ freeBefore, freeAfter }: ThoughtCluster__Output): string {
  const products = [...new Set([...freeBefore, ...freeAfter].map(({ product }) => product))];
  return renderTable(
    ['PRODUCT', 'CARDS', 'WHOLE', 'MIG', 'MPS'],
    products.toSorted().map((product) => {
      const before = freeBefore.find((each) => each.product === product);
      const after = freeAfter.find((each) => each.product === product);
      const change = (of: (free: FreeCapacity__Output) => string | number): string =>
        arrow(String(before ? of(before) : 0), String(after ? of(after) : 0));
      return [
        product,
        change(({ cards }) => cards),
        change(({ wholeCards }) => wholeCards),
        migText(before, after),
        change(({ mpsMib }) => mibText(mpsMib)),
      ];
    }),
  );
}

const profilesShown = 3;

/** The largest profiles of the product. */
function migText(before?: FreeCapacity__Output, after?: FreeCapacity__Output): string {
  const profiles = [
    ...new Set([...(after?.mig ?? []), ...(before?.mig ?? [])].map(({ profile }) => profile)),
  ];
  return profiles
    .slice(0, profilesShown)
    .map(
      (profile) =>
        `${profile} ${arrow(String(countIn(profile, before)), String(countIn(profile, after)))}`,
    )
    .join(', ');
}

function countIn(profile: string, free?: FreeCapacity__Output): number {
  return free?.mig.find((each) => each.profile === profile)?.count ?? 0;
}

function arrow(before: string, after: string): string {
  return before === after ? before : `${before}→${after}`;
}

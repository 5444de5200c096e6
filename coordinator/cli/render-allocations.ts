import { renderDuration } from '../../shared/domain/units.ts';
import { renderTable } from '../../shared/platform/table.ts';
import type { Allocation__Output } from '../../shared/wire/generated/tangram/v1/Allocation.ts';
import type { AllocationAccess__Output } from '../../shared/wire/generated/tangram/v1/AllocationAccess.ts';
import type { ExplainAllocationResponse__Output } from '../../shared/wire/generated/tangram/v1/ExplainAllocationResponse.ts';
import { evidenceTable, helpText } from './why-render.ts';
import { agoText, enumWord, isolationWord, mibText, shapeText, timeText } from './words.ts';

export function allocationWord({ state }: Pick<Allocation__Output, 'state'>): string {
  return enumWord('ALLOCATION_STATE_', state);
}

/** `tangram allocations`. */
export function renderAllocations(all: readonly Allocation__Output[], nowMs: number): string {
  const rows = all.map((each) => [
    each.name,
    allocationWord(each),
    each.node,
    each.slices.map(({ shape }) => shapeText(shape)).join(', ') || needText(each),
    leftText(each, nowMs),
    agoText(each.createdAtMs, nowMs),
    each.reason,
  ]);
  return renderTable(['ALLOCATION', 'STATE', 'NODE', 'SLICE', 'LEFT', 'AGE', 'REASON'], rows);
}

/** `tangram allocation get`: all of it, as lines for people. */
export function renderAllocation(allocation: Allocation__Output, nowMs: number): string {
  const { access, slices, processes } = allocation;
  const reason = allocation.reason === '' ? '' : ` (${allocation.reason})`;
  const rows: (readonly [string, string])[] = [
    ['allocation', allocation.name],
    ['state', `${allocationWord(allocation)}${reason}`],
    ['asked for', needText(allocation)],
    ['node', allocation.node === '' ? 'none yet' : allocation.node],
    ...slices.map(({ gpuUuid, shape }) => ['slice', `${shapeText(shape)} on ${gpuUuid}`] as const),
    ['ends', endText(allocation, nowMs)],
    ...(access?.cdiNames ?? []).map((name) => ['device', name] as const),
    ...Object.entries(access?.env ?? {}).map(
      ([name, value]) => ['env', `${name}=${value}`] as const,
    ),
    ...(access?.mounts ?? []).map((path) => ['mount', path] as const),
    ...processes.map(
      ({ pid, name, certain }) =>
        ['process', `${pid} ${name}${certain ? '' : ' (may be somebody else’s)'}`] as const,
    ),
  ];
  return rows.map(([name, value]) => `${`${name}:`.padEnd(12)}${value}\n`).join('');
}

/** `tangram allocation why`. */
export function renderAllocationWhy(why: ExplainAllocationResponse__Output): string {
  const { allocation, refusal, nearest, evidence, decision } = why;
  const head = allocation === null ? '' : headText(allocation);
  const pending = refusal === '' ? '' : `pending: ${refusal}\n`;
  const passed = evidence.length === 0 ? '' : `passed over:\n${evidenceTable(evidence)}`;
  const helps = nearest === '' ? '' : helpText(nearest);
  const logged = decision === '0' ? '' : `decision ${decision}: tangram replay ${decision}\n`;
  return `${head}${pending}${passed}${helps}${logged}`;
}

/** `train: ready on node-a`. */
export function headText(allocation: Allocation__Output): string {
  const where = allocation.node === '' ? '' : ` on ${allocation.node}`;
  const reason = allocation.reason === '' ? '' : `: ${allocation.reason}`;
  return `${allocation.name}: ${allocationWord(allocation)}${where}${reason}\n`;
}

/** For `eval`, in any POSIX shell on the allocation's node. */
export function renderExports({ env }: AllocationAccess__Output): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');
}

/** One line to be pasted on the allocation's node: what a replica of a model is given there, and nothing else. */
export function renderDockerRun(access: AllocationAccess__Output): string {
  const { env, mounts } = access;
  const ownEngine = access.gpuHandout === 'env';
  // Inside, the engine has made the devices the only ones; the variable is for processes without a container.
  const given = Object.entries(env).filter(
    ([name]) => ownEngine || name !== 'CUDA_VISIBLE_DEVICES',
  );
  const words = [
    'docker run --rm',
    ...deviceWords(access),
    ...given.map(([name, value]) => `-e ${quoted(`${name}=${value}`)}`),
    ...mounts.map((path) => `-v ${quoted(`${path}:${path}`)}`),
    'IMAGE',
  ];
  return `${words.join(' ')}\n`;
}

function deviceWords({ deviceUuids, cdiNames, gpuHandout }: AllocationAccess__Output): string[] {
  // Docker reads the value as CSV: the inner quotes keep several devices one field.
  if (gpuHandout === 'toolkit') return [`--gpus '"device=${deviceUuids.join(',')}"'`];
  return gpuHandout === 'cdi' ? cdiNames.map((name) => `--device ${name}`) : [];
}

function needText({ spec }: Allocation__Output): string {
  const need = spec?.gpu;
  if (need === null || need === undefined) return '';
  const count = need.count > 1 ? `${need.count}x` : '';
  const compute = need.computePercent > 0 ? ` ${need.computePercent}%` : '';
  return `${count}${mibText(need.memoryMib)}${compute} ${isolationWord(need.isolation)}`;
}

function leftText({ expiresAtMs }: Allocation__Output, nowMs: number): string {
  const at = Number(expiresAtMs);
  return at === 0 ? '' : renderDuration(Math.max(0, at - nowMs));
}

function endText(allocation: Allocation__Output, nowMs: number): string {
  if (Number(allocation.expiresAtMs) === 0) return 'it has ended';
  const what = allocationWord(allocation) === 'pending' ? 'gives up' : 'unless it is renewed';
  return `${timeText(allocation.expiresAtMs)}, in ${leftText(allocation, nowMs)} (${what})`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

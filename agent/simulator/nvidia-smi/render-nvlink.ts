import { unreachable } from '../../../shared/domain/assert.ts';
import type { Dialect } from './dialect.ts';
import { nvlinks } from './render-topology.ts';
import type { GpuView } from './view.ts';

export type NvlinkQuestion = 'status' | 'capabilities' | 'errors';

/** What every link of a data-centre board can do, in the words and the order of the tool. */
const capabilities = [
  ['P2P is supported', true],
  ['Access to system memory supported', true],
  ['P2P atomics supported', true],
  ['System memory atomics supported', true],
  ['SLI is supported', true],
  ['Link is supported', true],
] as const;

/** `nvlink -s`, `-c` and `-e`. */
export function renderNvlink(
  views: readonly GpuView[],
  question: NvlinkQuestion,
  dialect: Dialect,
): readonly string[] {
  return views.flatMap((view) => [
    `GPU ${view.index}: ${view.card.productName} (UUID: ${view.gpu.uuid})`,
    ...linesOf(view, question, dialect),
  ]);
}

function linesOf(view: GpuView, question: NvlinkQuestion, dialect: Dialect): readonly string[] {
  const count = nvlinks(view.card.productName);
  if (view.gpu.migCurrent) return ['Nvlink queries are not supported for Devices in MIG mode'];
  if (count === 0) {
    // The binary of 550 has only this sentence; 595 was captured with the other one.
    return dialect.major >= 590
      ? ['Device does not have or support Nvlink']
      : ['NVML: Unable to retrieve NVLink information as all links are inActive'];
  }
  const links = Array.from({ length: count }, (_each, link) => link);
  const { unreadable } = view.health;
  if (unreadable !== undefined) {
    return [`NVML: Unable to retrieve NvLink link state for link 0: ${unreadable}`];
  }
  switch (question) {
    case 'status':
      return links.map((link) => `\t Link ${link}: ${speed(view)} GB/s`);
    case 'capabilities':
      return links.flatMap((link) =>
        capabilities.map(([name, has]) => `\t Link ${link}, ${name}: ${has}`),
      );
    case 'errors':
      return links.flatMap((link) =>
        ['Replay', 'Recovery', 'CRC'].map((kind) => `\t Link ${link}: ${kind} Errors: 0`),
      );
    default:
      return unreachable(question);
  }
}

/** GB/s of one link as `%g` prints it: 25 on Ampere, 26.562 on Hopper, 53.125 on Blackwell. */
function speed(view: GpuView): string {
  if (view.card.architecture === 'Blackwell') return '53.125';
  return view.card.architecture === 'Hopper' ? '26.562' : '25';
}

import { renderMib } from '../../../shared/domain/units.ts';
import { renderTable } from '../../../shared/platform/table.ts';
import type { TopRecord } from '../api/top-record.ts';
import { lacksDcgm } from './lacks-dcgm.ts';
import { rowsOf } from './rows.ts';
import { cardNode, type Amount, type TopNode } from './tree.ts';
import { firstView } from './view-state.ts';

/** One sample as plain columns, for eyes and for awk. `-`: not known; `~`: shared out, not measured. */
export function renderOnce(top: TopRecord): string {
  const cards = renderTable(
    ['GPU', 'SM', 'MEMORY', 'OF', 'TEMP', 'POWER', 'SM-CLOCK', 'UUID', 'NOTE'],
    top.gpus.map((gpu) => {
      const node = cardNode(gpu);
      return [
        String(gpu.index),
        amountWord(node.smRatio, percentWord),
        amountWord(node.memoryMib, renderMib),
        told(gpu.memoryTotalMib, renderMib),
        told(gpu.temperatureCelsius, (degrees) => `${Math.round(degrees)}C`),
        told(gpu.powerWatts, wattWord),
        told(gpu.smClockMhz, (mhz) => `${Math.round(mhz)}MHz`),
        gpu.uuid,
        node.warning,
      ];
    }),
  );
  const below = top.gpus.flatMap((gpu) =>
    rowsOf({ ...top, gpus: [gpu] }, firstView)
      .filter((row) => row.depth > 0)
      .map(({ node }) => lineOf(gpu.index, node)),
  );
  const users =
    below.length === 0
      ? ''
      : `\n${renderTable(['GPU', 'WHAT', 'NAME', 'MEMORY', 'OF', 'SM', 'POWER'], below)}`;
  return `${headOf(top)}\n${cards}${users}`;
}

function lineOf(index: number, node: TopNode): readonly string[] {
  return [
    String(index),
    node.kind === 'note' ? 'rest' : node.kind,
    node.name,
    amountWord(node.memoryMib, (mib) => renderMib(Math.round(mib))),
    told(node.memoryOfMib, renderMib),
    amountWord(node.smRatio, percentWord),
    amountWord(node.powerWatts, wattWord),
  ];
}

function headOf(top: TopRecord): string {
  const cpu = told(top.cpuRatio, percentWord) || '-';
  const host = `host: CPU ${cpu}, memory ${told(top.memoryUsedMib, renderMib) || '-'}`;
  if (top.gpus.length === 0) return `${host}; no sample of a card\n`;
  const age = `samples ${(top.ageMs / 1_000).toFixed(1)} s old`;
  const dcgm = lacksDcgm(top)
    ? `no DCGM, so SM use under MIG is not known: ${top.dcgmReason}\n`
    : '';
  return `${host}; ${age}${top.stale ? ' (STALE: sampling has stalled)' : ''}\n${dcgm}`;
}

function amountWord(amount: Amount | null, word: (value: number) => string): string {
  return amount === null ? '' : `${amount.shared ? '~' : ''}${word(amount.value)}`;
}

function percentWord(ratio: number): string {
  return `${Math.round(ratio * 100)}%`;
}

function wattWord(watts: number): string {
  return `${Math.round(watts)}W`;
}

function told(value: number | null, word: (value: number) => string): string {
  return value === null ? '' : word(value);
}

import { renderMib } from '../../shared/domain/units.ts';
import { renderTable } from '../../shared/platform/table.ts';
import { holderWord } from './holder-word.ts';
import type { MpsCardRecord, MpsLimitsRecord } from './api/mps-api.ts';

/** One line a card, then who uses those that are shared, then what is wrong. */
export function renderMps(cards: readonly MpsCardRecord[], nowMs: number): string {
  const head = renderTable(
    ['GPU', 'PRODUCT', 'DAEMON', 'SERVER', 'STATE', 'CLIENTS', 'LIMIT', 'COMPUTE-MODE'],
    cards.map((card) => [
      String(card.index),
      card.productName,
      daemonWord(card),
      card.servers.map(({ pid, uid }) => `${pid} (user ${uid ?? '?'})`).join(', '),
      card.servers.map(({ status }) => status || 'not told').join(', '),
      card.state === 'answering' ? `${card.clients.length}/${card.clientsMax}` : '',
      limitsWord(card.limits),
      modeWord(card),
    ]),
  );
  const parts = [head, sharesTable(cards), clientsTable(cards), notes(cards, nowMs)];
  return parts.filter((part) => part !== '').join('\n');
}

function daemonWord({ state, owned, pipeDirectory }: MpsCardRecord): string {
  if (pipeDirectory === '') return 'not configured';
  if (state !== 'answering') return state === 'silent' ? 'none' : 'cannot be asked';
  return owned ? 'answers' : 'answers (not ours)';
}

function modeWord({ computeMode, computeModeBefore }: MpsCardRecord): string {
  return computeModeBefore === '' ? computeMode : `${computeMode} (was ${computeModeBefore})`;
}

function limitsWord(limits: MpsLimitsRecord | null): string {
  return limits === null ? '' : `${limits.smPercent}%,${renderMib(limits.memoryMib)}`;
}

function sharesTable(cards: readonly MpsCardRecord[]): string {
  const rows = cards.flatMap((card) =>
    card.shares.map((share) => [
      String(card.index),
      share.slice,
      holderWord(share),
      limitsWord(share.promised),
      String(share.processes),
      limitsWord(share.perClient),
    ]),
  );
  const columns = ['GPU', 'SLICE', 'HOLDER', 'SHARE', 'PROCESSES', 'EACH'];
  return rows.length === 0 ? '' : renderTable(columns, rows);
}

function clientsTable(cards: readonly MpsCardRecord[]): string {
  const rows = cards.flatMap((card) =>
    [...card.clients, ...card.waiting].map((client) => [
      String(card.index),
      String(client.pid),
      client.uid === null ? '' : String(client.uid),
      client.serverPid === null ? 'waits' : String(client.serverPid),
      holderWord(client) || 'not ours',
    ]),
  );
  return rows.length === 0 ? '' : renderTable(['GPU', 'CLIENT', 'USER', 'SERVER', 'HOLDER'], rows);
}

function notes(cards: readonly MpsCardRecord[], nowMs: number): string {
  return cards
    .flatMap((card) => notesOf(card, nowMs).map((text) => `GPU ${card.index}: ${text}\n`))
    .join('');
}

function notesOf(card: MpsCardRecord, nowMs: number): readonly string[] {
  const { fault, recovery, waiting, orphanPids, index } = card;
  const found: string[] = [];
  if (fault !== null) {
    const who = fault.clientPid === null ? 'no client is named' : `client ${fault.clientPid}`;
    const when = fault.live ? 'is in FAULT' : 'had a fault';
    found.push(
      `server ${fault.serverPid} ${when}: ${fault.reason} (${who}); agentctl mps logs ${index}`,
    );
  }
  if (recovery?.open === true) {
    found.push(`all who share the card are being restarted: ${recovery.reason}`);
  } else if (recovery !== null && recovery.notBeforeMs > nowMs) {
    const seconds = Math.ceil((recovery.notBeforeMs - nowMs) / 1_000);
    found.push(
      `restarted ${recovery.count} times within an hour (${recovery.reason}); nothing starts for ${seconds} s`,
    );
  }
  if (waiting.length > 0) {
    found.push(`${waiting.length} of another user wait for the server: see mps.multiUser`);
  }
  if (orphanPids.length > 0) {
    found.push(`server ${orphanPids.join(', ')} has outlived its daemon`);
  }
  return found;
}

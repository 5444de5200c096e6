import { renderTable } from '../../shared/platform/table.ts';
import type { ApiToken__Output } from '../../shared/wire/generated/tangram/v1/ApiToken.ts';
import type { AuditRecord__Output } from '../../shared/wire/generated/tangram/v1/AuditRecord.ts';
import type { User__Output } from '../../shared/wire/generated/tangram/v1/User.ts';
import type { VerifyAuditResponse__Output } from '../../shared/wire/generated/tangram/v1/VerifyAuditResponse.ts';
import type { WhoAmIResponse__Output } from '../../shared/wire/generated/tangram/v1/WhoAmIResponse.ts';
import { agoText, enumWord, minuteText, timeText } from './words.ts';

export function renderWhoAmI(answer: WhoAmIResponse__Output): string {
  const until =
    Number(answer.expiresAtMs) === 0 ? [] : [`until       ${minuteText(answer.expiresAtMs)}`];
  return [
    `you         ${answer.kind}/${answer.name}`,
    `role        ${roleWord(answer.role)}`,
    `namespaces  ${namespacesText(answer.namespaces)}`,
    ...until,
    `may call    ${answer.methods.length} methods; --json lists them`,
    '',
  ].join('\n');
}

export function renderUsers(users: readonly User__Output[]): string {
  return renderTable(
    ['USER', 'ROLE', 'NAMESPACES', 'SINCE'],
    users.map((user) => [
      user.name,
      roleWord(user.role),
      namespacesText(user.namespaces),
      minuteText(user.createdAtMs),
    ]),
  );
}

export function renderApiTokens(tokens: readonly ApiToken__Output[], nowMs: number): string {
  return renderTable(
    ['TOKEN', 'ROLE', 'NAMESPACES', 'EXPIRES', 'LAST USED', 'BY', 'FOR'],
    tokens.map((token) => [
      token.id,
      roleWord(token.role),
      namespacesText(token.namespaces),
      expiryText(Number(token.expiresAtMs), nowMs),
      Number(token.lastUsedAtMs) === 0 ? '-' : `${agoText(token.lastUsedAtMs, nowMs)} ago`,
      token.createdBy,
      token.description === '' ? '-' : token.description,
    ]),
  );
}

/** Oldest first, as a log is read. */
export function renderAudit(records: readonly AuditRecord__Output[]): string {
  return renderTable(
    ['NO', 'AT', 'CALLER', 'CALL', 'TARGET', 'OUTCOME', 'DETAIL'],
    records
      .toReversed()
      .map((record) => [
        record.number,
        timeText(record.atMs),
        record.caller,
        record.method.slice(record.method.lastIndexOf('.') + 1),
        record.target === '' ? '-' : record.target,
        record.count > 1 ? `${record.outcome} x${record.count}` : record.outcome,
        record.detail === '' ? '-' : record.detail,
      ]),
  );
}

/** What a check of the log found, from a coordinator or from a file. */
export type AuditVerdict = Pick<
  VerifyAuditResponse__Output,
  'intact' | 'records' | 'firstBad' | 'problem' | 'headNumber' | 'headHash'
>;

export function renderVerdict(verdict: AuditVerdict): string {
  if (!verdict.intact) {
    return `the audit log was tampered with or is damaged: ${verdict.problem}\n${verdict.records} records before it are as they were written\n`;
  }
  return `intact: ${verdict.records} records, the newest is ${verdict.headNumber} with the hash\n${verdict.headHash}\n`;
}

function roleWord(role: string | number): string {
  return enumWord('ROLE_', role);
}

function namespacesText(namespaces: readonly string[]): string {
  return namespaces.includes('*') ? 'all' : namespaces.join(',');
}

function expiryText(expiresAtMs: number, nowMs: number): string {
  if (expiresAtMs === 0) return 'never';
  return expiresAtMs <= nowMs ? 'expired' : minuteText(expiresAtMs);
}

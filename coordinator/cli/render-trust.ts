import { isLoopback, parseAddress } from '../../shared/platform/listen-address.ts';
import { renderTable } from '../../shared/platform/table.ts';
import type { Authority__Output } from '../../shared/wire/generated/tangram/v1/Authority.ts';
import type { CreateJoinTokenResponse__Output } from '../../shared/wire/generated/tangram/v1/CreateJoinTokenResponse.ts';
import type { JoinToken__Output } from '../../shared/wire/generated/tangram/v1/JoinToken.ts';
import { counted, minuteText } from './words.ts';

/** The line to paste on a host: the only place where a token's secret is ever printed. */
export function renderJoinLine({
  joinAddress,
  secretText,
}: CreateJoinTokenResponse__Output): string {
  return `tangram-agent join ${joinAddress} --token ${secretText}\n`;
}

/** What goes beside the line, for people. */
export function renderTokenNote({ token, joinAddress }: CreateJoinTokenResponse__Output): string {
  if (token === null) return '';
  const pattern = token.nodePattern === '*' ? '' : ` named ${token.nodePattern}`;
  const nodes = `${counted(token.usesLeft, 'node')}${pattern}`;
  return `run this on the host, as root; it lets ${nodes} in until ${minuteText(token.expiresAtMs)}; tangram token revoke ${token.id} takes it back\n${warnOfLoopback(joinAddress)}`;
}

/** An address that leads every host to itself. */
function warnOfLoopback(address: string): string {
  const parsed = parseAddress(address);
  if (!parsed.ok || !isLoopback(parsed.value.host)) return '';
  return `warning: ${address} is reached from the coordinator's own host alone; for others set in coordinator.yaml grpc: 0.0.0.0:7443, join: 0.0.0.0:7442 and advertise: <name of this host>:7443, restart tangram-coordinator, and make another token\n`;
}

export function renderTokens(tokens: readonly JoinToken__Output[]): string {
  return renderTable(
    ['TOKEN', 'USES LEFT', 'EXPIRES', 'NODES', 'LABELS'],
    tokens.map(({ id, usesLeft, expiresAtMs, nodePattern, labels }) => [
      id,
      String(usesLeft),
      minuteText(expiresAtMs),
      nodePattern,
      Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
    ]),
  );
}

/** The roots, and who has yet to follow. */
export function renderAuthority(
  { clusterId, roots, nodesBehind }: Authority__Output,
  nowMs: number,
): string {
  const table = renderTable(
    ['ROOT', 'STATE', 'ISSUES FROM', 'VALID UNTIL'],
    roots.map((root) => [
      root.keyDigest.slice(0, 16),
      root.issuing ? 'issues' : Number(root.issuesFromMs) > nowMs ? 'staged' : 'trusted',
      minuteText(root.issuesFromMs),
      minuteText(root.notAfterMs),
    ]),
  );
  const behind =
    nodesBehind.length === 0
      ? ''
      : `behind: ${counted(nodesBehind.length, 'node')} with a certificate of an older root: ${nodesBehind.slice(0, 10).join(', ')}\n`;
  return `cluster: ${clusterId}\n${table}${behind}`;
}

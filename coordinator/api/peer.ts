import type { NodeName } from '../../shared/domain/ids.ts';
import type { CertificateFacts } from '../../shared/pki/certificates.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { factsOfPeer } from '../ca/authority.ts';

/** What a call tells of the connection it came on. */
interface CallOnConnection {
  getAuthContext(): {
    readonly transportSecurityType?: string;
    readonly sslPeerCertificate?: { readonly raw: Uint8Array };
  };
}

/** The certificate that TLS verified; null: the connection has none. Throws IDENTITY_MISMATCH for a stranger's. */
export function certificateOf(call: CallOnConnection): CertificateFacts | null {
  const { sslPeerCertificate } = call.getAuthContext();
  return sslPeerCertificate === undefined ? null : factsOfPeer(sslPeerCertificate.raw);
}

/** A certificate speaks for its own node only. Without one nobody was asked: plaintext on loopback. Throws IDENTITY_MISMATCH. */
export function checkSpeaksFor(call: CallOnConnection, node: NodeName): void {
  const facts = certificateOf(call);
  if (facts === null) return;
  const { kind, name } = facts.identity;
  if (kind === 'agent' && name === node) return;
  throw new AppError('IDENTITY_MISMATCH', `${kind}/${name} spoke for the node ${node}`, {
    hint: `a certificate speaks for its own node only: set node: ${name} in the agent's configuration, or join this host anew`,
  });
}

import { createSecureContext, type PeerCertificate } from 'node:tls';
import { credentials, type ChannelCredentials } from '@grpc/grpc-js';
import { identityIn } from '../pki/spiffe-id.ts';

export interface TlsClient {
  /** Of the cluster that is meant. */
  readonly cluster: string;
  /** PEM; nothing else is trusted. */
  readonly roots: readonly string[];
  /** Who asks: a certificate with what is between it and a root, and its key, PEM. Absent: the calls themselves say. */
  readonly identity?: { readonly chainPem: string; readonly keyPem: string };
}

/**
 * TLS 1.3 to a coordinator of one cluster, wherever it listens: what its certificate must say is that its holder is a
 * coordinator, which no agent's and no user's does. Throws for what is no certificate or key.
 */
export function tlsChannel({ cluster, roots, identity }: TlsClient): ChannelCredentials {
  const context = createSecureContext({
    ca: [...roots],
    minVersion: 'TLSv1.3',
    ...(identity === undefined ? {} : { cert: identity.chainPem, key: identity.keyPem }),
  });
  return credentials.createFromSecureContext(context, {
    checkServerIdentity: (_host, certificate) => checkCoordinator(certificate, cluster),
  });
}

/** TLS 1.3 to whoever answers, checking nobody: only to ask for what is checked afterwards. */
export function unverifiedChannel(): ChannelCredentials {
  const context = createSecureContext({ minVersion: 'TLSv1.3' });
  return credentials.createFromSecureContext(context, {
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
}

function checkCoordinator(certificate: PeerCertificate, cluster: string): Error | undefined {
  const identity = identityIn(certificate.subjectaltname);
  if (!identity.ok) return new Error(identity.problem.message);
  const { kind, name } = identity.value;
  if (kind === 'coordinator' && identity.value.cluster === cluster) return undefined;
  return new Error(
    `${kind}/${name} of ${identity.value.cluster} answers, no coordinator of ${cluster}`,
  );
}

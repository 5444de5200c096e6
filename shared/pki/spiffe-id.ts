import { err, ok, type Result } from '../domain/result.ts';

export const identityKinds = ['agent', 'coordinator', 'user'] as const;
export type IdentityKind = (typeof identityKinds)[number];

/** Whom a certificate is of. Names are lower-case DNS labels. */
export interface Identity {
  readonly cluster: string;
  readonly kind: IdentityKind;
  readonly name: string;
}

const shape =
  /^spiffe:\/\/([A-Za-z0-9][A-Za-z0-9._-]{0,127})\/(agent|coordinator|user)\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$/;

/** `spiffe://<cluster>/<kind>/<name>` (SPIFFE-ID §2). */
export function renderSpiffeId({ cluster, kind, name }: Identity): string {
  return `spiffe://${cluster}/${kind}/${name}`;
}

export function parseSpiffeId(text: string): Result<Identity> {
  const [, cluster, word, name] = shape.exec(text) ?? [];
  const kind = identityKinds.find((each) => each === word);
  if (cluster !== undefined && kind !== undefined && name !== undefined) {
    return ok({ cluster, kind, name });
  }
  return err({
    code: 'IDENTITY_UNREADABLE',
    message: `${JSON.stringify(text)} names nobody of a cluster`,
    hint: 'it looks like spiffe://cluster-1a2b3c4d/agent/gpu-host-1',
  });
}

/**
 * Whom a certificate is of, from its alternative names as Node renders them (`DNS:a, URI:spiffe://…`). Exactly one URI
 * must be there (SPIFFE X.509-SVID §2).
 */
export function identityIn(subjectAltName: string | undefined): Result<Identity> {
  // Node quotes a name that holds a comma, so that no name can pretend to be two.
  const uris = (subjectAltName ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  const [uri] = uris;
  if (uris.length === 1 && uri !== undefined) return parseSpiffeId(uri.slice('URI:'.length));
  return err({
    code: 'IDENTITY_UNREADABLE',
    message: `the certificate has ${uris.length} URIs among its names, not one`,
    hint: 'it is not from the authority of a Tangram cluster',
  });
}

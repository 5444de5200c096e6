import type { CertificateFacts } from '../../shared/pki/certificates.ts';

/** What somebody may do. One a caller; the table of methods names them. */
export type Role = 'viewer' | 'operator' | 'admin' | 'scheduler' | 'agent';

/** Roles that are given to people and tokens; `agent` comes with a node's certificate alone. */
export const givenRoles = ['viewer', 'operator', 'admin', 'scheduler'] as const;
export type GivenRole = (typeof givenRoles)[number];

/** Model label `namespace`; a model without one is in `default`. */
export type Namespaces = 'all' | readonly string[];

const defaultNamespace = 'default';

/** How the caller proved who it is, and what takes that proof away again. */
export type Proof =
  | { readonly kind: 'certificate'; readonly certificate: CertificateFacts }
  | { readonly kind: 'token'; readonly id: string }
  | { readonly kind: 'oidc'; readonly expiresAtMs: number }
  /** Plaintext on loopback, with `tls: off`: whoever is on this machine. */
  | { readonly kind: 'local' };

/** Whom a call is taken for. A value: what it may do is looked up once, and again while a stream lives. */
export interface Caller {
  readonly kind: 'user' | 'token' | 'oidc' | 'agent' | 'local';
  /** The user's or node's name, the token's id, the identity provider's subject. */
  readonly name: string;
  readonly role: Role;
  readonly namespaces: Namespaces;
  readonly proof: Proof;
}

/** `user/ada`, `token/a1b2c3d4e5`, `agent/node-1`: as errors and the audit log name a caller. */
export function callerName(caller: Caller): string {
  return `${caller.kind}/${caller.name}`;
}

export function reaches(namespaces: Namespaces, namespace: string): boolean {
  return namespaces === 'all' || namespaces.includes(namespace);
}

/** A model's namespace: its label, or `default`. */
export function namespaceIn(labels: Readonly<Record<string, string>> | null | undefined): string {
  const named = labels?.['namespace'];
  return named === undefined || named === '' ? defaultNamespace : named;
}

/** `all namespaces`, `the namespaces a, b`: for sentences. */
export function renderNamespaces(namespaces: Namespaces): string {
  if (namespaces === 'all') return 'all namespaces';
  return namespaces.length === 1
    ? `the namespace ${namespaces[0]}`
    : `the namespaces ${namespaces.join(', ')}`;
}

import type { GivenRole, Namespaces } from './caller.ts';

/** A person who is known by a certificate of the cluster's authority. */
export interface UserRecord {
  readonly name: string;
  readonly role: GivenRole;
  readonly namespaces: Namespaces;
  readonly createdAtMs: number;
}

/** A program that is known by a secret. */
export interface ApiTokenRecord {
  readonly id: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly secretHash: string;
  readonly description: string;
  readonly role: GivenRole;
  readonly namespaces: Namespaces;
  readonly createdBy: string;
  readonly createdAtMs: number;
  /** 0: never. */
  readonly expiresAtMs: number;
}

/** Who is known: read at every call, so from memory; a change is durable once its promise resolves. */
export interface AccessRecords {
  user(name: string): UserRecord | undefined;
  /** In order of names. */
  users(): readonly UserRecord[];
  token(id: string): ApiTokenRecord | undefined;
  /** In order of ids. */
  tokens(): readonly ApiTokenRecord[];
  /** `change` sees what is there now (undefined: nothing) and answers what shall be; what it throws changes nothing. */
  changeUser(
    name: string,
    change: (present: UserRecord | undefined) => UserRecord | undefined,
  ): Promise<UserRecord | undefined>;
  changeToken(
    id: string,
    change: (present: ApiTokenRecord | undefined) => ApiTokenRecord | undefined,
  ): Promise<ApiTokenRecord | undefined>;
}

/** What calls name, and which models that touches: for namespaces, and for the audit log. */
export interface Directory {
  /** undefined: there is no such model. */
  model(name: string): { readonly namespace: string; readonly etag: string } | undefined;
  /** undefined: there is no such allocation. */
  allocation(name: string): { readonly namespace: string } | undefined;
  modelOfReplica(replica: string): string | undefined;
  /** undefined: there is no such plan or change. */
  modelsOfPlan(plan: string): readonly string[] | undefined;
  modelsOfChange(change: string): readonly string[] | undefined;
}

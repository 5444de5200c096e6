import type { Metadata } from '@grpc/grpc-js';
import { AppError } from '../../shared/platform/errors.ts';
import { inverted } from '../../shared/wire/fields.ts';
import { fieldError, unary } from '../../shared/wire/unary.ts';
import type { AccessServiceHandlers } from '../../shared/wire/generated/tangram/v1/AccessService.ts';
import type { ApiToken as WireToken } from '../../shared/wire/generated/tangram/v1/ApiToken.ts';
import type { User as WireUser } from '../../shared/wire/generated/tangram/v1/User.ts';
import { mintApiToken, hashSecret, renderApiToken } from '../access/api-token.ts';
import type { Authenticator } from '../access/authenticate.ts';
import { mayCall } from '../access/authorize.ts';
import { callerOf } from '../access/caller-of.ts';
import {
  callerName,
  type Caller,
  type GivenRole,
  type Namespaces,
  type Role,
} from '../access/caller.ts';
import { methodTable } from '../access/method-table.ts';
import type { AccessRecords, ApiTokenRecord, UserRecord } from '../access/records.ts';
import type { AuditLog } from '../audit/audit-log.ts';

export interface AccessDeps {
  readonly records: AccessRecords;
  readonly authenticator: Pick<Authenticator, 'lastUsedMs'>;
  readonly audit: Pick<AuditLog, 'list' | 'verify'>;
  readonly wallMs: () => number;
  /** Ends what was issued to a user; null: in plaintext there is nothing to end. */
  readonly revokeUser: ((name: string) => Promise<void>) | null;
  /** That many bytes nobody can guess. */
  readonly random: (bytes: number) => Uint8Array;
  readonly onError: (error: unknown) => void;
}

const limits = {
  descriptionLengthMax: 200,
  namespacesMax: 100,
  ttlSecondsDefault: 30 * 86_400,
  ttlSecondsMax: 366 * 86_400,
  auditRecordsDefault: 100,
  auditRecordsMax: 1_000,
} as const;

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const roles = {
  ROLE_VIEWER: 'viewer',
  ROLE_OPERATOR: 'operator',
  ROLE_ADMIN: 'admin',
  ROLE_SCHEDULER: 'scheduler',
} as const satisfies Readonly<Record<string, GivenRole>>;
const encodeRole = inverted({ ...roles, ROLE_AGENT: 'agent' } as const satisfies Readonly<
  Record<string, Role>
>);

/** The door for administrators; `WhoAmI` is everybody's. */
export function accessHandlers(deps: AccessDeps): AccessServiceHandlers {
  return { ...userHandlers(deps), ...tokenHandlers(deps), ...auditHandlers(deps) };
}

function userHandlers({
  records,
  revokeUser,
  wallMs,
  onError,
}: AccessDeps): Pick<
  AccessServiceHandlers,
  'WhoAmI' | 'CreateUser' | 'ListUsers' | 'SetUserRole' | 'DeleteUser'
> {
  return {
    WhoAmI: unary((_request, _signal, metadata) => whoAmI(callerOf(metadata)), onError),
    CreateUser: unary(async (request) => {
      const user = { name: nameIn(request.name), ...rightsIn(request), createdAtMs: wallMs() };
      await records.changeUser(user.name, (present) => {
        if (present === undefined) return user;
        throw new AppError('USER_EXISTS', `there is a user ${user.name} already`, {
          hint: 'tangram user set-role changes what it may do',
        });
      });
      return { user: encodeUser(user) };
    }, onError),
    ListUsers: unary(() => ({ users: records.users().map(encodeUser) }), onError),
    SetUserRole: unary(async (request) => {
      const name = nameIn(request.name);
      const rights = rightsIn(request);
      const user = await records.changeUser(name, (present) => {
        if (present === undefined) throw unknownUser(name);
        if (!administers(rights)) keepAnAdmin(records, present);
        return { ...present, ...rights };
      });
      return { user: user === undefined ? null : encodeUser(user) };
    }, onError),
    DeleteUser: unary(async (request) => {
      const name = nameIn(request.name);
      await records.changeUser(name, (present) => {
        if (present === undefined) throw unknownUser(name);
        keepAnAdmin(records, present);
        return undefined;
      });
      // Should there be a user of this name again, it is another one.
      await revokeUser?.(name);
      return {};
    }, onError),
  };
}

function tokenHandlers(
  deps: AccessDeps,
): Pick<AccessServiceHandlers, 'CreateApiToken' | 'ListApiTokens' | 'RevokeApiToken'> {
  const { records, onError } = deps;
  const encode = (record: ApiTokenRecord): WireToken => encodeToken(record, deps);
  return {
    CreateApiToken: unary(async (request, _signal, metadata) => {
      const parts = mintApiToken(deps.random);
      const createdAtMs = deps.wallMs();
      const record: ApiTokenRecord = {
        id: parts.id,
        secretHash: hashSecret(parts.secret),
        description: descriptionIn(request.description),
        ...rightsIn(request),
        createdBy: createdBy(metadata),
        createdAtMs,
        expiresAtMs: createdAtMs + ttlMsIn(request.ttlSeconds),
      };
      await records.changeToken(record.id, (present) => {
        // 50 bits of chance.
        if (present !== undefined) throw new Error(`the token id ${record.id} was drawn twice`);
        return record;
      });
      return { token: encode(record), secret: renderApiToken(parts) };
    }, onError),
    ListApiTokens: unary(() => ({ tokens: records.tokens().map(encode) }), onError),
    RevokeApiToken: unary(async ({ id }) => {
      await records.changeToken(id, (present) => {
        if (present !== undefined) return undefined;
        throw new AppError('API_TOKEN_UNKNOWN', `there is no API token ${JSON.stringify(id)}`, {
          hint: 'tangram api-token list shows the ids of those that there are',
        });
      });
      return {};
    }, onError),
  };
}

function auditHandlers({
  audit,
  onError,
}: AccessDeps): Pick<AccessServiceHandlers, 'ListAuditRecords' | 'VerifyAudit'> {
  return {
    ListAuditRecords: unary(({ limit, before, caller }) => {
      if (limit < 0 || limit > limits.auditRecordsMax) {
        throw fieldError('limit', `${limit} is out of range`, `0 to ${limits.auditRecordsMax}`);
      }
      const asked = limit === 0 ? limits.auditRecordsDefault : limit;
      return { records: [...audit.list({ limit: asked, before: Number(before), caller })] };
    }, onError),
    VerifyAudit: unary(async () => {
      const verdict = await audit.verify();
      return {
        intact: verdict.intact,
        records: verdict.records,
        firstBad: verdict.firstBad ?? 0,
        problem: verdict.problem,
        headNumber: verdict.head.number,
        headHash: verdict.head.hash,
      };
    }, onError),
  };
}

function whoAmI(caller: Caller) {
  const { proof } = caller;
  const expiresAtMs =
    proof.kind === 'certificate'
      ? proof.certificate.notAfterMs
      : proof.kind === 'oidc'
        ? proof.expiresAtMs
        : 0;
  return {
    kind: caller.kind,
    name: caller.name,
    role: encodeRole(caller.role),
    namespaces: encodeNamespaces(caller.namespaces),
    expiresAtMs,
    methods: Object.entries(methodTable)
      .filter(([, rule]) => mayCall(rule, caller))
      .map(([method]) => method)
      .toSorted(),
  };
}

/** Without an administrator of all namespaces nobody could make one again. Throws LAST_ADMIN. */
function keepAnAdmin(records: AccessRecords, leaving: UserRecord): void {
  if (!administers(leaving)) return;
  const others = records.users().filter((user) => user.name !== leaving.name && administers(user));
  if (others.length > 0) return;
  throw new AppError('LAST_ADMIN', `${leaving.name} is the last administrator`, {
    hint: 'make another one first: tangram user create NAME --role admin',
  });
}

function administers({ role, namespaces }: Pick<UserRecord, 'role' | 'namespaces'>): boolean {
  return role === 'admin' && namespaces === 'all';
}

function nameIn(text: string): string {
  if (dnsLabel.test(text)) return text;
  throw fieldError(
    'name',
    `${JSON.stringify(text)} is no name of a user`,
    'use lower-case letters, digits and dashes, at most 63 characters',
  );
}

function rightsIn(request: {
  readonly role: string;
  readonly namespaces: readonly string[];
}): Pick<UserRecord, 'role' | 'namespaces'> {
  const role = Object.entries(roles).find(([word]) => word === request.role)?.[1];
  if (role === undefined) {
    const known = Object.values(roles).join(', ');
    throw fieldError('role', 'is missing, or one that cannot be given', `give one of ${known}`);
  }
  return { role, namespaces: namespacesIn(request.namespaces) };
}

function namespacesIn(names: readonly string[]): Namespaces {
  if (names.length === 0 || names.includes('*')) return 'all';
  const bad = names.find((name) => !dnsLabel.test(name));
  if (bad !== undefined || names.length > limits.namespacesMax) {
    throw fieldError(
      'namespaces',
      bad === undefined ? `${names.length} are too many` : `${JSON.stringify(bad)} is none`,
      `at most ${limits.namespacesMax} names of lower-case letters, digits and dashes`,
    );
  }
  return [...new Set(names)].toSorted();
}

function descriptionIn(text: string): string {
  if (text.length <= limits.descriptionLengthMax) return text;
  throw fieldError(
    'description',
    `has ${text.length} characters`,
    `at most ${limits.descriptionLengthMax}`,
  );
}

function ttlMsIn(asked: string): number {
  const seconds = asked === '0' ? limits.ttlSecondsDefault : Number(asked);
  if (Number.isSafeInteger(seconds) && seconds > 0 && seconds <= limits.ttlSecondsMax) {
    return seconds * 1_000;
  }
  throw fieldError('ttl_seconds', `${asked} is out of range`, `1 to ${limits.ttlSecondsMax}`);
}

function createdBy(metadata: Metadata): string {
  return callerName(callerOf(metadata));
}

function unknownUser(name: string): AppError {
  return new AppError('USER_UNKNOWN', `there is no user ${name}`, {
    hint: 'tangram user list shows those that there are',
  });
}

function encodeUser({ name, role, namespaces, createdAtMs }: UserRecord): WireUser {
  return {
    name,
    role: encodeRole(role),
    namespaces: encodeNamespaces(namespaces),
    createdAtMs,
  };
}

function encodeToken(record: ApiTokenRecord, { authenticator }: AccessDeps): WireToken {
  const { id, description, role, namespaces, createdBy: maker, createdAtMs, expiresAtMs } = record;
  return {
    id,
    description,
    role: encodeRole(role),
    namespaces: encodeNamespaces(namespaces),
    createdBy: maker,
    createdAtMs,
    expiresAtMs,
    lastUsedAtMs: authenticator.lastUsedMs(id),
  };
}

function encodeNamespaces(namespaces: Namespaces): string[] {
  return namespaces === 'all' ? ['*'] : [...namespaces];
}

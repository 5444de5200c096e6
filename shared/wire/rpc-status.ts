import protobuf from 'protobufjs/light.js';

/** One detail of a status, by the name of its message in google.rpc. */
export interface RpcStatusDetails {
  readonly errorInfo?: {
    readonly reason: string;
    readonly domain: string;
    readonly metadata: Readonly<Record<string, string>>;
  };
  readonly badRequest?: {
    readonly fieldViolations: readonly { readonly field: string; readonly description: string }[];
  };
  readonly preconditionFailure?: {
    readonly violations: readonly {
      readonly type: string;
      readonly subject: string;
      readonly description: string;
    }[];
  };
  /** Whole milliseconds. */
  readonly retryInfo?: { readonly retryDelayMs: number };
}

/** google.rpc.Status. */
export interface RpcStatus {
  /** A number of `grpc.status`. */
  readonly code: number;
  readonly message: string;
  readonly details: RpcStatusDetails;
}

/** protobufjs reads maps here, too; its types forget to say so. */
const stringMap = (id: number): protobuf.IField =>
  ({ keyType: 'string', type: 'string', id }) as protobuf.IField;
const text = (id: number) => ({ type: 'string', id });

/**
 * Numbers and types of google/rpc/status.proto and google/rpc/error_details.proto (googleapis, public), as far as they are
 * used here. `Any` and `Duration` are those of google/protobuf.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Any: { fields: { typeUrl: text(1), value: { type: 'bytes', id: 2 } } },
    Duration: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
    Status: {
      fields: {
        code: { type: 'int32', id: 1 },
        message: text(2),
        details: { rule: 'repeated', type: 'Any', id: 3 },
      },
    },
    ErrorInfo: {
      fields: {
        reason: text(1),
        domain: text(2),
        metadata: stringMap(3),
      },
    },
    RetryInfo: { fields: { retryDelay: { type: 'Duration', id: 1 } } },
    PreconditionViolation: { fields: { type: text(1), subject: text(2), description: text(3) } },
    PreconditionFailure: {
      fields: { violations: { rule: 'repeated', type: 'PreconditionViolation', id: 1 } },
    },
    FieldViolation: { fields: { field: text(1), description: text(2) } },
    BadRequest: {
      fields: { fieldViolations: { rule: 'repeated', type: 'FieldViolation', id: 1 } },
    },
  },
});

const typePrefix = 'type.googleapis.com/google.rpc.';
const message = (name: string): protobuf.Type => root.lookupType(name);

/** The value of `grpc-status-details-bin`. */
export function encodeRpcStatus(status: RpcStatus): Buffer {
  const { errorInfo, badRequest, preconditionFailure, retryInfo } = status.details;
  const details = [
    ...(errorInfo === undefined ? [] : [packed('ErrorInfo', errorInfo)]),
    ...(badRequest === undefined ? [] : [packed('BadRequest', badRequest)]),
    ...(preconditionFailure === undefined
      ? []
      : [packed('PreconditionFailure', preconditionFailure)]),
    ...(retryInfo === undefined ? [] : [packed('RetryInfo', retryMessage(retryInfo.retryDelayMs))]),
  ];
  const { code, message: said } = status;
  return Buffer.from(message('Status').encode({ code, message: said, details }).finish());
}

/** null: these bytes are no status. Details of other kinds are skipped. */
export function decodeRpcStatus(bytes: Uint8Array): RpcStatus | null {
  try {
    const status = plain('Status', bytes) as RawStatus;
    const details = Object.assign({}, ...status.details.map(unpacked)) as RpcStatusDetails;
    return { code: status.code, message: status.message, details };
  } catch {
    return null;
  }
}

interface RawStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly typeUrl: string; readonly value: Uint8Array }[];
}

const keys: Readonly<Record<string, keyof RpcStatusDetails>> = {
  ErrorInfo: 'errorInfo',
  BadRequest: 'badRequest',
  PreconditionFailure: 'preconditionFailure',
};

function unpacked({ typeUrl, value }: RawStatus['details'][number]): RpcStatusDetails {
  const name = typeUrl.startsWith(typePrefix) ? typeUrl.slice(typePrefix.length) : '';
  if (name === 'RetryInfo') {
    const { retryDelay } = plain(name, value) as { retryDelay: { seconds: string; nanos: number } };
    const retryDelayMs = Number(retryDelay.seconds) * 1_000 + retryDelay.nanos / 1e6;
    return { retryInfo: { retryDelayMs } };
  }
  const key = keys[name];
  return key === undefined ? {} : { [key]: plain(name, value) };
}

function retryMessage(ms: number): object {
  return { retryDelay: { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1e6 } };
}

function packed(name: string, value: object): object {
  return { typeUrl: `${typePrefix}${name}`, value: message(name).encode(value).finish() };
}

function plain(name: string, bytes: Uint8Array): unknown {
  const type = message(name);
  return type.toObject(type.decode(bytes), { longs: String, defaults: true });
}

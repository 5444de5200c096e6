import {
  ServerInterceptingCall,
  status as grpcStatus,
  type Metadata,
  type ServerInterceptingCallInterface,
} from '@grpc/grpc-js';
import { AppError, isAppError } from '../../shared/platform/errors.ts';
import { errorCodeIn, toServiceError } from '../../shared/wire/unary.ts';
import type { Door } from './authenticate.ts';
import { checkNamespaces, checkRole, checkSpeaker } from './authorize.ts';
import { callerName, type Caller } from './caller.ts';
import { noteCaller } from './caller-of.ts';
import type { GuardDesk } from './guard-desk.ts';
import type { MessageMeter } from './meter.ts';
import { textIn, type AnswerFilter, type Message, type MethodRule } from './method-rule.ts';

type Listener = Parameters<ServerInterceptingCallInterface['start']>[0];
type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

interface Asked {
  readonly method: string;
  readonly rule: MethodRule;
  readonly door: Door;
}

/** What is known of a request that changes something. */
interface Change {
  readonly target: string;
  readonly requestId: string;
  readonly revisionBefore: string;
}

/**
 * One call on its way to its service. It extends the library's class because that is what an interceptor must answer.
 * Invariants: the service's listener hears nothing before the caller is admitted, and nothing after the call is over; at
 * most one status is sent.
 */
export class GuardedCall extends ServerInterceptingCall {
  readonly #base: ServerInterceptingCallInterface;
  readonly #asked: Asked;
  readonly #desk: GuardDesk;
  #listener: Listener | undefined;
  #caller: Caller | null = null;
  /** Who is not known has a few calls and no streams. */
  #meter: MessageMeter = () => 0;
  #address = '';
  #filter: AnswerFilter | undefined;
  #change: Change | undefined;
  #target = '';
  /** A status was sent, or is about to be. */
  #answered = false;
  /** The service was told that nobody waits any more. */
  #gone = false;

  constructor(base: ServerInterceptingCallInterface, asked: Asked, desk: GuardDesk) {
    super(base);
    this.#base = base;
    this.#asked = asked;
    this.#desk = desk;
  }

  override start(listener: Listener): void {
    this.#listener = listener;
    this.#base.start({
      onReceiveMetadata: (metadata) => void this.#admit(metadata, listener),
      onReceiveMessage: (message: Message) => this.#receive(message, listener),
      onReceiveHalfClose: () => {
        if (!this.#isOver()) listener.onReceiveHalfClose();
      },
      onCancel: () => this.#cancel(),
    });
  }

  override sendMessage(message: Message, callback: () => void): void {
    if (this.#change !== undefined && this.#change.target === '') {
      this.#change = { ...this.#change, target: this.#asked.rule.made(message) };
    }
    const seen = this.#filter === undefined ? message : this.#filter(message);
    if (seen === null) callback();
    else super.sendMessage(seen, callback);
  }

  override sendStatus(status: Status): void {
    if (this.#answered) return;
    this.#answer();
    const change = this.#change;
    if (change === undefined) {
      if (errorCodeIn(status.metadata) === 'CALLER_DENIED')
        this.#recordDenial(status.details ?? '');
      super.sendStatus(status);
      return;
    }
    this.#recordChange(change, status).then(
      () => super.sendStatus(status),
      (error: unknown) => super.sendStatus(statusOf(notRecorded(status, error))),
    );
  }

  /** Ends the call when its caller may not stay. */
  checkStay(): void {
    if (this.#caller === null) return;
    const why = this.#desk.authenticator.whyNotAnyMore(this.#caller);
    if (why === null) return;
    this.#refuse(why);
    // The peer may leave its side open: for the service the call is over.
    this.#cancel();
  }

  /** What was begun goes on, and is recorded when it ends, although nobody waits for it. */
  #cancel(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#desk.live.delete(this);
    this.#listener?.onCancel();
  }

  async #admit(metadata: Metadata, listener: Listener): Promise<void> {
    const { authenticator, forwarded, meter, counts, live } = this.#desk;
    try {
      const peer = this.#base.getConnectionInfo().remoteAddress ?? 'unknown';
      this.#address = forwarded.take(metadata) ?? peer;
      this.#checkSize(metadata);
      const authorization = headerIn(metadata, 'authorization');
      if (needsSignature(authorization)) meter.signature(this.#address);
      this.#caller = await authenticator.authenticate({
        door: this.#asked.door,
        certificate: this.#base.getAuthContext().sslPeerCertificate,
        authorization,
      });
      if (this.#isOver()) return;
      // A secret has no business in a service.
      metadata.remove('authorization');
      this.#checkCaller(metadata);
    } catch (error) {
      this.#refuse(this.#charged(error));
      return;
    }
    counts.admitted += 1;
    live.add(this);
    listener.onReceiveMetadata(metadata);
  }

  #checkCaller(metadata: Metadata): void {
    const { method, rule } = this.#asked;
    const caller = this.#caller;
    if (caller === null) {
      if (rule.who !== 'anybody') throw nobody();
      this.#desk.meter.unproven(this.#address);
      return;
    }
    this.#desk.meter.call(caller);
    this.#meter = this.#desk.meter.messages(caller);
    checkRole(method, rule, caller);
    noteCaller(metadata, caller);
  }

  #receive(message: Message, listener: Listener): void {
    if (this.#isOver()) return;
    try {
      this.#checkMessage(message);
    } catch (error) {
      this.#refuse(error);
      return;
    }
    const waitMs = this.#meter(message instanceof Uint8Array ? message.byteLength : 0);
    const handOn = (): void => {
      if (!this.#isOver()) listener.onReceiveMessage(message);
    };
    // Nothing more is read from the peer until this one is handed on.
    if (waitMs > 0) void this.#desk.clock.sleep(waitMs, new AbortController().signal).then(handOn);
    else handOn();
  }

  #checkMessage(message: Message): void {
    const { method, rule } = this.#asked;
    const { directory, audit } = this.#desk;
    const target = rule.target(message);
    this.#target = target;
    if (this.#caller !== null) {
      const node = rule.speaksFor(message);
      if (node !== null) checkSpeaker(this.#caller, node);
      checkNamespaces({ method, rule, caller: this.#caller }, message, directory);
      const { namespaces } = this.#caller;
      if (namespaces !== 'all') this.#filter = rule.filter?.(namespaces, directory, message);
    }
    if (!rule.changes(message)) return;
    audit.assertWritable();
    this.#change = {
      target,
      requestId: textIn(message, 'requestId'),
      revisionBefore: this.#revisionOf(target),
    };
  }

  /** A refusal costs who proved nothing, or something wrong, a part of what its address may try. */
  #charged(error: unknown): unknown {
    if (!isAppError(error, 'CALLER_UNKNOWN')) return error;
    try {
      this.#desk.meter.unproven(this.#address);
      return error;
    } catch (tooMany) {
      return tooMany;
    }
  }

  #refuse(error: unknown): void {
    if (this.#answered) return;
    this.#answer();
    const { counts } = this.#desk;
    const status = statusOf(error);
    if (isAppError(error, 'CALLS_TOO_MANY')) {
      counts.throttled += 1;
    } else if (isAppError(error, 'CALLER_UNKNOWN')) {
      counts.unproven += 1;
      this.#recordDenial(status.details);
    } else if (isAppError(error, 'CALLER_DENIED')) {
      counts.denied += 1;
      this.#recordDenial(status.details);
    } else if (!isAppError(error)) {
      this.#desk.log.error({ err: error, method: this.#asked.method }, 'a call was not admitted');
    }
    this.#base.sendStatus(status);
  }

  #recordDenial(detail: string): void {
    this.#desk.recordDenial({
      ...this.#entry(),
      target: this.#target,
      outcome: 'denied',
      detail,
    });
  }

  #recordChange(change: Change, status: Status): Promise<void> {
    const done = status.code === grpcStatus.OK;
    return this.#desk.audit.append({
      ...this.#entry(),
      ...change,
      outcome: done
        ? 'done'
        : (errorCodeIn(status.metadata) ?? grpcStatus[status.code ?? grpcStatus.UNKNOWN]),
      detail: done ? '' : (status.details ?? ''),
      revisionAfter: this.#revisionOf(change.target),
    });
  }

  #entry() {
    return {
      atMs: this.#desk.clock.wallMs(),
      caller: this.#caller === null ? `unknown@${this.#address}` : callerName(this.#caller),
      method: this.#asked.method,
      requestId: '',
      revisionBefore: '',
      revisionAfter: '',
      count: 1,
    };
  }

  #revisionOf(target: string): string {
    const [kind, name] = target.split('/', 2);
    if (kind !== 'models' || name === undefined) return '';
    try {
      return this.#desk.directory.model(name)?.etag ?? '';
    } catch {
      // Who lost the lead meanwhile knows no revisions; what was done is recorded all the same.
      return '';
    }
  }

  #checkSize(metadata: Metadata): void {
    const bytes = Object.entries(metadata.getMap()).reduce(
      (sum, [key, value]) => sum + key.length + value.length,
      0,
    );
    const max = this.#desk.limits.metadataBytesMax;
    if (bytes <= max) return;
    throw new AppError('LIMIT_REACHED', `the metadata of the call has ${bytes} bytes`, {
      hint: `send at most ${max}`,
    });
  }

  #isOver(): boolean {
    return this.#answered || this.#gone;
  }

  #answer(): void {
    this.#answered = true;
    this.#desk.live.delete(this);
  }
}

function headerIn(metadata: Metadata, key: string): string {
  const values = metadata.get(key);
  if (values.length > 1) {
    throw new AppError('CALLER_UNKNOWN', `nobody known calls: ${key} came ${values.length} times`, {
      hint: 'send it once',
    });
  }
  return String(values[0] ?? '');
}

function needsSignature(authorization: string): boolean {
  return authorization !== '' && !/^Bearer tga_/i.test(authorization);
}

function nobody(): AppError {
  return new AppError('CALLER_UNKNOWN', 'nobody known calls: the call proves nothing', {
    hint: 'connect with a certificate of this cluster, such as that in admin.yaml, or send `authorization: Bearer tga_…`',
  });
}

function statusOf(error: unknown): Status & { readonly details: string } {
  const { code, details, metadata } = toServiceError(error);
  return {
    code: code ?? grpcStatus.INTERNAL,
    details: details ?? '',
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** What was done cannot be taken back: the caller is told both. */
function notRecorded(status: Status, cause: unknown): AppError {
  const ended =
    status.code === grpcStatus.OK ? 'was carried out' : `failed (${status.details ?? ''})`;
  return new AppError('AUDIT_UNWRITABLE', `the call ${ended}, but could not be recorded`, {
    cause,
  });
}

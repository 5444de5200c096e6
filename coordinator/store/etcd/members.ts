import {
  credentials,
  loadPackageDefinition,
  Metadata,
  status,
  type ChannelOptions,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { backoffMs } from '../../../shared/platform/backoff.ts';
import type { Clock } from '../../../shared/platform/clock.ts';
import type { ProtoGrpcType } from '../../../shared/wire/generated/etcd.ts';
import type { KVClient } from '../../../shared/wire/generated/etcdserverpb/KV.ts';
import type { LeaseClient } from '../../../shared/wire/generated/etcdserverpb/Lease.ts';
import type { MaintenanceClient } from '../../../shared/wire/generated/etcdserverpb/Maintenance.ts';
import type { WatchClient } from '../../../shared/wire/generated/etcdserverpb/Watch.ts';
import { loaderOptions, protoRoot } from '../../../shared/wire/proto-root.ts';
import { mayTryAnother, wasNotTried } from './etcd-errors.ts';

/** PEM. */
export interface EtcdTls {
  readonly ca: Buffer;
  /** Both or none: a client certificate, where etcd asks for one. */
  readonly cert: Buffer | null;
  readonly key: Buffer | null;
}

/** One member of the cluster; its clients share a connection, which is made when it is first needed. */
export interface Member {
  readonly endpoint: string;
  readonly kv: KVClient;
  readonly lease: LeaseClient;
  readonly watch: WatchClient;
  readonly maintenance: MaintenanceClient;
}

/** Starts one call; answers how to give it up. */
type Invoke<Answer> = (
  member: Member,
  metadata: Metadata,
  answer: (error: ServiceError | null, response?: Answer) => void,
) => { cancel(): void };

export interface Patience {
  /** Of one attempt. */
  readonly attemptMs: number;
  /** Of all attempts together. */
  readonly wholeMs: number;
}

const channelOptions: ChannelOptions = {
  // etcd cuts who pings more often than every 5 s without traffic; our own time limits are what notices a dead member.
  'grpc.keepalive_time_ms': 6_000,
  'grpc.keepalive_timeout_ms': 2_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // A page of a list: its size is ours to choose, see `pageKeys`.
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
};

const firstWaitMs = 20;
const waitMsMax = 400;

/**
 * The members of an etcd cluster, asked one at a time: each has its own channel, so that each is checked against its own
 * name in its certificate, and who does not answer in time is left for the next.
 * Invariant: a call is repeated only when it was certainly not passed on, or when repeating it changes nothing.
 */
export class Members {
  readonly #all: readonly Member[];
  readonly #clock: Clock;
  /** A member that is cut off from the others refuses at once, instead of waiting for a leader. */
  readonly #metadata = new Metadata();
  #at = 0;

  constructor(endpoints: readonly string[], tls: EtcdTls | null, clock: Clock) {
    this.#all = endpoints.map((endpoint) => openMember(endpoint, tls));
    this.#clock = clock;
    this.#metadata.set('hasleader', 'true');
  }

  get endpoints(): string {
    return this.#all.map((member) => member.endpoint).join(', ');
  }

  get metadata(): Metadata {
    return this.#metadata;
  }

  current(): Member {
    const member = this.#all[this.#at];
    if (member === undefined) throw new Error('a cluster has at least one member');
    return member;
  }

  /** The next one is asked from now on, unless somebody else has left `member` already. */
  leave(member: Member): void {
    if (this.current() === member) this.#at = (this.#at + 1) % this.#all.length;
  }

  /** For what may be done twice. Rejects with what the last member answered. */
  async read<Answer>(
    invoke: Invoke<Answer>,
    patience: Patience,
    signal: AbortSignal,
  ): Promise<Answer> {
    return this.#repeat(invoke, patience, { signal, again: mayTryAnother });
  }

  /** For what must not be done twice. Rejects with what the member answered. */
  async write<Answer>(
    invoke: Invoke<Answer>,
    patience: Patience,
    signal: AbortSignal,
  ): Promise<Answer> {
    return this.#repeat(invoke, patience, { signal, again: wasNotTried });
  }

  close(): void {
    for (const member of this.#all) member.kv.close();
  }

  async #repeat<Answer>(
    invoke: Invoke<Answer>,
    { attemptMs, wholeMs }: Patience,
    {
      signal,
      again,
    }: { readonly signal: AbortSignal; readonly again: (error: unknown) => boolean },
  ): Promise<Answer> {
    const endMs = this.#clock.monotonicMs() + wholeMs;
    for (let failures = 0; ; failures += 1) {
      const leftMs = endMs - this.#clock.monotonicMs();
      const member = this.current();
      try {
        return await this.#once(member, invoke, Math.max(1, Math.min(attemptMs, leftMs)), signal);
      } catch (error) {
        signal.throwIfAborted();
        if (mayTryAnother(error)) this.leave(member);
        // The first round of members is asked without waiting: one of them is likely to be well.
        const round = Math.floor(failures / this.#all.length);
        const wait =
          failures < this.#all.length - 1
            ? 0
            : backoffMs(round, { firstMs: firstWaitMs, maxMs: waitMsMax });
        if (!again(error) || this.#clock.monotonicMs() + wait >= endMs) throw error;
        if (wait > 0) await this.#clock.sleep(wait, signal);
      }
    }
  }

  /** False: it was over before. */
  async #expired(ms: number, over: AbortSignal): Promise<boolean> {
    try {
      await this.#clock.sleep(ms, over);
      return true;
    } catch {
      return false;
    }
  }

  /** Time is ours and not gRPC's, whose deadlines follow the wall clock. */
  async #once<Answer>(
    member: Member,
    invoke: Invoke<Answer>,
    attemptMs: number,
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted();
    const over = new AbortController();
    let late = false;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const call = invoke(member, this.#metadata, (error, response) => {
          if (error !== null) reject(late ? lateError(error, member, attemptMs) : error);
          else if (response === undefined) reject(new Error(`${member.endpoint} answered nothing`));
          else resolve(response);
        });
        const cancel = (): void => call.cancel();
        signal.addEventListener('abort', cancel, { once: true, signal: over.signal });
        void this.#expired(attemptMs, over.signal).then((expired) => {
          late = expired;
          if (expired) cancel();
          return expired;
        });
      });
    } finally {
      over.abort();
    }
  }
}

function lateError(error: ServiceError, member: Member, attemptMs: number): ServiceError {
  const details = `${member.endpoint} did not answer within ${Math.round(attemptMs)} ms: timed out`;
  return Object.assign(error, { code: status.DEADLINE_EXCEEDED, details });
}

// The generated types describe exactly the file that is loaded; `npm run check` fails when they differ.
const loaded = loadPackageDefinition(
  loadSync('etcd/etcd.proto', { includeDirs: [protoRoot()], ...loaderOptions }),
) as unknown as ProtoGrpcType;

function openMember(endpoint: string, tls: EtcdTls | null): Member {
  const { KV, Lease, Maintenance, Watch } = loaded.etcdserverpb;
  const secret =
    tls === null ? credentials.createInsecure() : credentials.createSsl(tls.ca, tls.key, tls.cert);
  const kv = new KV(endpoint, secret, channelOptions);
  const shared = { ...channelOptions, channelOverride: kv.getChannel() };
  return {
    endpoint,
    kv,
    lease: new Lease(endpoint, secret, shared),
    watch: new Watch(endpoint, secret, shared),
    maintenance: new Maintenance(endpoint, secret, shared),
  };
}

import { randomUUID } from 'node:crypto';
import { splitPem } from '../pki/certificates.ts';
import { systemClock, type Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { WatchAllocationsRequest } from '../wire/generated/tangram/v1/WatchAllocationsRequest.ts';
import type { WatchAllocationsResponse__Output } from '../wire/generated/tangram/v1/WatchAllocationsResponse.ts';
import type { WatchChangesRequest } from '../wire/generated/tangram/v1/WatchChangesRequest.ts';
import type { WatchChangesResponse__Output } from '../wire/generated/tangram/v1/WatchChangesResponse.ts';
import type { WatchModelsRequest } from '../wire/generated/tangram/v1/WatchModelsRequest.ts';
import type { WatchModelsResponse__Output } from '../wire/generated/tangram/v1/WatchModelsResponse.ts';
import type { WatchNodesRequest } from '../wire/generated/tangram/v1/WatchNodesRequest.ts';
import type { WatchNodesResponse__Output } from '../wire/generated/tangram/v1/WatchNodesResponse.ts';
import {
  allocationService,
  changeService,
  clusterService,
  plaintext,
  schedulerService,
  whatIfService,
} from '../wire/services.ts';
import { tlsChannel } from '../wire/tls-channel.ts';
import {
  callsOf,
  isQuestion,
  takesRequestId,
  type AnyMethod,
  type CallOptions,
  type Calls,
} from './calls.ts';
import { Coordinators, isPassing, pause } from './coordinators.ts';
import { resumedWatch } from './resumed-watch.ts';
import { allocationWatch, changeWatch, modelWatch, nodeWatch } from './watch-shapes.ts';

export interface ConnectOptions {
  /** `host:port` of each coordinator: of `grpc` with a certificate, of `join` with a token. */
  readonly addresses: readonly string[];
  /** Absent: plaintext, which coordinators offer on loopback alone. */
  readonly tls?: {
    /** The cluster's id: no other's coordinator is believed. */
    readonly cluster: string;
    /** The roots that are trusted, PEM. */
    readonly ca: string;
    /** The certificate with what is between it and a root, and its key, PEM. */
    readonly certificate?: string;
    readonly key?: string;
  };
  /** An API token, instead of a certificate. */
  readonly token?: string;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export interface TangramClient extends Calls {
  /** What there is, one `synced`, then what happens, for as long as `signal` does not abort, over breaks and new leaders. */
  watchModels(
    request: WatchModelsRequest,
    signal: AbortSignal,
  ): AsyncIterable<WatchModelsResponse__Output>;
  watchChanges(
    request: WatchChangesRequest,
    signal: AbortSignal,
  ): AsyncIterable<WatchChangesResponse__Output>;
  watchAllocations(
    request: WatchAllocationsRequest,
    signal: AbortSignal,
  ): AsyncIterable<WatchAllocationsResponse__Output>;
  watchNodes(
    request: WatchNodesRequest,
    signal: AbortSignal,
  ): AsyncIterable<WatchNodesResponse__Output>;
  close(): void;
}

const timeoutMsDefault = 60_000;

/**
 * A client of one cluster. Calls find the leader, and are sent again when nobody knows whether they arrived: under one
 * request id, so that they are done once. Everything throws AppError: its `code` is a stable word, `violations` names
 * fields. Throws REQUEST_INVALID when no coordinator is named.
 */
export function connect(options: ConnectOptions): TangramClient {
  const { addresses, token, clock = systemClock, random = Math.random } = options;
  if (addresses.length === 0) {
    throw new AppError('REQUEST_INVALID', 'addresses: no coordinator is named', {
      hint: 'give host:port of at least one',
    });
  }
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  const coordinators = new Coordinators(addresses, channelOf(options), authorization);
  const deps = { coordinators, clock, random };
  const call = async (method: AnyMethod, request: object, of: CallOptions): Promise<object> =>
    persistent(method, request, of, deps);
  // Made from the very definitions that the types were made from.
  const calls = {
    models: callsOf(schedulerService, call),
    allocations: callsOf(allocationService, call),
    changes: callsOf(changeService, call),
    cluster: callsOf(clusterService, call),
    whatIf: callsOf(whatIfService, call),
  } as unknown as Calls;
  return {
    ...calls,
    watchModels: (request, signal) => resumedWatch(modelWatch, request, deps, signal),
    watchChanges: (request, signal) => resumedWatch(changeWatch, request, deps, signal),
    watchAllocations: (request, signal) => resumedWatch(allocationWatch, request, deps, signal),
    watchNodes: (request, signal) => resumedWatch(nodeWatch, request, deps, signal),
    close: () => coordinators.close(),
  };
}

function channelOf({ tls }: ConnectOptions) {
  if (tls === undefined) return plaintext;
  const { cluster, ca, certificate, key } = tls;
  const trust = { cluster, roots: splitPem(ca) };
  return tlsChannel(
    certificate === undefined || key === undefined
      ? trust
      : { ...trust, identity: { chainPem: certificate, keyPem: key } },
  );
}

interface CallDeps {
  readonly coordinators: Coordinators;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Until it is answered, refused, or the time is up. */
async function persistent(
  method: AnyMethod,
  request: object,
  { signal = new AbortController().signal, timeoutMs = timeoutMsDefault }: CallOptions,
  deps: CallDeps,
): Promise<object> {
  const { coordinators, clock } = deps;
  const once = takesRequestId(method);
  const asked = once ? { requestId: randomUUID(), ...request } : request;
  const untilMs = clock.monotonicMs() + timeoutMs;
  for (let failures = 0; ; failures += 1) {
    const leftMs = untilMs - clock.monotonicMs();
    try {
      return await coordinators.ask(method, asked, clock.wallMs() + leftMs, signal);
    } catch (error) {
      const again = isPassing(error) && (once || isQuestion(method));
      if (!again || signal.aborted || clock.monotonicMs() >= untilMs) throw error;
      coordinators.goOn(error);
      await pause(failures, deps, signal);
    }
  }
}

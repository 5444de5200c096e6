import type { ChannelCredentials } from '@grpc/grpc-js';
import { systemClock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import { createJoinClient, createLinkClient } from '../../shared/wire/services.ts';
import { tlsChannel, unverifiedChannel } from '../../shared/wire/tls-channel.ts';
import { callUnary } from '../../shared/wire/unary.ts';
import type { GetTrustResponse__Output } from '../../shared/wire/generated/tangram/join/v1/GetTrustResponse.ts';
import type { JoinResponse__Output } from '../../shared/wire/generated/tangram/join/v1/JoinResponse.ts';
import type { RenewResponse__Output } from '../../shared/wire/generated/tangram/link/v1/RenewResponse.ts';
import type { TrustNews } from './control-session.ts';

const callMsMax = 10_000;

export interface ClusterTrust {
  readonly clusterId: string;
  /** PEM, the oldest first. Nobody has checked them yet. */
  readonly roots: readonly string[];
  /** The coordinator's wall clock. */
  readonly nowMs: number;
}

export interface JoinWish {
  readonly node: string;
  readonly tokenId: string;
  readonly tokenSecret: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly proof: Uint8Array;
}

export interface Joined {
  readonly chainPem: string;
  readonly roots: readonly string[];
  /** `host:port` of the listeners for nodes. */
  readonly coordinators: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Asks whoever listens at `address` what its cluster's certificates rest on. Throws COORDINATOR_AWAY. */
export async function askTrust(address: string): Promise<ClusterTrust> {
  const client = createJoinClient(address, unverifiedChannel());
  try {
    const { clusterId, roots, nowMs } = await callUnary<object, GetTrustResponse__Output>(
      (request, options, answer) => client.getTrust(request, options, answer),
      {},
      toCoordinator(address),
    );
    return { clusterId, roots, nowMs: Number(nowMs) };
  } finally {
    client.close();
  }
}

/** Exchanges a token for a certificate, with nobody but who holds the key of `root`. Throws TOKEN_*, NODE_DUPLICATE, … */
export async function askJoin(
  address: string,
  trust: { readonly cluster: string; readonly root: string },
  wish: JoinWish,
): Promise<Joined> {
  const client = createJoinClient(
    address,
    tlsChannel({ cluster: trust.cluster, roots: [trust.root] }),
  );
  try {
    const answer = await callUnary<JoinWish, JoinResponse__Output>(
      (request, options, done) =>
        client.join(
          {
            ...request,
            tokenSecret: Buffer.from(request.tokenSecret),
            publicKey: Buffer.from(request.publicKey),
            proof: Buffer.from(request.proof),
          },
          options,
          done,
        ),
      wish,
      toCoordinator(address),
    );
    const { certificateChain: chainPem, roots, coordinators, labels } = answer;
    return { chainPem, roots, coordinators, labels };
  } finally {
    client.close();
  }
}

/** A new certificate for the node that `channel` proves. Throws COORDINATOR_AWAY, IDENTITY_MISMATCH. */
export async function askRenewal(
  address: string,
  channel: ChannelCredentials,
  key: { readonly publicKey: Uint8Array; readonly proof: Uint8Array },
): Promise<{ readonly chainPem: string; readonly trust: TrustNews }> {
  const client = createLinkClient(address, channel);
  try {
    const { certificateChain, trust } = await callUnary<object, RenewResponse__Output>(
      (request, options, answer) => client.renew(request, options, answer),
      { publicKey: Buffer.from(key.publicKey), proof: Buffer.from(key.proof) },
      toCoordinator(address),
    );
    if (trust === null) throw new AppError('INTERNAL', 'the answer says nothing of trust');
    return { chainPem: certificateChain, trust };
  } finally {
    client.close();
  }
}

function toCoordinator(address: string) {
  return {
    peer: `the coordinator at ${address}`,
    away: 'COORDINATOR_AWAY',
    deadline: new Date(systemClock.wallMs() + callMsMax),
  } as const;
}

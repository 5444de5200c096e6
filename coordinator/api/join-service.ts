import type { ServerUnaryCall } from '@grpc/grpc-js';
import { tokenSecretBytes } from '../../shared/pki/join-token.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError, isAppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { toServiceError } from '../../shared/wire/unary.ts';
import type { JoinRequest__Output } from '../../shared/wire/generated/tangram/join/v1/JoinRequest.ts';
import type { JoinResponse } from '../../shared/wire/generated/tangram/join/v1/JoinResponse.ts';
import type { JoinServiceHandlers } from '../../shared/wire/generated/tangram/join/v1/JoinService.ts';
import { joinNode, type EnrolDeps } from '../ca/enrol.ts';
import { JoinAttempts } from './join-attempts.ts';
import { nodeNameIn } from './names.ts';

export interface JoinDeps extends EnrolDeps {
  /** `host:port` of the listeners for nodes. */
  readonly coordinators: () => readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** What refused or failed, once, for the log. */
  readonly onError: (error: unknown) => void;
}

/** The door for hosts that are no nodes yet. */
export function joinHandlers(deps: JoinDeps): JoinServiceHandlers {
  const attempts = new JoinAttempts();
  const { authority, clock } = deps;
  return {
    GetTrust: (call, answer) => {
      try {
        attempts.check(addressOf(call.getPeer()), clock.wallMs());
        const { roots } = authority.trust();
        answer(null, { clusterId: authority.clusterId, roots: [...roots], nowMs: clock.wallMs() });
      } catch (error) {
        deps.onError(error);
        answer(toServiceError(error));
      }
    },
    Join: (call, answer) => {
      join(deps, attempts, call).then(
        (response) => answer(null, response),
        (error: unknown) => {
          deps.onError(error);
          answer(toServiceError(error));
        },
      );
    },
  };
}

async function join(
  deps: JoinDeps,
  attempts: JoinAttempts,
  call: ServerUnaryCall<JoinRequest__Output, JoinResponse>,
): Promise<JoinResponse> {
  const { authority, clock, log } = deps;
  const address = addressOf(call.getPeer());
  attempts.check(address, clock.wallMs());
  const { tokenId, tokenSecret, publicKey, proof } = call.request;
  const node = nodeNameIn(call.request.node);
  if (tokenSecret.length !== tokenSecretBytes) {
    throw new AppError('REQUEST_INVALID', `token_secret: has not ${tokenSecretBytes} bytes`);
  }
  try {
    const key = { publicKey, proof };
    const { issued, labels } = await joinNode(deps, { node, tokenId, secret: tokenSecret, key });
    log.info({ node, address, serial: issued.serial, joinToken: tokenId }, 'a node joined');
    return {
      clusterId: authority.clusterId,
      certificateChain: issued.chainPem,
      roots: [...authority.trust().roots],
      coordinators: [...deps.coordinators()],
      labels: { ...labels },
    };
  } catch (error) {
    if (isAppError(error, 'TOKEN_INVALID')) attempts.wrong(address, clock.wallMs());
    log.warn({ node, address, err: error }, 'a host was refused');
    throw error;
  }
}

/** `10.0.0.7:51234` without the port. */
function addressOf(peer: string): string {
  return peer.replace(/:\d+$/, '');
}

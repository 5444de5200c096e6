import type { ServerUnaryCall } from '@grpc/grpc-js';
import { AppError } from '../../shared/platform/errors.ts';
import { toServiceError } from '../../shared/wire/unary.ts';
import type { LinkServiceHandlers } from '../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import type { RenewRequest__Output } from '../../shared/wire/generated/tangram/link/v1/RenewRequest.ts';
import type { RenewResponse } from '../../shared/wire/generated/tangram/link/v1/RenewResponse.ts';
import { callerOf } from '../access/caller-of.ts';
import { renewNode, type EnrolDeps } from '../ca/enrol.ts';
import { ControlSession, type ControlDeps } from './control-session.ts';
import { nodeNameIn } from './names.ts';
import type { TelemetryCall, TelemetryStreams } from './telemetry-streams.ts';

/** The door for agents. `sessions` holds the live control streams, so that a stopping server can end them. */
export function linkHandlers(
  deps: ControlDeps & { readonly enrol?: EnrolDeps },
  telemetry: TelemetryStreams,
  sessions: Set<ControlSession>,
): LinkServiceHandlers {
  return {
    Control: (call) => {
      const session = new ControlSession(call, deps);
      sessions.add(session);
      session.begin(() => sessions.delete(session));
    },
    Renew: (call, answer) => {
      renew(call, deps).then(
        (response) => answer(null, response),
        (error: unknown) => {
          deps.log.warn({ err: error }, 'a certificate was not renewed');
          answer(toServiceError(error));
        },
      );
    },
    // `rawLinkService` hands over bytes where the contract says messages.
    Telemetry: (call) => telemetry.receive(call as unknown as TelemetryCall),
  };
}

async function renew(
  call: ServerUnaryCall<RenewRequest__Output, RenewResponse>,
  { enrol, log }: ControlDeps & { readonly enrol?: EnrolDeps },
): Promise<RenewResponse> {
  const { proof } = callerOf(call.metadata);
  if (enrol === undefined || proof.kind !== 'certificate') {
    throw new AppError('NOT_JOINED', 'there are no certificates here: TLS is off');
  }
  const { kind, name } = proof.certificate.identity;
  if (kind !== 'agent') {
    throw new AppError('IDENTITY_MISMATCH', `${kind}/${name} is no node`, {
      hint: 'only the certificates of nodes are renewed by who holds them',
    });
  }
  const issued = await renewNode(enrol, nodeNameIn(name), call.request);
  const { roots, issuing } = enrol.authority.trust();
  log.info({ node: name, serial: issued.serial }, 'renewed the certificate of a node');
  return { certificateChain: issued.chainPem, trust: { roots: [...roots], issuing } };
}

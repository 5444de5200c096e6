import type { LinkServiceHandlers } from '../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import { ControlSession, type ControlDeps } from './control-session.ts';
import type { TelemetryCall, TelemetryStreams } from './telemetry-streams.ts';

/** The door for agents. `sessions` holds the live control streams, so that a stopping server can end them. */
export function linkHandlers(
  deps: ControlDeps,
  telemetry: TelemetryStreams,
  sessions: Set<ControlSession>,
): LinkServiceHandlers {
  return {
    Control: (call) => {
      const session = new ControlSession(call, deps);
      sessions.add(session);
      void session.run().finally(() => sessions.delete(session));
    },
    // `rawLinkService` hands over bytes where the contract says messages.
    Telemetry: (call) => telemetry.receive(call as unknown as TelemetryCall),
  };
}

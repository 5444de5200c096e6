import { EventEmitter } from 'node:events';
import type { ControlStream } from '../../agent/link/control-session.ts';
import type { ControlCall } from '../../coordinator/api/control-session.ts';
import { linkService } from '../../shared/wire/services.ts';
import type { ControlRequest } from '../../shared/wire/generated/tangram/link/v1/ControlRequest.ts';
import type { ControlRequest__Output } from '../../shared/wire/generated/tangram/link/v1/ControlRequest.ts';
import type { ControlResponse } from '../../shared/wire/generated/tangram/link/v1/ControlResponse.ts';
import type { ControlResponse__Output } from '../../shared/wire/generated/tangram/link/v1/ControlResponse.ts';
import type { Host, Network } from './network.ts';

const { Control } = linkService;

/** What a control stream tells of itself. */
export interface StreamTap {
  readonly toCoordinator: (message: ControlRequest__Output) => void;
  /** The coordinator has taken what was said: whoever is refused at hello was not heard. */
  readonly heard: () => void;
  /** `again`: a copy of what was said before. */
  readonly toAgent: (message: ControlResponse__Output, again: boolean) => void;
  readonly over: () => void;
}

/** A control stream, as both of its ends hold it, and what others may do to it. */
export interface StreamPair {
  readonly agentEnd: ControlStream;
  readonly coordinatorEnd: ControlCall;
  /** The coordinator that was dialled. */
  readonly to: string;
  /** Both ends hold it, and what they say arrives. */
  readonly whole: boolean;
  /** Hands the agent this message once more: later, and out of order. */
  again(message: ControlResponse__Output): void;
  /** Something between the two forgets the connection: nothing passes any more, and this end is not told. */
  lose(untold: 'agent' | 'coordinator'): void;
  /** Calls `act` once, when the next command is about to leave; answers how to take that back. */
  beforeTarget(act: () => void): () => void;
  /** The connection is reset: both ends learn it, unless the path to them is cut. */
  reset(): void;
  /** The process at this end is dead: it hears nothing more, and its host resets the connection. */
  die(end: 'agent' | 'coordinator'): void;
}

const wasReset = (): Error => new Error('the connection was reset');

/** The two ends of one stream: bytes of the wire travel between them, each way in order. `accept` false: nobody listens. */
export function openStream(
  network: Network,
  hosts: { readonly agent: Host; readonly coordinator: Host },
  { tap, accept }: { readonly tap: StreamTap; readonly accept: (pair: StreamPair) => boolean },
): StreamPair {
  const { agent, coordinator } = hosts;
  const up = network.lane();
  const down = network.lane();
  const agentSide = new EventEmitter();
  const coordinatorSide = new EventEmitter();
  let agentOpen = true;
  let coordinatorOpen = true;
  let accepted = false;
  let whole = true;
  let onTarget: (() => void) | null = null;
  const toAgentHost = (arrive: () => void): void =>
    network.send(down, coordinator.name, agent, () => whole && arrive());
  const toCoordinatorHost = (arrive: () => void): void =>
    network.send(up, agent.name, coordinator, () => whole && arrive());
  const closeAgent = (event: 'end' | 'error', error?: Error): void => {
    if (!agentOpen) return;
    agentOpen = false;
    tap.over();
    agentSide.emit(event, error);
  };
  const closeCoordinator = (): void => {
    if (!coordinatorOpen) return;
    coordinatorOpen = false;
    coordinatorSide.emit('cancelled');
  };
  const toAgent = (message: ControlResponse__Output, again: boolean): void => {
    if (!agentOpen) return;
    tap.toAgent(message, again);
    agentSide.emit('data', message);
  };
  const agentEnd = {
    on: (event: string, heard: (...args: unknown[]) => void) => agentSide.on(event, heard),
    off: (event: string, heard: (...args: unknown[]) => void) => agentSide.off(event, heard),
    write: (message: ControlRequest): boolean => {
      if (!agentOpen) return true;
      const bytes = Control.requestSerialize(message);
      toCoordinatorHost(() => {
        if (!coordinatorOpen) return;
        const arrived: ControlRequest__Output = Control.requestDeserialize(bytes);
        tap.toCoordinator(arrived);
        coordinatorSide.emit('data', arrived);
        if (coordinatorOpen) tap.heard();
      });
      return true;
    },
    end: () => undefined,
    cancel: () => {
      if (agentOpen) tap.over();
      agentOpen = false;
      toCoordinatorHost(closeCoordinator);
    },
  };
  const coordinatorEnd = {
    on: (event: string, heard: (...args: unknown[]) => void) => coordinatorSide.on(event, heard),
    off: (event: string, heard: (...args: unknown[]) => void) => coordinatorSide.off(event, heard),
    getAuthContext: () => ({}),
    write: (message: ControlResponse): boolean => {
      if (!coordinatorOpen) return true;
      if (message.target) {
        onTarget?.();
        onTarget = null;
      }
      const bytes = Control.responseSerialize(message);
      toAgentHost(() => toAgent(Control.responseDeserialize(bytes), false));
      return true;
    },
    end: () => {
      coordinatorOpen = false;
      toAgentHost(() => closeAgent('end'));
    },
    emit: (event: string, error: Error) => {
      if (event !== 'error') throw new Error(`nobody emits ${event} at a server's call`);
      coordinatorOpen = false;
      toAgentHost(() => closeAgent('error', error));
    },
  };
  const pair: StreamPair = {
    agentEnd: agentEnd as unknown as ControlStream,
    coordinatorEnd: coordinatorEnd as unknown as ControlCall,
    to: coordinator.name,
    get whole() {
      return whole && accepted && agentOpen && coordinatorOpen;
    },
    again: (message) =>
      network.send(network.lane(), coordinator.name, agent, () => toAgent(message, true)),
    lose: (untold) => {
      whole = false;
      const broken = new Error('the connection broke');
      if (untold === 'coordinator') agent.receive(() => closeAgent('error', broken));
      else coordinator.receive(closeCoordinator);
    },
    die: (end) => {
      if (end === 'agent') {
        agentEnd.cancel();
        return;
      }
      coordinatorOpen = false;
      toAgentHost(() => closeAgent('error', wasReset()));
    },
    beforeTarget: (act) => {
      onTarget = act;
      return () => void (onTarget = null);
    },
    reset: () => {
      toCoordinatorHost(closeCoordinator);
      toAgentHost(() => closeAgent('error', wasReset()));
    },
  };
  // The connection comes before the first message on it, and a host where nobody listens refuses it.
  const connect = (): void => {
    if (!whole) return;
    accepted = accept(pair);
    if (!accepted) pair.reset();
  };
  network.send(up, agent.name, coordinator, connect, () => pair.reset());
  return pair;
}

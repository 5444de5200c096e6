import type { Server, ServerOptions } from '@grpc/grpc-js';
import { requireAddress } from '../../shared/platform/listen-address.ts';
import type { EnrolDeps } from '../ca/enrol.ts';
import type { ServerIdentity } from '../ca/server-identity.ts';
import { openDoor, type Door, type DoorLimits } from './door.ts';

/** What TLS needs, and where hosts that are no nodes yet knock. */
export interface ApiTrust {
  readonly enrol: EnrolDeps;
  readonly identity: ServerIdentity;
  /** `host:port` of the join listener, or port 0. */
  readonly joinListen: string;
  /** `host:port` of the listeners for nodes, of every coordinator, as nodes reach them. */
  readonly coordinators: () => readonly string[];
  /** `host:port` of the join listener, as nodes reach it. */
  readonly joinAddress: () => string;
}

/** For agents and users who show certificates: a fleet of 5,000, and several machines behind one address. */
export const nodeDoorLimits: DoorLimits = {
  connectionsMax: 20_000,
  connectionsPerAddressMax: 10_000,
  handshakeMsMax: 15_000,
};

/** For whoever comes along. */
const joinDoorLimits: DoorLimits = {
  connectionsMax: 2_000,
  connectionsPerAddressMax: 64,
  handshakeMsMax: 10_000,
};

/** A stranger's messages are small: a key, a token; a client's with a bearer token are a model. */
export const joinServerOptions: ServerOptions = {
  'grpc.max_receive_message_length': 256 * 1024,
  'grpc.max_send_message_length': 16 * 1024 * 1024,
  'grpc.max_concurrent_streams': 32,
  'grpc-node.max_session_memory': 16,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
};

/** Opens the join listener: TLS with this coordinator's certificate; clients show none. Throws ADDRESS_TAKEN, ADDRESS_REFUSED. */
export async function openJoinDoor(server: Server, trust: ApiTrust): Promise<Door> {
  const { identity, enrol, joinListen } = trust;
  return openDoor(server, requireAddress(joinListen), {
    key: 'join',
    trust: { identity, authority: enrol.authority, clientCertificates: false },
    limits: joinDoorLimits,
  });
}

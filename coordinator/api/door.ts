import { createServer as createPlainServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { ServerCredentials, type Server } from '@grpc/grpc-js';
import { factsOfShown, type CertificateFacts } from '../../shared/pki/certificates.ts';
import {
  listenError,
  renderAddress,
  type ListenAddress,
} from '../../shared/platform/listen-address.ts';
import type { Authority } from '../ca/authority.ts';
import type { ServerIdentity } from '../ca/server-identity.ts';
import type { Connections } from './connections.ts';

/** What keeps strangers from taking all there is, before a byte of gRPC is read. */
export interface DoorLimits {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly handshakeMsMax: number;
}

/** Whose certificates count, and with which our own is shown. */
export interface DoorTrust {
  readonly identity: ServerIdentity;
  readonly authority: Authority;
  /** false: clients show none; they prove who they are in each call. */
  readonly clientCertificates: boolean;
}

export interface Door {
  /** `host:port`, with the port that was really taken. */
  readonly address: string;
  /** Takes no more connections. Those that are open end with the gRPC server's sessions. */
  close(): void;
}

/** Room for the whole fleet to knock in the same moment; the kernel caps it at net.core.somaxconn. */
const backlog = 4_096;

/**
 * Listens for a gRPC server. Its own listener offers neither a least version of TLS, nor a limit on connections, nor a
 * way to end those of one peer; so the sockets are made here and handed over. Throws ADDRESS_TAKEN, ADDRESS_REFUSED.
 */
export async function openDoor(
  server: Server,
  listen: ListenAddress,
  options: {
    readonly key: string;
    readonly trust: DoorTrust | null;
    readonly limits: DoorLimits;
    /** Is told of those that are open. */
    readonly connections?: Connections;
  },
): Promise<Door> {
  const { key, trust, limits, connections } = options;
  // Authentication is done by then: what is handed over is an open TLS socket, which gRPC asks for the peer's certificate.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const admit = (socket: Socket): void => {
    connections?.add(socket);
    injector.injectConnection(socket);
  };
  const { listener, stop } =
    trust === null
      ? { listener: createPlainServer(admit), stop: () => undefined }
      : createTlsListener(trust, limits, admit);
  limitConnections(listener, limits);
  const port = await bind(listener, listen, key);
  return {
    address: renderAddress({ host: listen.host, port }),
    close: () => {
      stop();
      listener.close();
    },
  };
}

function createTlsListener(
  { identity, authority, clientCertificates }: DoorTrust,
  limits: DoorLimits,
  admit: (socket: TLSSocket) => void,
): { readonly listener: NetServer; readonly stop: () => void } {
  /** Clients that showed a certificate, and what it says. */
  const guests = new Map<TLSSocket, CertificateFacts>();
  const listener = createTlsServer({
    ...identity.context(),
    requestCert: clientCertificates,
    rejectUnauthorized: clientCertificates,
    ALPNProtocols: ['h2'],
    handshakeTimeout: limits.handshakeMsMax,
  });
  // Who fails a handshake is told by the protocol; here it is nobody's business.
  listener.on('tlsClientError', (_error, socket) => socket.destroy());
  listener.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    if (clientCertificates) {
      const facts = factsOf(socket);
      if (facts === null) {
        socket.destroy();
        return;
      }
      guests.set(socket, facts);
      socket.once('close', () => guests.delete(socket));
    }
    admit(socket);
  });
  const renewed = identity.onChange(() => listener.setSecureContext(identity.context()));
  // Who is revoked may still knock: each of its calls is refused, and told why.
  const recheck = authority.onChange(() => {
    for (const [socket, facts] of guests) if (authority.isRevoked(facts)) socket.destroy();
  });
  const stop = (): void => {
    renewed();
    recheck();
  };
  return { listener, stop };
}

function factsOf(socket: TLSSocket): CertificateFacts | null {
  const shown = socket.getPeerCertificate();
  // The types promise a certificate; a client that left in this moment has none.
  if (!(shown.raw instanceof Uint8Array)) return null;
  const facts = factsOfShown(shown);
  return facts.ok ? facts.value : null;
}

function limitConnections(listener: NetServer, limits: DoorLimits): void {
  const byAddress = new Map<string, number>();
  listener.maxConnections = limits.connectionsMax;
  // First of all: whoever is over the limit costs no handshake.
  listener.prependListener('connection', (socket: Socket) => {
    const from = socket.remoteAddress ?? '';
    const open = (byAddress.get(from) ?? 0) + 1;
    if (open > limits.connectionsPerAddressMax) {
      socket.destroy();
      return;
    }
    byAddress.set(from, open);
    socket.once('close', () => {
      const left = (byAddress.get(from) ?? 1) - 1;
      if (left > 0) byAddress.set(from, left);
      else byAddress.delete(from);
    });
  });
}

async function bind(listener: NetServer, listen: ListenAddress, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void => reject(listenError(renderAddress(listen), key, cause));
    listener.once('error', failed);
    listener.listen({ host: listen.host, port: listen.port, backlog }, () => {
      listener.off('error', failed);
      const bound = listener.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : listen.port);
    });
  });
}

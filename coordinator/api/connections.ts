import type { Socket } from 'node:net';

/** What has gone over a connection, of every stream on it and of HTTP/2 itself. */
export interface Traffic {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * The open connections of a door, by the name that gRPC gives their other end. Whether an agent lives is seen in the bytes of
 * its connection: its pings are read and answered by HTTP/2 and never become a message, which would cost three times as much.
 */
export class Connections {
  readonly #open = new Map<string, Traffic>();

  add(socket: Socket): void {
    // As gRPC's getPeer() names it.
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#open.set(peer, socket);
    socket.once('close', () => {
      if (this.#open.get(peer) === socket) this.#open.delete(peer);
    });
  }

  of(peer: string): Traffic | undefined {
    return this.#open.get(peer);
  }
}

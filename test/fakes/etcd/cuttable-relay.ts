import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP relay in front of one address that can fall silent without closing anything: a cut network. */
export class CuttableRelay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #deaf = false;
  #mute = false;

  /** `target` is `host:port`; answers once it listens. */
  static async before(target: string): Promise<CuttableRelay> {
    const relay = new CuttableRelay(target);
    await new Promise<void>((resolve) => {
      relay.#server.listen(0, '127.0.0.1', resolve);
    });
    return relay;
  }

  private constructor(target: string) {
    const [host, port] = target.split(':');
    this.#server = createServer((near) => {
      const far = connect(Number(port), host);
      for (const [from, to, lost] of [
        [near, far, () => this.#deaf],
        [far, near, () => this.#mute],
      ] as const) {
        this.#sockets.add(from);
        from.on('data', (bytes) => {
          if (!lost()) to.write(bytes);
        });
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the relay is closed');
    return `127.0.0.1:${address.port}`;
  }

  /** From now on every byte is lost, in both directions. */
  cut(): void {
    this.#deaf = true;
    this.#mute = true;
  }

  /** What is asked still arrives; no answer comes back. */
  cutAnswers(): void {
    this.#mute = true;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

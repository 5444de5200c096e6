import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** What happens to the bytes that go one way. */
export interface Way {
  /** Milliseconds that every byte takes. */
  readonly delayMs: number;
  /** Added to it: 0 to this, drawn for each piece; the order stays. */
  readonly jitterMs: number;
  /** 0: no limit. */
  readonly bytesPerSecond: number;
  /** Nothing passes until it is false again, and then everything does: what TCP makes of a cut network. */
  readonly held: boolean;
  /** Every so many bytes one bit is turned; 0: never. */
  readonly flipEvery: number;
}

/** What a new connection meets. */
export type Welcome = 'relay' | 'silence' | 'reset';

const calm: Way = { delayMs: 0, jitterMs: 0, bytesPerSecond: 0, held: false, flipEvery: 0 };
/** Bytes on their way in one direction of one connection; beyond that the sender waits. */
const underWayMax = 1024 * 1024;
const connectionsMax = 1_000;
const lookEveryMs = 5;

/**
 * A TCP proxy on loopback, or on a unix socket, that does to connections what networks do.
 * Invariants: bytes of one direction stay in order; what is under way has a limit; `close` leaves no socket and no timer.
 */
export class ChaosProxy {
  readonly #target: NetConnectOpts;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #random: () => number;
  #welcome: Welcome = 'relay';
  #passEnds = true;
  #toServer = calm;
  #toClient = calm;
  #accepted = 0;

  /** `target`: `host:port`, or the path of a unix socket; then `listen` is the path of the proxy's own. */
  static async before(
    target: string,
    listen: string | null = null,
    random: () => number = Math.random,
  ): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(target, random);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      if (listen === null) proxy.#server.listen(0, '127.0.0.1', resolve);
      else proxy.#server.listen(listen, resolve);
    });
    return proxy;
  }

  private constructor(target: string, random: () => number) {
    const [host = '', port] = target.split(':');
    this.#target = port === undefined ? { path: target } : { host, port: Number(port) };
    this.#random = random;
    // Half an end is an end of one way only.
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#accept(near));
  }

  /** `host:port`, or the path of the socket. */
  get endpoint(): string {
    const address = this.#server.address();
    if (address === null) throw new Error('the proxy is closed');
    return typeof address === 'string' ? address : `127.0.0.1:${address.port}`;
  }

  /** Connections since the start. */
  get accepted(): number {
    return this.#accepted;
  }

  get open(): number {
    return this.#pairs.size;
  }

  /** From now on, for connections that are open, too. */
  set(change: { readonly toServer?: Partial<Way>; readonly toClient?: Partial<Way> }): void {
    this.#toServer = { ...this.#toServer, ...change.toServer };
    this.#toClient = { ...this.#toClient, ...change.toClient };
  }

  /** Both ways at once. */
  both(change: Partial<Way>): void {
    this.set({ toServer: change, toClient: change });
  }

  /** `silence`: connections are accepted, and nothing ever comes; `reset`: they are refused by a reset. */
  welcome(welcome: Welcome): void {
    this.#welcome = welcome;
  }

  /** The end of one side is no longer told to the other, which is left half open. */
  keepEndsToItself(): void {
    this.#passEnds = false;
  }

  /** Every open connection is reset, as by a router that forgot them. */
  reset(): void {
    for (const pair of this.#pairs) pair.reset();
  }

  /** Everything as it would be without the proxy. */
  heal(): void {
    this.#toServer = calm;
    this.#toClient = calm;
    this.#welcome = 'relay';
    this.#passEnds = true;
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) pair.end();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(near: Socket): void {
    this.#accepted += 1;
    near.on('error', () => near.destroy());
    if (this.#welcome === 'reset' || this.#pairs.size >= connectionsMax) {
      near.resetAndDestroy();
      return;
    }
    const far =
      this.#welcome === 'silence' ? null : connect({ ...this.#target, allowHalfOpen: true });
    const pair = new Pair(near, far, {
      toServer: () => this.#toServer,
      toClient: () => this.#toClient,
      passEnds: () => this.#passEnds,
      random: this.#random,
      over: () => this.#pairs.delete(pair),
    });
    this.#pairs.add(pair);
  }
}

interface PairRules {
  readonly toServer: () => Way;
  readonly toClient: () => Way;
  readonly passEnds: () => boolean;
  readonly random: () => number;
  readonly over: () => void;
}

/** One connection, and what it is connected to. */
class Pair {
  readonly #sockets: readonly Socket[];
  readonly #timer: NodeJS.Timeout;
  readonly #rules: PairRules;

  constructor(near: Socket, far: Socket | null, rules: PairRules) {
    this.#rules = rules;
    this.#sockets = far === null ? [near] : [near, far];
    const lines: Line[] = [];
    // One that is met with silence is read from, so that its end is seen.
    if (far === null) near.resume();
    else {
      lines.push(
        new Line(near, far, rules.toServer, rules.random),
        new Line(far, near, rules.toClient, rules.random),
      );
    }
    this.#timer = setInterval(() => {
      for (const line of lines) line.move(rules.passEnds());
    }, lookEveryMs);
    for (const socket of this.#sockets) {
      socket.setNoDelay(true);
      socket.on('error', () => {
        if (rules.passEnds()) this.reset();
        else socket.destroy();
      });
      socket.on('close', () => {
        if (this.#sockets.every((each) => each.destroyed)) this.end();
        // A line that is whole ends by its own `end`; a broken one takes the other side along.
        else if (socket.errored !== null && rules.passEnds()) this.reset();
      });
    }
    near.on('end', () => {
      if (far === null) this.end();
    });
  }

  reset(): void {
    for (const socket of this.#sockets) {
      if (!socket.destroyed) socket.resetAndDestroy();
    }
    this.end();
  }

  end(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#rules.over();
  }
}

/** The bytes that are on their way from one socket to the other. */
class Line {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #way: () => Way;
  readonly #random: () => number;
  readonly #queue: { readonly dueMs: number; readonly bytes: Buffer }[] = [];
  #bytes = 0;
  #lastDueMs = 0;
  #seen = 0;
  #ended = false;

  // eslint-disable-next-line max-params -- from, to, and the two that decide
  constructor(from: Socket, to: Socket, way: () => Way, random: () => number) {
    this.#from = from;
    this.#to = to;
    this.#way = way;
    this.#random = random;
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => {
      this.#ended = true;
    });
  }

  /** Hands on what is due. */
  move(passEnds: boolean): void {
    if (this.#way().held || this.#to.destroyed) return;
    while (this.#queue[0] !== undefined && this.#queue[0].dueMs <= performance.now()) {
      if (this.#to.writableNeedDrain) return;
      const [first] = this.#queue.splice(0, 1);
      if (first === undefined) return;
      this.#bytes -= first.bytes.length;
      this.#to.write(first.bytes);
    }
    if (this.#bytes < underWayMax && this.#from.isPaused()) this.#from.resume();
    if (this.#ended && this.#queue.length === 0 && passEnds && !this.#to.writableEnded) {
      this.#to.end();
    }
  }

  #take(bytes: Buffer): void {
    const { delayMs, jitterMs, bytesPerSecond, flipEvery } = this.#way();
    const now = performance.now();
    const paced = bytesPerSecond === 0 ? 0 : (bytes.length * 1_000) / bytesPerSecond;
    const arrivesMs = now + delayMs + jitterMs * this.#random();
    this.#lastDueMs = Math.max(this.#lastDueMs, arrivesMs) + paced;
    this.#queue.push({ dueMs: this.#lastDueMs, bytes: this.#flipped(bytes, flipEvery) });
    this.#bytes += bytes.length;
    if (this.#bytes >= underWayMax) this.#from.pause();
    else if (delayMs === 0 && jitterMs === 0 && paced === 0) this.move(true);
  }

  #flipped(bytes: Buffer, every: number): Buffer {
    const before = this.#seen;
    this.#seen += bytes.length;
    if (every === 0) return bytes;
    const copy = Buffer.from(bytes);
    for (let at = (every - (before % every)) % every; at < copy.length; at += every) {
      copy[at] = (copy[at] ?? 0) ^ 1;
    }
    return copy;
  }
}

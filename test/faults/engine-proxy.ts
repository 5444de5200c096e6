import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the engine behind the proxy does. */
export type EngineMood = 'works' | 'hangs' | 'fails' | { readonly slowMs: number };

/**
 * Docker's API on a socket of the test's own, in front of the real engine, which never notices.
 * Invariants: what was asked while it hangs or fails never reaches the engine; `close` ends every connection.
 */
export class EngineProxy {
  readonly #server = createServer((asked, answer) => this.#pass(asked, answer));
  readonly #engine: string;
  #mood: EngineMood = 'works';
  #refused = 0;

  static async before(engine: string, socket: string): Promise<EngineProxy> {
    const proxy = new EngineProxy(engine);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(socket, resolve);
    });
    return proxy;
  }

  private constructor(engine: string) {
    this.#engine = engine;
  }

  /** Requests that were not passed on. */
  get refused(): number {
    return this.#refused;
  }

  /** From the next request on; who waits for an answer or listens to events is cut off, as by a restart. */
  becomes(mood: EngineMood): void {
    this.#mood = mood;
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const mood = this.#mood;
    if (mood === 'hangs') {
      this.#refused += 1;
      return;
    }
    if (mood === 'fails') {
      this.#refused += 1;
      answer.writeHead(500, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ message: 'the engine has a bad day' }));
      return;
    }
    const { url, method, headers } = asked;
    const forward = (): void => {
      const engine = request({ socketPath: this.#engine, path: url, method, headers }, (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers);
        said.pipe(answer);
      });
      engine.on('error', () => answer.destroy());
      answer.on('close', () => engine.destroy());
      asked.pipe(engine);
    };
    if (mood === 'works') forward();
    else setTimeout(forward, mood.slowMs);
  }
}

import { Server, ServerCredentials, status, type ServerDuplexStream } from '@grpc/grpc-js';
import type { ControlRequest__Output } from '../../../shared/wire/generated/tangram/link/v1/ControlRequest.ts';
import type { ControlResponse } from '../../../shared/wire/generated/tangram/link/v1/ControlResponse.ts';
import type { LinkServiceHandlers } from '../../../shared/wire/generated/tangram/link/v1/LinkService.ts';
import type { TelemetryRequest__Output } from '../../../shared/wire/generated/tangram/link/v1/TelemetryRequest.ts';
import { linkService } from '../../../shared/wire/services.ts';

type ControlCall = ServerDuplexStream<ControlRequest__Output, ControlResponse>;

export interface CoordinatorOptions {
  readonly port?: number;
  readonly heartbeatMs?: number;
  readonly protocolVersion?: number;
  /** Answers heartbeats; false: goes silent after the welcome. */
  readonly beats?: boolean;
  /** Acknowledges telemetry; false: reads it and says nothing, as one that is behind. */
  readonly acknowledges?: boolean;
  /** Refuses each hello with FAILED_PRECONDITION and this text. */
  readonly refuse?: string;
}

/** A coordinator's side of the link over real gRPC: it writes down what it hears, and says what a test wants. */
export class FakeCoordinator {
  readonly heard: ControlRequest__Output[] = [];
  readonly telemetry: TelemetryRequest__Output[] = [];
  sessions = 0;
  port = 0;
  readonly #options: CoordinatorOptions;
  readonly #server = new Server();
  #call: ControlCall | null = null;

  constructor(options: CoordinatorOptions = {}) {
    this.#options = options;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async open(): Promise<this> {
    const handlers: LinkServiceHandlers = {
      Control: (call) => this.#control(call),
      Renew: (_call, answer) => answer({ code: status.UNIMPLEMENTED }),
      Telemetry: (call) => {
        let received = 0;
        call.on('data', (message: TelemetryRequest__Output) => {
          this.telemetry.push(message);
          received += 1;
          if (this.#options.acknowledges !== false) {
            call.write({ batchesAccepted: received, batchesReceived: received });
          }
        });
        call.on('end', () => call.end());
        call.on('error', () => undefined);
      },
    };
    this.#server.addService(linkService, handlers);
    this.port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(
        `127.0.0.1:${this.#options.port ?? 0}`,
        ServerCredentials.createInsecure(),
        (error, port) => (error === null ? resolve(port) : reject(error)),
      );
    });
    return this;
  }

  say(message: ControlResponse): void {
    this.#call?.write(message);
  }

  /** Ends the stream of the agent that is connected. */
  hangUp(): void {
    this.#call?.end();
  }

  close(): void {
    this.#server.forceShutdown();
  }

  kinds(): string[] {
    return this.heard.map((message) => message.message ?? 'unknown');
  }

  #control(call: ControlCall): void {
    this.#call = call;
    call.on('error', () => undefined);
    call.on('end', () => call.end());
    call.on('data', (message: ControlRequest__Output) => {
      this.heard.push(message);
      if (message.message === 'hello') this.#greet(call);
      if (message.message === 'heartbeat' && this.#options.beats !== false) {
        call.write({ heartbeat: {} });
      }
    });
  }

  #greet(call: ControlCall): void {
    const { refuse, protocolVersion = 1, heartbeatMs = 200 } = this.#options;
    if (refuse !== undefined) {
      call.emit('error', { code: status.FAILED_PRECONDITION, details: refuse });
      return;
    }
    this.sessions += 1;
    call.write({
      welcome: { protocolVersion, capabilities: [], clusterId: 'c1', epoch: 1, heartbeatMs },
    });
  }
}

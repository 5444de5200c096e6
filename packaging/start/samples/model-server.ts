import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { describeModel, parseInference, renderInference } from './inference.ts';
import { RequestMetrics, type Outcome } from './request-metrics.ts';
import type { VoiceDetector } from './voice-detector.ts';

const bodyBytesMax = 10 * 1024 * 1024;
const inFlightMax = 32;
const requestTimeoutMs = 30_000;

export interface ModelServerDeps {
  readonly model: string;
  /** null until the model is loaded. */
  readonly detector: () => VoiceDetector | null;
  /** Called after each answered inference; a test of faults may end the process here. */
  readonly onServed: () => void;
}

interface Answer {
  readonly status: number;
  readonly body: object | string;
}

interface Served {
  readonly outcome: Outcome;
  readonly answer: Answer;
}

/** An HTTP server that speaks the Open Inference Protocol for one model. Not yet listening. */
export function createModelServer(deps: ModelServerDeps): Server {
  const metrics = new RequestMetrics();
  const inFlight = new Set<IncomingMessage>();
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (request.method === 'POST' && path === `/v2/models/${deps.model}/infer`) {
      void answerInference(request, response);
    } else if (request.method === 'GET' || request.method === 'HEAD') {
      send(response, answerRead(path, deps, metrics));
    } else {
      const error = `${request.method} ${path} is not served`;
      send(response, {
        status: 405,
        body: { error, hint: `POST /v2/models/${deps.model}/infer` },
      });
    }
  });
  server.requestTimeout = requestTimeoutMs;
  server.maxConnections = 256;
  return server;

  async function answerInference(request: IncomingMessage, response: ServerResponse) {
    const started = performance.now();
    const { outcome, answer } = await infer(request, deps.detector(), inFlight, deps.model);
    metrics.record(outcome, (performance.now() - started) / 1_000);
    if (outcome === 'ok') response.once('finish', deps.onServed);
    send(response, answer);
  }
}

function answerRead(path: string, deps: ModelServerDeps, metrics: RequestMetrics): Answer {
  const ready = deps.detector() !== null;
  const status = ready ? 200 : 503;
  switch (path) {
    case '/v2':
      return { status: 200, body: { name: 'tangram-sample', version: '1', extensions: [] } };
    case '/v2/health/live':
      return { status: 200, body: { live: true } };
    case '/v2/health/ready':
      return { status, body: { ready } };
    case '/healthz':
      return { status, body: ready ? 'ok\n' : 'the model is being loaded\n' };
    case '/metrics':
      return { status: 200, body: metrics.render(ready) };
    case `/v2/models/${deps.model}`:
      return { status: 200, body: describeModel(deps.model) };
    case `/v2/models/${deps.model}/ready`:
      return { status, body: { name: deps.model, ready } };
    default:
      return {
        status: 404,
        body: { error: `${path} is not served`, hint: `this server has one model, ${deps.model}` },
      };
  }
}

async function infer(
  request: IncomingMessage,
  detector: VoiceDetector | null,
  inFlight: Set<IncomingMessage>,
  model: string,
): Promise<Served> {
  if (detector === null) return busy('the model is being loaded');
  if (inFlight.size >= inFlightMax) return busy(`${inFlightMax} requests are being answered`);
  inFlight.add(request);
  const gone = new AbortController();
  request.once('close', () => {
    if (request.destroyed && !request.complete) gone.abort();
  });
  try {
    const body = await readBody(request);
    if (body === null) {
      return refused(413, `the body is larger than ${bodyBytesMax} bytes`, 'send less audio');
    }
    const parsed = parseInference(request.headers['content-type'] ?? '', body);
    if (!parsed.ok) return refused(400, parsed.problem.message, parsed.problem.hint ?? '');
    const detection = await detector.detect(parsed.value.samples, gone.signal);
    const rendered = renderInference(model, parsed.value, detection);
    return { outcome: 'ok', answer: { status: 200, body: rendered } };
  } catch {
    const error = 'the model could not be run on this input';
    return { outcome: 'failed', answer: { status: 500, body: { error } } };
  } finally {
    inFlight.delete(request);
  }
}

function busy(error: string): Served {
  return { outcome: 'busy', answer: { status: 503, body: { error, hint: 'try again' } } };
}

function refused(status: number, error: string, hint: string): Served {
  return { outcome: 'refused', answer: { status, body: { error, hint } } };
}

/** null: larger than we take; the rest is read and dropped, so that the client hears why. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes <= bodyBytesMax) chunks.push(chunk);
  }
  return bytes > bodyBytesMax ? null : Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const isText = typeof body === 'string';
  const text = isText ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

// One sample model behind HTTP. Its environment says which:
//   MODEL_NAME, MODEL_FILE, MODEL_VARIANT (legacy, v5 or v6), HOST, PORT.
// For tests of faults: SLOW_START_MS delays readiness, FAIL_AFTER_REQUESTS ends the process after so many answers.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createModelServer } from './model-server.ts';
import { loadDetector, type Variant, type VoiceDetector } from './voice-detector.ts';

const variants: readonly Variant[] = ['legacy', 'v5', 'v6'];
const stopGraceMs = 5_000;

const variant = variants.find((each) => each === (process.env['MODEL_VARIANT'] ?? 'v6'));
if (variant === undefined) fail(`MODEL_VARIANT is not one of ${variants.join(', ')}`);
const model = process.env['MODEL_NAME'] ?? process.env['TANGRAM_MODEL'] ?? `vad-${variant}`;
const port = number('PORT', 8_000);
const host = process.env['HOST'] ?? '127.0.0.1';
const slowStartMs = number('SLOW_START_MS', 0);
const failAfter = number('FAIL_AFTER_REQUESTS', 0);

let detector: VoiceDetector | null = null;
let served = 0;
const server = createModelServer({
  model,
  detector: () => detector,
  onServed: () => {
    served += 1;
    if (failAfter > 0 && served >= failAfter) fail(`failing after ${served} requests, as asked`);
  },
});
server.on('error', (error: NodeJS.ErrnoException) => {
  fail(
    error.code === 'EADDRINUSE'
      ? `cannot listen on ${host}:${port}: something else does; give another PORT`
      : `cannot listen on ${host}:${port}: ${error.message}`,
  );
});
server.listen(port, host);
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, stop);

const started = performance.now();
const file = process.env['MODEL_FILE'] ?? shippedModel(variant);
const loaded = await readFile(file)
  .then((bytes) => loadDetector(bytes, variant))
  .catch((error: unknown) => fail(`cannot load ${file}: ${String(error)}`));
if (slowStartMs > 0) await sleep(slowStartMs);
detector = loaded;
say('ready', { model, variant, durationMs: Math.round(performance.now() - started) });

function stop(): void {
  say('stopping', { model });
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  // An unreferenced timer: it only matters while a request holds the process.
  setTimeout(() => process.exit(0), stopGraceMs).unref();
}

/** Where the npm package that ships the model has it. */
function shippedModel(which: Variant): string {
  const entry = createRequire(import.meta.url).resolve('@ricky0123/vad-web');
  return join(dirname(entry), `silero_vad_${which}.onnx`);
}

function number(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0
    ? value
    : fail(`${name} is ${JSON.stringify(text)}, which is no whole number`);
}

function say(msg: string, fields: object): void {
  process.stdout.write(`${JSON.stringify({ level: 'info', msg, ...fields })}\n`);
}

function fail(msg: string): never {
  process.stderr.write(`${JSON.stringify({ level: 'error', msg })}\n`);
  process.exit(1);
}

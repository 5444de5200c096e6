import { setImmediate as nextTurn } from 'node:timers/promises';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { sampleRateHz } from './speech-wav.ts';

/** The published generations of the model: `legacy` keeps two LSTM states, the later ones one state and a context. */
export type Variant = 'legacy' | 'v5' | 'v6';

/** What a detector says of some audio: one probability of speech per frame. */
export interface Detection {
  readonly probabilities: Float32Array;
}

/** One loaded model. `detect` keeps no state between calls. */
export interface VoiceDetector {
  readonly frameSamples: number;
  detect(samples: Float32Array, signal: AbortSignal): Promise<Detection>;
}

const contextSamples = 64;
/** How many frames run before others get a turn: the runtime computes on this thread. */
const framesPerTurn = 16;

type Feeds = Record<string, Tensor>;

interface Stepper {
  readonly frameSamples: number;
  /** A fresh state for one piece of audio. */
  begin(): (frame: Float32Array) => Promise<number>;
}

/** Loads an ONNX file. It runs on the CPU in WebAssembly, so nothing native is installed. */
export async function loadDetector(model: Uint8Array, variant: Variant): Promise<VoiceDetector> {
  env.wasm.numThreads = 1;
  env.logLevel = 'error';
  const session = await InferenceSession.create(model, { executionProviders: ['wasm'] });
  const stepper = variant === 'legacy' ? legacySteps(session) : stateSteps(session);
  return {
    frameSamples: stepper.frameSamples,
    detect: (samples, signal) => detect(stepper, samples, signal),
  };
}

async function detect(
  stepper: Stepper,
  samples: Float32Array,
  signal: AbortSignal,
): Promise<Detection> {
  const { frameSamples } = stepper;
  const frames = Math.floor(samples.length / frameSamples);
  const probabilities = new Float32Array(frames);
  const step = stepper.begin();
  for (let at = 0; at < frames; at += 1) {
    if (at % framesPerTurn === 0) await nextTurn(undefined, { signal });
    probabilities[at] = await step(samples.slice(at * frameSamples, (at + 1) * frameSamples));
  }
  return { probabilities };
}

function stateSteps(session: InferenceSession): Stepper {
  const sr = rate();
  return {
    frameSamples: 512,
    begin: () => {
      let state = zeros([2, 1, 128]);
      let context = new Float32Array(contextSamples);
      return async (frame) => {
        // The model wants the tail of the frame before, so that an onset across the border is seen whole.
        const input = new Float32Array(contextSamples + frame.length);
        input.set(context);
        input.set(frame, contextSamples);
        context = frame.slice(-contextSamples);
        const out = await run(session, { input: row(input), state, sr });
        state = pick(out, 'stateN');
        return probability(out);
      };
    },
  };
}

function legacySteps(session: InferenceSession): Stepper {
  const sr = rate();
  return {
    frameSamples: 1_536,
    begin: () => {
      let h = zeros([2, 1, 64]);
      let c = zeros([2, 1, 64]);
      return async (frame) => {
        const out = await run(session, { input: row(frame), sr, h, c });
        h = pick(out, 'hn');
        c = pick(out, 'cn');
        return probability(out);
      };
    },
  };
}

async function run(session: InferenceSession, feeds: Feeds): Promise<Feeds> {
  const out = await session.run(feeds);
  return Object.fromEntries(
    Object.entries(out).flatMap(([name, value]) =>
      value instanceof Tensor ? [[name, value] as const] : [],
    ),
  );
}

function pick(out: Feeds, name: string): Tensor {
  const found = out[name];
  if (found === undefined) throw new Error(`the model has no output ${name}: it is another model`);
  return found;
}

function probability(out: Feeds): number {
  return Number(pick(out, 'output').data[0]);
}

function row(samples: Float32Array): Tensor {
  return new Tensor('float32', samples, [1, samples.length]);
}

function rate(): Tensor {
  return new Tensor('int64', BigInt64Array.of(BigInt(sampleRateHz)), []);
}

function zeros(shape: readonly [number, number, number]): Tensor {
  return new Tensor('float32', new Float32Array(shape[0] * shape[1] * shape[2]), [...shape]);
}

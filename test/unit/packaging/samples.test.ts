import { readFileSync } from 'node:fs';
import { request as httpRequest, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseManifests } from '../../../shared/manifest/parse-manifests.ts';
import { parseInference } from '../../../packaging/start/samples/inference.ts';
import { createModelServer } from '../../../packaging/start/samples/model-server.ts';
import { samples } from '../../../packaging/start/samples/samples.ts';
import {
  encodeWav,
  sampleRateHz,
  synthesizeNoise,
  synthesizeSpeech,
} from '../../../packaging/start/samples/speech-wav.ts';
import {
  loadDetector,
  type VoiceDetector,
} from '../../../packaging/start/samples/voice-detector.ts';
import { parseWav } from '../../../packaging/start/samples/wav.ts';

const never = new AbortController().signal;
const weights = dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web'));

function ratio(probabilities: Float32Array): number {
  return probabilities.filter((each) => each > 0.5).length / probabilities.length;
}

describe.for(samples)('the model $name', ({ variant }) => {
  let detector: VoiceDetector;
  beforeAll(async () => {
    detector = await loadDetector(
      readFileSync(join(weights, `silero_vad_${variant}.onnx`)),
      variant,
    );
  });

  test('takes synthesized speech for speech, and noise and silence not', async () => {
    const speech = await detector.detect(synthesizeSpeech(4), never);
    const noise = await detector.detect(synthesizeNoise(2), never);
    const silence = await detector.detect(new Float32Array(2 * sampleRateHz), never);
    expect(ratio(speech.probabilities)).toBeGreaterThan(0.8);
    expect(ratio(noise.probabilities)).toBe(0);
    expect(ratio(silence.probabilities)).toBe(0);
  });

  test('gives the same answer to the same audio, also to two at once', async () => {
    const audio = synthesizeSpeech(1);
    const [one, other] = await Promise.all([
      detector.detect(audio, never),
      detector.detect(audio, never),
    ]);
    expect(one).toEqual(other);
  });
});

describe('a WAV file', () => {
  const good = encodeWav(Float32Array.of(0, 0.5, -0.5));
  const changed = (offset: number, value: number): Buffer => {
    const copy = Buffer.from(good);
    copy.writeUInt16LE(value, offset);
    return copy;
  };

  test('comes back as the samples that went in', () => {
    const parsed = parseWav(good);
    const samplesBack = parsed.ok ? [...parsed.value].map((each) => Math.round(each * 100)) : [];
    expect(samplesBack).toEqual([0, 50, -50]);
  });

  test.for([
    { name: 'two channels', bytes: changed(22, 2), says: '2 channel(s)' },
    { name: '8 kHz', bytes: changed(24, 8_000), says: '8000 Hz' },
    { name: 'floats', bytes: changed(20, 3), says: 'format 3' },
    { name: '8 bits', bytes: changed(34, 8), says: '8 bits' },
    { name: 'text', bytes: Buffer.from('hello'), says: 'is not a WAV file' },
    { name: 'nothing', bytes: Buffer.alloc(0), says: 'is not a WAV file' },
    { name: 'only a head', bytes: good.subarray(0, 12), says: 'no format or no data chunk' },
  ])('with $name is refused with what it is and what to send', ({ bytes, says }) => {
    const parsed = parseWav(bytes);
    expect(parsed).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining(says), hint: expect.stringContaining('16000') },
    });
  });
});

test('a JSON request that is no tensor is refused with the shape that is wanted', () => {
  const bodies = ['{', '{}', '{"inputs":[{"name":"audio","datatype":"INT8","data":[1]}]}'];
  const problems = bodies.map((body) => parseInference('application/json', Buffer.from(body)));
  expect(problems.map((each) => each.ok)).toEqual([false, false, false]);
});

test('every sample has a manifest that parses, two on MIG and one on MPS', () => {
  const folder = new URL('../../../packaging/start/samples/', import.meta.url);
  const parsed = parseManifests(
    samples.map(({ name }) => ({
      name,
      text: readFileSync(new URL(`${name}.yaml`, folder), 'utf8'),
    })),
  );
  const asked = parsed.ok ? parsed.value.map(({ spec }) => [spec.name, spec.gpu?.isolation]) : [];
  expect(parsed).toMatchObject({ ok: true });
  expect(asked).toEqual([
    ['vad-v6', 'mig'],
    ['vad-v5', 'mig'],
    ['vad-legacy', 'mps'],
  ]);
});

describe('the server', () => {
  let detector: VoiceDetector | null = null;
  let served = 0;
  let server: Server;
  let base = '';

  beforeAll(async () => {
    server = createModelServer({
      model: 'm',
      detector: () => detector,
      onServed: () => {
        served += 1;
      },
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('is alive but not ready while the model is loaded', async () => {
    detector = null;
    const statuses = await Promise.all(
      ['/v2/health/live', '/v2/health/ready', '/healthz', '/v2/models/m/ready'].map(
        async (path) => {
          return (await fetch(base + path)).status;
        },
      ),
    );
    const early = await fetch(`${base}/v2/models/m/infer`, { method: 'POST', body: 'x' });
    expect([...statuses, early.status]).toEqual([200, 503, 503, 503, 503]);
  });

  test('answers a WAV file with a summary and tensors with tensors, and counts both', async () => {
    detector = await loadDetector(readFileSync(join(weights, 'silero_vad_v6.onnx')), 'v6');
    const speech = synthesizeSpeech(1);
    const wav = await post('/v2/models/m/infer', encodeWav(speech));
    const data = [...speech.subarray(0, 1_024)];
    const tensor = { name: 'audio', datatype: 'FP32', shape: [data.length], data };
    const json = await post(
      '/v2/models/m/infer',
      Buffer.from(JSON.stringify({ id: '7', inputs: [tensor] })),
    );
    const metrics = await (await fetch(`${base}/metrics`)).text();
    expect(wav.body).toMatchObject({ model_name: 'm', frames: 31 });
    expect(json.body).toMatchObject({
      model_name: 'm',
      id: '7',
      outputs: [{ name: 'probability', datatype: 'FP32', shape: [2] }],
    });
    expect(metrics).toContain('vad_requests_total{outcome="ok"} 2');
    expect(served).toBe(2);
  });

  test('refuses what it cannot read, too much of it, and other methods, each with a hint', async () => {
    const answers = [
      await post('/v2/models/m/infer', Buffer.from('hello')),
      await post('/v2/models/m/infer', Buffer.alloc(11 * 1024 * 1024)),
      await post('/v2/models/other/infer', Buffer.from('')),
    ];
    expect(answers.map((each) => each.status)).toEqual([400, 413, 405]);
    for (const each of answers) expect(each.body).toHaveProperty('hint');
  });

  async function post(path: string, body: Buffer): Promise<{ status: number; body: object }> {
    return new Promise((resolve, reject) => {
      const call = httpRequest(`${base}${path}`, { method: 'POST', agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => {
          const parsed: object = JSON.parse(text);
          resolve({ status: response.statusCode ?? 0, body: parsed });
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  }
});

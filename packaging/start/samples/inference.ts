import { err, ok, type Problem, type Result } from '../../../shared/domain/result.ts';
import type { Detection } from './voice-detector.ts';
import { parseWav } from './wav.ts';

/** A probability above this is counted as speech. */
const speechThreshold = 0.5;
const inputName = 'audio';

/** What was asked: the audio, and the form in which the answer is wanted. */
export interface InferenceRequest {
  readonly samples: Float32Array;
  readonly form: 'summary' | 'tensors';
  readonly id: string | null;
}

/** Reads a WAV body, or an Open Inference Protocol request with one FP32 tensor called `audio`. */
export function parseInference(contentType: string, body: Buffer): Result<InferenceRequest> {
  const looksLikeJson = contentType.includes('json') || body[0] === 0x7b;
  if (looksLikeJson) return parseTensors(body);
  const wav = parseWav(body);
  return wav.ok ? ok({ samples: wav.value, form: 'summary', id: null }) : wav;
}

function parseTensors(body: Buffer): Result<InferenceRequest> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return refuse('the body is not JSON');
  }
  const inputs = field(parsed, 'inputs');
  const input: unknown = Array.isArray(inputs)
    ? inputs.find((each) => field(each, 'name') === inputName)
    : undefined;
  if (input === undefined) return refuse(`there is no input tensor called ${inputName}`);
  if (field(input, 'datatype') !== 'FP32') return refuse(`${inputName} is not FP32`);
  const data = field(input, 'data');
  if (!Array.isArray(data) || !data.every((each) => typeof each === 'number')) {
    return refuse(`the data of ${inputName} is not a flat list of numbers`);
  }
  const id = field(parsed, 'id');
  return ok({
    samples: Float32Array.from(data, Number),
    form: 'tensors',
    id: typeof id === 'string' ? id : null,
  });
}

/** The answer in the form that was asked for. */
export function renderInference(
  model: string,
  request: InferenceRequest,
  { probabilities }: Detection,
): object {
  if (request.form === 'tensors') {
    return {
      model_name: model,
      ...(request.id === null ? {} : { id: request.id }),
      outputs: [
        {
          name: 'probability',
          datatype: 'FP32',
          shape: [probabilities.length],
          data: [...probabilities].map(rounded),
        },
      ],
    };
  }
  const speech = probabilities.filter((each) => each > speechThreshold).length;
  return {
    model_name: model,
    frames: probabilities.length,
    speech_ratio: rounded(probabilities.length === 0 ? 0 : speech / probabilities.length),
    max: rounded(Math.max(0, ...probabilities)),
  };
}

/** What `GET /v2/models/<m>` tells. */
export function describeModel(model: string): object {
  return {
    name: model,
    versions: ['1'],
    platform: 'onnx',
    inputs: [tensor(inputName)],
    outputs: [tensor('probability')],
  };
}

function tensor(name: string): object {
  return { name, datatype: 'FP32', shape: [-1] };
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function refuse(message: string): Result<never> {
  const problem: Problem = {
    code: 'TENSOR_REFUSED',
    message,
    hint: `send {"inputs":[{"name":"${inputName}","datatype":"FP32","shape":[N],"data":[…]}]} with samples at 16 kHz, or a WAV file`,
  };
  return err(problem);
}

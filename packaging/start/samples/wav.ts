import { err, ok, type Result } from '../../../shared/domain/result.ts';
import { sampleRateHz } from './speech-wav.ts';

const pcmFormat = 1;

/** Reads a 16 kHz, 16-bit, mono PCM file into samples from -1 to 1. Anything else is refused with what it is. */
export function parseWav(bytes: Buffer): Result<Float32Array> {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF') return notWav(bytes);
  if (bytes.toString('latin1', 8, 12) !== 'WAVE') return notWav(bytes);
  const format = findChunk(bytes, 'fmt ');
  const data = findChunk(bytes, 'data');
  if (format === null || format.length < 16 || data === null) {
    return refuse('the WAV file has no format or no data chunk');
  }
  const kind = format.readUInt16LE(0);
  const channels = format.readUInt16LE(2);
  const rateHz = format.readUInt32LE(4);
  const bits = format.readUInt16LE(14);
  if (kind !== pcmFormat || channels !== 1 || rateHz !== sampleRateHz || bits !== 16) {
    return refuse(
      `the WAV file has format ${kind}, ${channels} channel(s), ${rateHz} Hz and ${bits} bits`,
    );
  }
  const samples = new Float32Array(Math.floor(data.length / 2));
  for (const at of samples.keys()) samples[at] = data.readInt16LE(at * 2) / 32_768;
  return ok(samples);
}

function findChunk(bytes: Buffer, name: string): Buffer | null {
  let at = 12;
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32LE(at + 4);
    const start = at + 8;
    // A file that was cut short still holds the samples that are there.
    if (bytes.toString('latin1', at, at + 4) === name) return bytes.subarray(start, start + length);
    at = start + length + (length % 2);
  }
  return null;
}

function notWav(bytes: Buffer): Result<never> {
  return refuse(`the body (${bytes.length} bytes) is not a WAV file`);
}

function refuse(message: string): Result<never> {
  const hint = `send 16-bit mono PCM at ${sampleRateHz} Hz, for instance: ffmpeg -i in.mp3 -ar ${sampleRateHz} -ac 1 out.wav`;
  return err({ code: 'AUDIO_REFUSED', message, hint });
}

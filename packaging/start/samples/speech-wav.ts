/** Samples per second of everything here, and the only rate that the sample models take. */
export const sampleRateHz = 16_000;

interface Vowel {
  /** Resonances of the vocal tract, Hz. */
  readonly formants: readonly [number, number, number, number];
}

/** Average resonances of an adult voice, from the acoustics textbooks. */
const vowels: Readonly<Record<string, Vowel>> = {
  a: { formants: [730, 1090, 2440, 3400] },
  e: { formants: [530, 1840, 2480, 3500] },
  i: { formants: [300, 2220, 2960, 3600] },
  o: { formants: [500, 900, 2400, 3300] },
  u: { formants: [320, 870, 2240, 3200] },
};
const bandwidthsHz = [60, 90, 120, 180] as const;

/** One syllable: a consonant made of noise, then a vowel that glides into another. */
interface Syllable {
  readonly hissMs: number;
  readonly hissHz: number;
  readonly from: string;
  readonly to: string;
  readonly voicedMs: number;
  readonly pitchHz: number;
  readonly pauseMs: number;
}

const sentence: readonly Syllable[] = [
  syllable('a', 'i', 128, { hissMs: 60, hissHz: 4_200 }),
  syllable('e', 'e', 136, { hissMs: 25, hissHz: 2_500 }),
  syllable('o', 'u', 122, { hissMs: 40, hissHz: 3_000 }),
  syllable('a', 'a', 140, { hissMs: 70, hissHz: 5_000 }),
  syllable('i', 'e', 150, { hissMs: 30, hissHz: 2_200, pauseMs: 60 }),
  syllable('u', 'o', 126, { hissMs: 45, hissHz: 3_600 }),
  syllable('a', 'e', 132, { hissMs: 55, hissHz: 4_600 }),
  syllable('o', 'a', 118, { hissMs: 20, hissHz: 1_800 }),
  syllable('e', 'i', 112, { hissMs: 50, hissHz: 3_900, pauseMs: 90 }),
];

function syllable(
  from: string,
  to: string,
  pitchHz: number,
  rest: { readonly hissMs: number; readonly hissHz: number; readonly pauseMs?: number },
): Syllable {
  return { from, to, pitchHz, voicedMs: 190, pauseMs: 20, ...rest };
}

/**
 * Speech-like sound, made by a source and a filter: glottal pulses through four moving resonances, with hissing
 * consonants between them. It says nothing, but it is what a voice detector listens for.
 */
export function synthesizeSpeech(seconds: number): Float32Array {
  const chance = noiseSource(7);
  const pieces: Float32Array[] = [];
  const wanted = Math.round(seconds * sampleRateHz);
  for (let made = 0, at = 0; made < wanted; at += 1) {
    const next = sentence[at % sentence.length];
    if (next === undefined) break;
    for (const piece of [hiss(next, chance), voiced(next, chance), silence(next.pauseMs)]) {
      pieces.push(piece);
      made += piece.length;
    }
  }
  return normalize(join(pieces).subarray(0, wanted), 0.6);
}

/** White noise, which no detector should take for a voice. */
export function synthesizeNoise(seconds: number): Float32Array {
  const chance = noiseSource(11);
  return Float32Array.from({ length: Math.round(seconds * sampleRateHz) }, () => chance() * 0.1);
}

/** A 16-bit mono PCM file. */
export function encodeWav(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  for (const [at, sample] of samples.entries()) {
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), 44 + at * 2);
  }
  return bytes;
}

function voiced(spec: Syllable, chance: () => number): Float32Array {
  const length = samplesOf(spec.voicedMs);
  const from = vowels[spec.from] ?? vowels['a'];
  const to = vowels[spec.to] ?? from;
  const out = new Float32Array(length);
  if (from === undefined || to === undefined) return out;
  const filters = bandwidthsHz.map((bandwidthHz) => resonator(bandwidthHz));
  let phase = 0;
  let tilt = 0;
  for (let at = 0; at < length; at += 1) {
    const along = at / length;
    // A falling pitch with a little flutter: a perfectly steady one sounds like a horn.
    const pitch = spec.pitchHz * (1.06 - 0.14 * along) * (1 + 0.01 * chance());
    phase += pitch / sampleRateHz;
    if (phase >= 1) phase -= 1;
    const breath = chance() * 0.02;
    // The glottis rolls off by some 12 dB an octave, and the lips give 6 back.
    const pulse = glottis(phase) + breath;
    const source = pulse - 0.95 * tilt;
    tilt = pulse;
    let value = source;
    for (const [each, filter] of filters.entries()) {
      const start = from.formants[each] ?? 500;
      const end = to.formants[each] ?? start;
      value = filter(value, start + (end - start) * along);
    }
    out[at] = value * envelope(along);
  }
  return normalize(out, 1);
}

/** Opens slowly and closes quickly within each period. */
function glottis(phase: number): number {
  if (phase < 0.4) return 0.5 * (1 - Math.cos((Math.PI * phase) / 0.4));
  if (phase < 0.56) return Math.cos((Math.PI * (phase - 0.4)) / 0.32);
  return 0;
}

function hiss(spec: Syllable, chance: () => number): Float32Array {
  const length = samplesOf(spec.hissMs);
  const filter = resonator(1_500);
  const out = Float32Array.from({ length }, (_, at) => {
    return filter(chance(), spec.hissHz) * envelope(at / length);
  });
  return normalize(out, 0.12);
}

/** A resonance of two poles whose frequency may move. */
function resonator(bandwidthHz: number): (input: number, frequencyHz: number) => number {
  const decay = Math.exp((-Math.PI * bandwidthHz) / sampleRateHz);
  let last = 0;
  let before = 0;
  return (input, frequencyHz) => {
    const turn = 2 * decay * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
    const gain = 1 - turn + decay * decay;
    const output = gain * input + turn * last - decay * decay * before;
    before = last;
    last = output;
    return output;
  };
}

function envelope(along: number): number {
  return Math.min(1, along / 0.15, (1 - along) / 0.25);
}

function silence(ms: number): Float32Array {
  return new Float32Array(samplesOf(ms));
}

function samplesOf(ms: number): number {
  return Math.round((ms * sampleRateHz) / 1_000);
}

function normalize(samples: Float32Array, peak: number): Float32Array {
  let largest = 0;
  for (const sample of samples) largest = Math.max(largest, Math.abs(sample));
  return largest === 0 ? samples : samples.map((sample) => (sample / largest) * peak);
}

function join(pieces: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** The same numbers in [-1, 1) each time: the audio is a file that people may compare. */
function noiseSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

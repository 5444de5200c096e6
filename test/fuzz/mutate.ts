/** A stream of numbers in [0, 1) that a seed decides (mulberry32): a failing input can be made again. */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Mutation = (text: string, other: string, random: Random) => string;

/** Longest input, but for the ones that are blown up on purpose. */
const windowMax = 6_000;
const blownUpMax = 200_000;
const words = [
  '', '-', 'N/A', '[N/A]', 'None', 'ERR!', '[GPU is lost]', '-1', '0', '99999999999999999999', '1e999', 'NaN',
  '|', '+', '<', '</gpu>', '<![CDATA[', ']]>', '&amp;', '&#x0;', '"', '\\', '{', '}', '\t', '\r\n', ', ', ': ',
  '\u001B[4m', '\uFEFF', '\u0000', '\u{1F600}', '\uD800', '__proto__', 'constructor', '...', '[...]', '%s%n',
]; // prettier-ignore

const at = (text: string, random: Random): number => Math.floor(random() * (text.length + 1));

const mutations: readonly Mutation[] = [
  // One bit of one byte.
  (text, _, random) => {
    const bytes = Buffer.from(text, 'utf8');
    const spot = Math.floor(random() * bytes.length);
    bytes[spot] = (bytes[spot] ?? 0) ^ (1 << Math.floor(random() * 8));
    return bytes.toString('utf8');
  },
  (text, _, random) => text.slice(0, at(text, random)),
  (text, _, random) => text.slice(at(text, random)),
  (text, _, random) => {
    const spot = at(text, random);
    return (
      text.slice(0, spot) + text.slice(Math.min(text.length, spot + Math.floor(random() * 200)))
    );
  },
  (text, _, random) => {
    const spot = at(text, random);
    return text.slice(0, spot) + pick(words, random) + text.slice(spot);
  },
  // A word is exchanged.
  (text, _, random) => {
    const spot = at(text, random);
    const word = /[A-Za-z0-9_.]+/.exec(text.slice(spot));
    if (word === null) return text;
    const start = spot + word.index;
    return text.slice(0, start) + pick(words, random) + text.slice(start + word[0].length);
  },
  (text, _, random) => inLines(text, (all) => all.toSpliced(index(all, random), 1)),
  (text, _, random) =>
    inLines(text, (all) => all.toSpliced(index(all, random), 0, all[index(all, random)] ?? '')),
  (text, _, random) =>
    inLines(text, (all) => {
      const [one, two] = [index(all, random), index(all, random)];
      return all.with(one, all[two] ?? '').with(two, all[one] ?? '');
    }),
  // Two outputs in one file.
  (text, other, random) => text.slice(0, at(text, random)) + other.slice(at(other, random)),
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll('\n', ' '),
  (text, _, random) => `${pick(words, random)}${text}${pick(words, random)}`,
];

/** An input like those that people send: one text with one to four accidents. */
export function mutate(text: string, other: string, random: Random): string {
  let mutated = windowOf(text, random);
  const times = 1 + Math.floor(random() * 4);
  for (let time = 0; time < times && mutated !== ''; time += 1) {
    mutated = (mutations[Math.floor(random() * mutations.length)] ?? identity)(
      mutated,
      windowOf(other, random),
      random,
    );
  }
  return random() < 0.001 ? blowUp(mutated, random) : mutated;
}

/** One piece of it again and again: what takes time in the square of its length is found so. */
function blowUp(text: string, random: Random): string {
  const start = at(text, random);
  const piece = text.slice(start, start + 1 + Math.floor(random() * 80));
  if (piece === '') return text;
  const times = Math.floor(blownUpMax / piece.length);
  return text.slice(0, start) + piece.repeat(times) + text.slice(start + piece.length);
}

/** The beginning tells the format, so it is kept; now and then a window from the middle. */
function windowOf(text: string, random: Random): string {
  if (text.length <= windowMax) return text;
  const start = random() < 0.8 ? 0 : at(text, random);
  return text.slice(start, start + 500 + Math.floor(random() * (windowMax - 500)));
}

function inLines(text: string, change: (lines: string[]) => string[]): string {
  return change(text.split('\n')).join('\n');
}

function index(list: readonly unknown[], random: Random): number {
  return Math.floor(random() * list.length);
}

export function pick<T>(list: readonly T[], random: Random): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error('there is nothing to pick from');
  return found;
}

function identity(text: string): string {
  return text;
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hashTokenSecret,
  parseJoinToken,
  renderJoinToken,
  tokenSecretMatches,
} from '../../../../shared/pki/join-token.ts';

const token = {
  rootDigest: 'ab'.repeat(32),
  id: 'abcd2345',
  secret: new Uint8Array(32).fill(7),
};
const text = renderJoinToken(token);

describe('a join token', () => {
  test('is read as it was written, with blanks around it', () => {
    expect(parseJoinToken(` ${text}\n`)).toEqual({ ok: true, value: token });
  });

  test('is read as it was written, whatever is in it', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, bytes, (digest, secret) => {
        const made = { ...token, rootDigest: Buffer.from(digest).toString('hex'), secret };
        expect(parseJoinToken(renderJoinToken(made))).toEqual({ ok: true, value: made });
      }),
    );
  });

  test.for([
    { name: 'a part that is missing', broken: text.split('.').slice(0, 3).join('.') },
    { name: 'a part too many', broken: `${text}.x` },
    { name: 'another version', broken: text.replace('tg1', 'tg2') },
    { name: 'the last character cut off', broken: text.slice(0, -1) },
    { name: 'nothing', broken: '' },
  ])('with $name is refused, and not repeated', ({ broken }) => {
    const parsed = parseJoinToken(broken);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain(text.split('.')[3]);
  });

  test('with one bit flipped anywhere is refused, or is another token', () => {
    for (let at = 0; at < text.length; at += 1) {
      for (const bit of [1, 2, 4, 8, 16]) {
        const flipped =
          text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ bit) + text.slice(at + 1);
        const parsed = parseJoinToken(flipped);
        expect(parsed.ok && JSON.stringify(parsed.value) === JSON.stringify(token)).toBe(false);
      }
    }
  });
});

test('only its own secret matches what is kept of one', () => {
  const kept = hashTokenSecret(token.secret);
  expect(tokenSecretMatches(token.secret, kept)).toBe(true);
  for (let bit = 0; bit < 256; bit += 1) {
    const other = new Uint8Array(token.secret);
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(tokenSecretMatches(other, kept)).toBe(false);
  }
  expect(tokenSecretMatches(token.secret, 'short')).toBe(false);
});

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Eight characters that nobody mistakes for one another; the caller checks that they are not taken. */
export function freshSuffix(random: () => number): string {
  let suffix = '';
  for (let at = 0; at < 8; at += 1) {
    suffix += alphabet[Math.floor(random() * alphabet.length)] ?? 'a';
  }
  return suffix;
}

import { err, ok, type Result } from '../domain/result.ts';

const shape = /^[a-z0-9*](?:[a-z0-9*-]{0,62})$/;

/** A node name in which `*` stands for any characters. */
export function parseNodePattern(text: string): Result<string> {
  if (shape.test(text)) return ok(text);
  return err({
    code: 'REQUEST_INVALID',
    message: `${JSON.stringify(text)} is no pattern of node names`,
    hint: "use lower-case letters, digits, dashes and *, such as 'gpu-*', at most 63 characters",
  });
}

/** Linear in both lengths: a pattern is somebody else's input. */
export function matchesNodePattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return name.endsWith(last);
}

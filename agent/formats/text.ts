const byteOrderMark = '\uFEFF';
// eslint-disable-next-line no-control-regex -- the escape character is what it looks for
const ansiSequence = /\u001B\[[0-9;]{0,16}[A-Za-z]/g;

/** The text without a byte order mark and without colours: `topo -m` underlines even into a pipe. */
export function plainText(text: string): string {
  const unmarked = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  return unmarked.includes('\u001B') ? unmarked.replace(ansiSequence, '') : unmarked;
}

/** Its lines without line ends, whether Unix or Windows wrote them; a last line end opens no further line. */
export function linesOf(text: string): string[] {
  const lines = plainText(text).split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [at, line] of lines.entries()) {
    if (line.endsWith('\r')) lines[at] = line.slice(0, -1);
  }
  return lines;
}

/** Formats look no further than this to recognise a text; without marks, colours and Windows line ends. */
export function headOf(text: string): string {
  return plainText(text.slice(0, 64 * 1024)).replaceAll('\r\n', '\n');
}

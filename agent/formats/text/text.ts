const byteOrderMark = '\uFEFF';
/** Colours and other commands to a terminal (ECMA-48), its title (xterm), its character set. */
const ansiSequence =
  // eslint-disable-next-line no-control-regex -- the escape character is what it looks for
  /\u001B(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|\][^\u0007\u001B]{0,256}(?:\u0007|\u001B\\)|[()][A-Z0-9])/g;
const hardBlank = '\u00A0';

/**
 * The text without a byte order mark and without colours (`topo -m` underlines even into a pipe); the blanks of a web
 * page are blanks.
 */
export function plainText(text: string): string {
  const unmarked = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  const bare = unmarked.includes('\u001B') ? unmarked.replace(ansiSequence, '') : unmarked;
  return bare.includes(hardBlank) ? bare.replaceAll(hardBlank, ' ') : bare;
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

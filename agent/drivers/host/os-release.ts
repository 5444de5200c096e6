/** Parses os-release(5): `Debian GNU/Linux 12`; a system that does not name itself is `Linux`, as the manual says. */
export function parseOsRelease(text: string): string {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = assignment.exec(line.trim());
    if (match !== null) values.set(match[1] ?? '', unquoted(match[2] ?? ''));
  }
  return `${values.get('NAME') ?? 'Linux'} ${values.get('VERSION_ID') ?? ''}`.trim();
}

const assignment = /^([A-Z][A-Z0-9_]*)=(.*)$/;

/** As a shell would read it; the manual allows `\` only before `"`, `$`, `\` and a backtick. */
function unquoted(word: string): string {
  const quote = word[0];
  if (quote === "'" && word.endsWith("'")) return word.slice(1, -1);
  const inner = quote === '"' && word.endsWith('"') ? word.slice(1, -1) : word;
  return inner.replace(/\\(["$\\`])/g, '$1');
}

/** Stands where a secret stood. */
const mark = '<redacted>';

/** Words that make the value beside them a secret, as parts of names: `HF_TOKEN`, `dbPassword`, `x-api-key`. */
const secretName = String.raw`[\w.-]{0,48}(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key|credential|cookie|authorization|connection[_-]?string|dsn)s?[\w.-]{0,48}`;

const rules: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mark],
  // scheme://user:password@host
  [/([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"']{1,400}@/gi, `$1${mark}@`],
  [/\b(Bearer|Basic|Digest)\s+[\w+/=.~-]{6,}/gi, `$1 ${mark}`],
  // "name": "value", also inside a JSON text that was quoted itself
  [
    new RegExp(String.raw`(\\?"${secretName}\\?"\s*:\s*)(\\?")(?:[^"\\]|\\(?!").)*?\\?"`, 'gi'),
    `$1$2${mark}$2`,
  ],
  // --name value and --name=value
  [
    new RegExp(String.raw`(--${secretName}(?:=|\s+))(?:"[^"\n]*"|'[^'\n]*'|[^\s"',\]]+)`, 'gi'),
    `$1${mark}`,
  ],
  // NAME=value
  [
    new RegExp(String.raw`(\b${secretName}=)(?:"[^"\n]*"|'[^'\n]*'|[^\s"',\]]+)`, 'gi'),
    `$1${mark}`,
  ],
  // name: value
  [
    new RegExp(
      String.raw`^([ \t-]*["']?${secretName}["']?[ \t]*:[ \t]+)(?!<redacted>)\S.*$`,
      'gim',
    ),
    `$1${mark}`,
  ],
  // Shapes that say themselves what they are: AWS, GitHub, GitLab, Hugging Face, OpenAI, Slack, NVIDIA, JSON web tokens.
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, mark],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|hf_|sk-|xox[abprs]-|nvapi-)[\w-]{16,}/g, mark],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, mark],
];

/**
 * Takes out what looks like a secret: values beside telling names, credentials in addresses, keys and tokens of known
 * shape. A secret in free text under an innocent name cannot be known for one.
 */
export function redact(text: string): string {
  return rules.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text);
}

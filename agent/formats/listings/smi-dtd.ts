import { err, ok, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';

/** The grammar that `nvidia-smi -q -x` follows. For people: our parser goes by elements, whatever a grammar says. */
export interface SmiGrammar {
  /** Names of the grammars inside: `nvsmi_device_v12`. The number is a weak key: v12 spans two power layouts. */
  readonly grammars: readonly string[];
  readonly elements: readonly {
    readonly name: string;
    /** Names of the elements inside; empty: text alone. */
    readonly children: readonly string[];
  }[];
}

const element = /<!ELEMENT\s{1,40}([A-Za-z_][\w.-]{0,80})\s{1,80}([^<>]{1,8192}?)\s{0,8}>/g;
const truncated = { code: 'TRUNCATED', hint: 'save the whole output' };

/** The DTD files of the driver, or what `nvidia-smi -q -x --dtd` puts before the document. */
export const grammarFormat: Format<SmiGrammar> = {
  kind: 'dtd',
  command: 'nvidia-smi -q -x --dtd (the grammar alone)',
  recognises: (text) => {
    const head = text.slice(0, 65_536);
    return /^\s*</.test(head) && head.includes('<!ELEMENT') && !/<nvidia_smi_log[\s>]/.test(head);
  },
  parse: parseGrammar,
};

function parseGrammar(text: string): Result<SmiGrammar> {
  const grammars = [...text.matchAll(/nvsmi_[a-z]{1,20}_v\d{1,3}/g)].map(([name]) => name);
  const elements = [...text.matchAll(element)].map(([, name = '', content = '']) => ({
    name,
    children: [...new Set(content.match(/(?<![#\w])[A-Za-z_][\w.-]*/g) ?? [])],
  }));
  if (elements.length === 0) {
    return err({ ...truncated, message: 'there is no complete <!ELEMENT … > in it' });
  }
  // A declaration that is open, or an inner DOCTYPE without its end.
  const tail = text.trimEnd();
  const cut = tail.lastIndexOf('<!') > tail.lastIndexOf('>');
  if (cut || (text.includes('<!DOCTYPE') && !text.includes(']>'))) {
    const last = elements.at(-1)?.name ?? '';
    return err({ ...truncated, message: `the grammar ends after the element ${last}` });
  }
  return ok({ grammars: [...new Set(grammars)], elements });
}

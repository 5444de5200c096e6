import { expect, test } from 'vitest';
import { isDocument } from '../../../../agent/formats/text/document.ts';
import { inspectText } from '../../../../agent/formats/inspect.ts';
import { samples } from '../../../fuzz/samples.ts';

const table = samples.find(({ kind }) => kind === 'smi-table')?.text ?? '';
const xml = samples.find(({ kind }) => kind === 'xml')?.text ?? '';

const readme = `# A project

It needs a card with enough memory for the model that you choose.

## Install

- Install the driver with the package manager of your system.
- Look whether it works before you go on with the next step.
- Restart the machine once when the old driver is still there.

\`\`\`
${table}\`\`\`

If you see something else, please open an issue and tell us.
Read the other pages for the options that are not named here.
`;
const source = `import os
import time

def test_memory():
    text = """${xml}"""
    for _ in range(3):
        time.sleep(1)
    if text is None:
        return 1
    while True:
        pass
    def inner():
        return 2
`;
const chinese = `# 查看显卡信息\n\n${'先安装驱动程序然后再重新启动机器\n'.repeat(9)}\n${table}`;

test.for([
  ['a README', readme],
  ['a source file', source],
  ['an article in another script', chinese],
] as const)('%s that holds an output is of no kind', ([, text]) => {
  expect(isDocument(text)).toBe(true);
  expect(inspectText({ file: '-', text })).toMatchObject({
    kind: null,
    problem: { code: 'UNKNOWN_FORMAT' },
  });
});

test.for(samples.filter(({ kind }) => !['smi-help', 'kmsg', 'mps', 'errors'].includes(kind)))(
  '$file is no document',
  ({ text }) => {
    expect(isDocument(text)).toBe(false);
  },
);

test('a few sentences around a table do not make it one', () => {
  const text = `The node hangs since this morning, and this is what it says.\nCan you help us?\n\n${table}`;
  expect(inspectText({ file: '-', text })).toMatchObject({ kind: 'smi-table', ok: true });
});

const others = [
  ['a grid table', '+-----+-----+\n| A   | B   |\n+=====+=====+\n| a   | b   |\n+-----+-----+\n'],
  ['a table of results', '| Test | Result |\n|---|---|\n| memory | Pass |\n'],
  ['another vendor’s tool', '+---+\n| xpu-smi 1 |\n+===+===+\n| Device ID | 0 |\n+---+---+\n'],
  ['a viewer of cards', '+---+\n| VIEWTOP 1.3  Driver Version: 5 |\n|---+\n| GPU  Name |\n|===|\n'],
  ['another exporter', '# TYPE node_load1 gauge\nnode_load1{a="b"} 0.5\n'],
  ['a version in YAML', 'version: 2\nupdates:\n  - a\n'],
  ['an installer', 'Successfully added user a\n'],
  ['a list of files', 'node_modules\nprocess.js\n'],
  ['CSV of words', 'name, memory\nalice, 12\n'],
  ['a JSON answer', '{"version": "1", "body": {"value": 3}}\n'],
  ['a lexer', 'x = "<!ELEMENT a (b)>"\n'],
  ['a quoted heading', 'say("List of valid properties to query for")\n'],
] as const;
test.for(others)('%s is of no kind', ([, text]) => {
  expect(inspectText({ file: 'x.prom', text }).kind).toBe(null);
});

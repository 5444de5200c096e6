import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inspectText } from '../../../../agent/formats/inspect.ts';
import { shiftedLeft, unwrapped } from '../../../../agent/formats/text/wrapping.ts';
import { samples } from '../../../fuzz/samples.ts';

const list = 'GPU 0: Card A (UUID: GPU-0)\n  MIG 1g Device  0: (UUID: MIG-1)\n';

const around = [
  ['a prompt', `$ nvidia-smi -L\n${list}`],
  ['prompts on both sides', `me@host:~/x$ sudo nvidia-smi -L\n${list}me@host:~/x$ \n`],
  ['a prompt of root', `[root@n1 ~]# /usr/bin/nvidia-smi -L\n${list}`],
  ['a prompt of Windows', `PS C:\\Users\\me> nvidia-smi.exe -L\n${list}`],
  ['a shell that says what it runs', `+ nvidia-smi -L\n${list}`],
  ['a container’s command', `$ kubectl exec -it pod-1 -- nvidia-smi -L\n${list}`],
  ['a note of kubectl', `Defaulted container "a" out of: a, b (init)\n${list}`],
  ['a heading of a script', `===== nvidia-smi -L =====\n${list}`],
  ['watch', `Every 2.0s: nvidia-smi -L      n1: Thu Nov 20 12:00:00 2025\n\n${list}`],
  ['the time', `Thu Nov 20 12:00:00 UTC 2025\n${list}`],
  ['an exit code', `${list}\nexit code: 0\n`],
  ['a fence', `\`\`\`console\n${list}\`\`\`\n`],
  ['a sentence and a fence', `This is what it says:\n\n\`\`\`\n$ nvidia-smi -L\n${list}\`\`\`\n`],
  ['times before all lines', list.replaceAll(/^/gm, '2025-11-20T12:00:00.123Z ').slice(0, -25)],
] as const;
test.for(around)('what stands in %s is read', ([, text]) => {
  expect(unwrapped(text)).toBe(list);
});

test('what stands in a quote or in an indented block is read', () => {
  expect(shiftedLeft(list.replaceAll(/^(?=.)/gm, '> '))).toBe(list);
  expect(shiftedLeft(list.replaceAll(/^(?=.)/gm, '    '))).toBe(list);
});

test('the time that the table begins with stays', () => {
  const table = 'Thu Nov 20 12:00:00 2025\n+---+\n| NVIDIA-SMI 1 |\n';
  expect(unwrapped(`$ nvidia-smi\n${table}`)).toBe(table);
});

test('two fenced blocks, or many sentences around one, are an article and stay so', () => {
  const sentences = 'one two three\n'.repeat(9);
  for (const text of [
    `\`\`\`\na\n\`\`\`\nb\n\`\`\`\nc\n\`\`\`\n`,
    `${sentences}\`\`\`\n${list}\`\`\`\n`,
  ]) {
    expect(unwrapped(text)).toBe(text);
  }
});

test('a last line that was cut stays cut', () => {
  expect(unwrapped('$ nvidia-smi -L\nGPU 0: Ca')).toBe('GPU 0: Ca');
  expect(shiftedLeft('  a\n  b')).toBe('a\nb');
});

test.for(samples.filter(({ file }) => !file.startsWith('mps-p')))(
  '$file is $kind below a prompt and above the next one',
  ({ text, kind }) => {
    const pasted = `me@n1:~$ nvidia-smi\n${text}${text.endsWith('\n') ? '' : '\n'}me@n1:~$ \n`;
    expect(inspectText({ file: '-', text: pasted }).kind).toBe(kind);
  },
);

test('whatever the text, what remains are lines of it', () => {
  const line = fc.constantFrom('> a', '  b', '$ nvidia-smi', '```', '', '\tc', 'd', '=== x ===');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const text = lines.join('\n');
      const kept = unwrapped(text).split('\n');
      expect(kept.every((each) => text.includes(each))).toBe(true);
      expect(unwrapped(text).length).toBeLessThanOrEqual(text.length + 1);
    }),
  );
});

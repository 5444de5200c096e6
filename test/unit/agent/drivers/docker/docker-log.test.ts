import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demuxLog } from '../../../../../agent/drivers/docker/docker-log.ts';

function frame(stream: 1 | 2, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

test('both streams are joined in their order, whatever they hold', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1 as const, 2 as const), fc.string({ unit: 'grapheme' }))),
      (frames) => {
        const log = Buffer.concat(frames.map(([stream, text]) => frame(stream, text)));
        expect(demuxLog(log)).toBe(frames.map(([, text]) => text).join(''));
      },
    ),
  );
});

test('the log of a terminal is not framed, and a cut frame gives what there is', () => {
  expect(demuxLog(Buffer.from('plain words of a terminal\n'))).toBe('plain words of a terminal\n');
  expect(demuxLog(frame(1, 'abcdef').subarray(0, 11))).toBe('abc');
  expect(demuxLog(Buffer.alloc(0))).toBe('');
});

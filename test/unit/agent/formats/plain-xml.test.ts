import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { listElements, readPlainXml } from '../../../../agent/formats/report/plain-xml.ts';
import { describeWhere, realCaptures } from '../../../setup/needs.ts';

const card = '<gpu id="00000000:4F:00.0">\n\t<uuid>GPU-1</uuid>\n\t<fan_speed> 40 % </fan_speed>';
const whole = `<nvidia_smi_log>\n${card}\n\t<a/><b></b><c><d>1</d><d>2</d></c></gpu>\n</nvidia_smi_log>`;

const library = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  isArray: (name) => listElements.has(name),
});

test('elements hold text or elements; what repeats is a list', () => {
  expect(readPlainXml(whole)).toEqual({
    nvidia_smi_log: {
      gpu: [
        {
          '@id': '00000000:4F:00.0',
          uuid: 'GPU-1',
          fan_speed: '40 %',
          a: '',
          b: '',
          c: { d: ['1', '2'] },
        },
      ],
    },
  });
});

const others = [
  { of: 'an entity', xml: '<a>1 &amp; 2</a>' },
  { of: 'a comment', xml: '<a><!-- b --></a>' },
  { of: 'text among elements', xml: '<a>1<b>2</b></a>' },
  { of: 'text after an element', xml: '<a><b>2</b>1</a>' },
  { of: 'an id around text', xml: '<a id="1">text</a>' },
  { of: 'another attribute', xml: '<a b="1"><c>1</c></a>' },
  { of: 'a name of every object', xml: '<a><constructor>1</constructor></a>' },
  { of: 'an element that is not closed', xml: '<a><b>1</a>' },
  { of: 'a close too many', xml: '<a>1</a></b>' },
  { of: 'a tag that breaks off', xml: '<a>1</a' },
  { of: 'a Windows line end', xml: '<a>\r\n<b>1</b></a>' },
  { of: 'elements without an end', xml: '<a>'.repeat(100) },
];
test.for(others)('$of is for the library to judge', ({ xml }) => {
  expect(readPlainXml(xml)).toBeNull();
});

function expectAsLibrary(text: string): void {
  const tree = readPlainXml(text);
  if (tree === null) return;
  expect(XMLValidator.validate(text)).toBe(true);
  // As JSON, because the order of the elements is part of what is read.
  expect(JSON.stringify(tree)).toBe(JSON.stringify(library.parse(text)));
}

test('whatever is answered is what the library makes of it', () => {
  const marks = ['<', '>', '/', '</', '&', '"', ' ', '\n', '=', '-', '.', '\u00A0'];
  const elements = ['<b/>', '<b>', '</b>', '<d>3</d>', '<gpu id="1">', '</gpu>', ' id="2"'];
  const parts = [...marks, ...elements, '<toString/>', '<!--x-->', '<?x?>'];
  const edit = fc.record({
    at: fc.nat(whole.length),
    removed: fc.nat(6),
    put: fc.constantFrom(...parts, ''),
  });
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(edits, (all) => {
      let text = whole;
      for (const { at, removed, put } of all) {
        text = text.slice(0, at) + put + text.slice(at + removed);
      }
      // The caller cuts a document from its first tag to the end of its root.
      const from = Math.max(0, text.indexOf('<nvidia_smi_log'));
      const close = '</nvidia_smi_log>';
      const end = text.indexOf(close, from);
      expectAsLibrary(text.slice(from, end < 0 ? undefined : end + close.length));
    }),
    { numRuns: 2_000 },
  );
});

describeWhere('captures', realCaptures, 'real reports', () => {
  test('are plain, or would be without Windows line ends and entities, and read as the library reads them', () => {
    const folder = join(process.env['TANGRAM_CAPTURES'] ?? '', 'xml');
    const documents = readdirSync(folder).flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return /<nvidia_smi_log>.*?<\/nvidia_smi_log>/s.exec(text)?.[0] ?? [];
    });
    const plain = documents.filter((each) => !/[&\r]/.test(each));
    expect(plain.length).toBeGreaterThan(10);
    for (const document of plain) {
      expect(readPlainXml(document)).not.toBeNull();
      expectAsLibrary(document);
    }
  });
});

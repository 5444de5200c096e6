import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectText } from '../../../../agent/formats/inspect.ts';
import { describeWhere, realCaptures } from '../../../setup/needs.ts';

/** Real outputs of the tools on many cards and drivers; kept outside the project. */
const folder = process.env['TANGRAM_CAPTURES'] ?? '';
const present = existsSync(join(folder, 'INDEX.json')) && folder !== '';
const text = (file: string): string => readFileSync(join(folder, file), 'utf8');

interface Capture {
  readonly file: string;
  readonly kind: string;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
interface Expected {
  readonly gpus: readonly { readonly power_draw_w_acceptable?: readonly number[] }[];
}

const index = present
  ? (JSON.parse(text('INDEX.json')) as { readonly captures: readonly Capture[] })
  : { captures: [] };

/** How the words of a refusal begin; written apart from the product's table on purpose. */
const refusal =
  /^(?:NVIDIA-SMI (?:has failed|couldn't)|Failed to |Unable to |ERROR: |No MIG-|No devices |Field "|Mismatch |Resetting GPU \S+ is not|Server .*not found|Unknown command|Cannot |An instance )/m;
/** Elsewhere such words stand beside readings, and are bad news about one card. */
const refusingKinds = new Set(['errors', 'mps', 'mig', 'topo']);
/** Ends in the middle of a card. */
const truncated = 'smi-q/gpud-nvidia-smi-query.535.183.01.out.0.invalid.txt';

function shouldBeRead({ file, kind }: Capture): boolean {
  return file !== truncated && !(refusingKinds.has(kind) && refusal.test(text(file)));
}

/** `sram_correctable` → `sramCorrectable`, in all depths; the list of acceptable readings is none of ours. */
function inCamelCase(value: Json): Json {
  if (Array.isArray(value)) return value.map((each: Json) => inCamelCase(each));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'power_draw_w_acceptable' && key !== 'power_draw_w')
      .map(([key, each]) => [
        key.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase()),
        inCamelCase(each),
      ]),
  );
}

describeWhere(
  'captures',
  { ...realCaptures, available: present },
  'inspecting real outputs',
  () => {
    test('there are enough of them', () => {
      expect(index.captures.length).toBeGreaterThanOrEqual(300);
    });

    test('each is of the kind that the index says, and read unless refused or truncated', () => {
      for (const capture of index.captures) {
        const { file, kind } = capture;
        const inspection = inspectText({ file: join(folder, file), text: text(file) });
        expect(inspection, file).toMatchObject({
          file: join(folder, file),
          kind,
          ok: shouldBeRead(capture),
        });
        expect(JSON.parse(JSON.stringify(inspection)), file).toBeTypeOf('object');
      }
    });

    test('each that has marks is recognised without its name', () => {
      // Empty replies, bare numbers and rows without a head have none.
      const bare = index.captures.filter(
        ({ file, kind }) => inspectText({ file: '-', text: text(file) }).kind !== kind,
      );
      expect(
        bare.every(
          ({ file, kind }) => ['mps', 'smi-csv'].includes(kind) || text(file).startsWith('ERROR: '),
        ),
        bare.map(({ file }) => file).join(' '),
      ).toBe(true);
      expect(bare.length).toBeLessThan(30);
    });

    test('each XML says what its list of expected values says', () => {
      const { files } = JSON.parse(text('EXPECTED.json')) as {
        readonly files: Readonly<Record<string, Expected & Json>>;
      };
      expect(Object.keys(files).length).toBeGreaterThanOrEqual(20);
      for (const [file, want] of Object.entries(files)) {
        const inspection = inspectText({ file, text: text(file) });
        expect(inspection, file).toMatchObject({ ok: true, value: inCamelCase(want) });
        const { gpus } = (inspection as unknown as { value: { gpus: { powerDrawW: number }[] } })
          .value;
        for (const [at, gpu] of want.gpus.entries()) {
          expect([...(gpu.power_draw_w_acceptable ?? []), null], file).toContain(
            gpus[at]?.powerDrawW,
          );
        }
      }
    });
  },
);

import { readFileSync, writeFileSync } from 'node:fs';

const file = 'test/dst/planted/telling-seeds.json';

/** Which seed has caught each planted bug last, by its name. A hint: another world tells other stories. */
export type TellingSeeds = Readonly<Record<string, number>>;

export function readTellingSeeds(): TellingSeeds {
  return JSON.parse(readFileSync(file, 'utf8')) as TellingSeeds;
}

export function rememberTellingSeeds(found: TellingSeeds): void {
  const all = Object.entries({ ...readTellingSeeds(), ...found });
  const sorted = Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}

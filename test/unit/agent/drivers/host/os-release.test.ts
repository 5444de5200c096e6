import { expect, test } from 'vitest';
import { parseOsRelease } from '../../../../../agent/drivers/host/os-release.ts';

const cases: readonly [string, string, string][] = [
  [
    'Debian',
    'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\n',
    'Debian GNU/Linux 13',
  ],
  ['Ubuntu', "NAME='Ubuntu'\nVERSION_ID=24.04\nID=ubuntu\n", 'Ubuntu 24.04'],
  ['one that rolls and has no version', '# hello\nNAME="Arch Linux"\nID=arch\n', 'Arch Linux'],
  ['escapes', 'NAME="A \\"B\\" \\$C"\nVERSION_ID="1"\n', 'A "B" $C 1'],
  ['nothing', '', 'Linux'],
];

test.for(cases)('the system names itself: %s', ([, text, want]) => {
  expect(parseOsRelease(text)).toBe(want);
});

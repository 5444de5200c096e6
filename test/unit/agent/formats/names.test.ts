import { expect, test } from 'vitest';
import { camelCase } from '../../../../agent/formats/text/names.ts';

test.for([
  ['sram_uncorrectable', 'sramUncorrectable'],
  ['clocks.max.sm', 'clocksMaxSm'],
  ['retired_pages.double_bit.count', 'retiredPagesDoubleBitCount'],
  ['cliqueId', 'cliqueId'],
  ['route_unhealthy', 'routeUnhealthy'],
  ['l2_cache', 'l2Cache'],
] as const)('%s is %s', ([name, key]) => {
  expect(camelCase(name)).toBe(key);
});

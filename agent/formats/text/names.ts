/** `sram_uncorrectable` → `sramUncorrectable`, `clocks.max.sm` → `clocksMaxSm`; letters within a part stay as they are. */
export function camelCase(name: string): string {
  return name
    .split(/[._]+/)
    .filter((part) => part !== '')
    .map((part, at) => (at === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join('');
}

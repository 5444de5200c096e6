/** What nvidia-smi answers after a setting was changed or asked for, one line a card. */
export type SettingReply =
  /** `value`: what it is now. `previous` only where the tool tells. */
  | {
      readonly kind: 'setting';
      readonly setting: string;
      readonly value: string;
      readonly previous: string | null;
      readonly gpu: string;
      /** False: it was so already. */
      readonly changed: boolean;
    }
  | { readonly kind: 'reset'; readonly gpu: string }
  /** A remark that refuses nothing: persistence mode off, a reboot needed, an infoROM that is corrupt. */
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'done' };

const lineLengthMax = 1_000;
const gpu = String.raw`(?:GPU )?([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}(?:\.[0-9A-Fa-f])?|GPU-[0-9a-f-]{36}|\d{1,3})`;
const already = new RegExp(`^(.{1,80}?) is already (?:set to )?(.{1,80}?) (?:for|on) ${gpu}\\.?$`);
const switched = new RegExp(
  `^(Enabled|Disabled|Cleared|Reset|Removed) (.{1,80}?) (?:for|on) ${gpu}\\.?$`,
);
const set = new RegExp(
  `^(?:Set (.{1,80}?)|(.{1,80}?) set) to "?(.{1,80}?)"? (?:for|on) ${gpu}\\.?$`,
);
const from = new RegExp(`^(.{1,80}?) for ${gpu} was set to (.{1,80}?) from (.{1,80}?)\\.?$`);
const wasReset = new RegExp(`^${gpu} was successfully reset\\.?$`);
const warning =
  /^(?:Warning: (?!MIG mode)|WARNING: infoROM|Reboot (?:the system|required|may be required))/i;

/** Reads one line; null: it is no such reply. `MIG Mode` is not among them: those replies belong to `mig`. */
export function parseSettingReply(raw: string): SettingReply | null {
  const line = raw.trim();
  if (line === '' || line.length > lineLengthMax) return null;
  if (/^All done\.?$/.test(line)) return { kind: 'done' };
  if (warning.test(line)) return { kind: 'warning', message: line };
  const reset = wasReset.exec(line);
  if (reset !== null) return { kind: 'reset', gpu: reset[1] ?? '' };
  const found = readSetting(line);
  return found === null || /^MIG mode$/i.test(found.setting) ? null : found;
}

function readSetting(line: string): Extract<SettingReply, { kind: 'setting' }> | null {
  const powered = from.exec(line);
  if (powered !== null) {
    const [, setting = '', card = '', value = '', previous = ''] = powered;
    return { kind: 'setting', setting, value, previous, gpu: card, changed: true };
  }
  const kept = already.exec(line);
  if (kept !== null) return settingOf(kept[1], kept[2], kept[3], false);
  const flipped = switched.exec(line);
  if (flipped !== null) return settingOf(flipped[2], flipped[1], flipped[3], true);
  const given = set.exec(line);
  return given === null ? null : settingOf(given[1] ?? given[2], given[3], given[4], true);
}

function settingOf(
  setting = '',
  value = '',
  card = '',
  changed = true,
): Extract<SettingReply, { kind: 'setting' }> {
  return { kind: 'setting', setting, value, previous: null, gpu: card, changed };
}

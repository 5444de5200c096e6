import { err, ok, type Result } from './result.ts';

const bytesPerMib = 1024 * 1024;
const bytesPerUnit: Readonly<Record<string, number>> = {
  KiB: 1024,
  MiB: bytesPerMib,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};
const quantity = /^(\d+(?:\.\d+)?)\s*(KiB|MiB|GiB|TiB)$/;

/** Parses a binary quantity such as `9GiB` or `512MiB` and rounds it up, once, to whole MiB. */
export function parseMemoryMib(text: string): Result<number> {
  const match = quantity.exec(text.trim());
  const unit = bytesPerUnit[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined) {
    return err({
      code: 'QUANTITY_INVALID',
      message: `${JSON.stringify(text)} is not a memory quantity`,
      hint: 'write a number and a binary unit, such as 9GiB or 512MiB',
    });
  }
  const mib = Math.ceil((Number(match[1]) * unit) / bytesPerMib);
  if (mib < 1 || !Number.isSafeInteger(mib)) {
    return err({
      code: 'QUANTITY_INVALID',
      message: `${JSON.stringify(text)} is out of range`,
      hint: 'at least 1MiB',
    });
  }
  return ok(mib);
}

const msPerUnit: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const duration = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Parses a duration such as `500ms`, `60s`, `5m`, `1h` or `7d` to whole milliseconds. */
export function parseDurationMs(text: string): Result<number> {
  const match = duration.exec(text.trim());
  const unit = msPerUnit[match?.[2] ?? ''];
  if (match?.[1] === undefined || unit === undefined) {
    return err({
      code: 'DURATION_INVALID',
      message: `${JSON.stringify(text)} is not a duration`,
      hint: 'write a number and ms, s, m, h or d, such as 5m',
    });
  }
  return ok(Math.round(Number(match[1]) * unit));
}

/** `20480` → `20.0GiB`, `512` → `512MiB`: for people only. */
export function renderMib(mib: number): string {
  return mib >= 1024 ? `${(mib / 1024).toFixed(1)}GiB` : `${mib}MiB`;
}

/** `300000` → `5m`, `1500` → `1.5s`: for people only. */
export function renderDuration(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  if (ms < 60_000) return `${trim(ms / 1_000)}s`;
  if (ms < 3_600_000) return `${trim(ms / 60_000)}m`;
  return `${trim(ms / 3_600_000)}h`;
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

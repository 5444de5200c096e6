/** `2026/11/22 08:27:37.012` with the wanted separator: local time, as the tools print it. */
export function localTime(wallMs: number, dateSeparator: '/' | '-'): string {
  const at = new Date(wallMs);
  const day = [at.getFullYear(), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())];
  const time = at.toTimeString().slice(0, 8);
  return `${day.join(dateSeparator)} ${time}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** `Sun Nov 22 08:27:37 2026`, local time. */
export function localLongTime(wallMs: number): string {
  const at = new Date(wallMs);
  const [weekday = '', month = '', , year = ''] = at.toDateString().split(' ');
  const day = String(at.getDate()).padStart(2);
  return `${weekday} ${month} ${day} ${at.toTimeString().slice(0, 8)} ${year}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { localTime } from '../local-time.ts';

/** `control.log` and `server.log`, in the form of the real daemon. */
export interface MpsLogs {
  control(text: string): void;
  /** `Server` is what the server says of itself, `Other` what its workers do. */
  server(who: 'Server' | 'Other', pid: number, text: string): void;
}

export function openLogs(options: {
  readonly directory: string;
  readonly pid: number;
  readonly wallMs: () => number;
}): MpsLogs {
  const append = (file: string, who: string, text: string): void => {
    const line = `[${localTime(options.wallMs(), '-')} ${who}] ${text}\n`;
    try {
      appendFileSync(join(options.directory, file), line);
    } catch {
      // A full or removed log directory must not end the daemon: the cards depend on it.
    }
  };
  return {
    control: (text) => append('control.log', named('Control', options.pid), text),
    server: (who, pid, text) => append('server.log', named(who, pid), text),
  };
}

/** `%s %5d`: who speaks, and with which process id. */
function named(who: string, pid: number): string {
  return `${who} ${String(pid).padStart(5)}`;
}

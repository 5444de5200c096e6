import { execFile } from 'node:child_process';
import type { Clock } from './clock.ts';

/** Longer than that, and systemd would sooner hear nothing than wait for it. */
const notifyMsMax = 5_000;

/** How to say something to whoever started this process. Answers false where it could not be said. */
export type Notify = (words: readonly string[]) => Promise<boolean>;

/** What a service tells its manager. Where there is none, nothing is told, and `watch` ends only with its signal. */
export interface ServiceManager {
  /** It serves from now on; `status` is one line for `systemctl status`. */
  ready(status: string): Promise<void>;
  stopping(): Promise<void>;
  /** Gives a sign of life twice within what the manager waits for, as long as `alive` says so. */
  watch(alive: () => boolean, signal: AbortSignal): Promise<void>;
}

/**
 * The manager that the environment names (sd_notify(3): NOTIFY_SOCKET, WATCHDOG_USEC). Node has no datagram sockets of the
 * file system, so `systemd-notify` speaks for us: a unit needs `NotifyAccess=all`.
 */
export function serviceManager(
  env: Readonly<Record<string, string | undefined>>,
  { clock, notify = systemdNotify }: { readonly clock: Clock; readonly notify?: Notify },
): ServiceManager {
  const managed = env['NOTIFY_SOCKET'] !== undefined;
  const waitsMs = managed ? Number(env['WATCHDOG_USEC'] ?? '0') / 1_000 : 0;
  const say = async (...words: readonly string[]): Promise<void> => {
    if (managed) await notify(words);
  };
  return {
    ready: (status) => say('--ready', `--status=${status}`),
    stopping: () => say('STOPPING=1'),
    watch: async (alive, signal) => {
      const everyMs = Number.isFinite(waitsMs) && waitsMs > 0 ? waitsMs / 2 : Infinity;
      if (everyMs === Infinity) {
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          else signal.addEventListener('abort', () => resolve(), { once: true });
        });
        return;
      }
      while (!signal.aborted) {
        // Who says nothing is restarted: what it was about to do is journaled.
        if (alive()) await say('WATCHDOG=1');
        await clock.sleep(everyMs, signal).catch(() => undefined);
      }
    },
  };
}

async function systemdNotify(words: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('systemd-notify', [...words], { timeout: notifyMsMax }, (error) =>
      resolve(error === null),
    );
  });
}

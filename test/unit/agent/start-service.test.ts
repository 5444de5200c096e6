import { expect, test } from 'vitest';
import { startService, type ServiceHost } from '../../../agent/start-service.ts';
import { renderServiceEnd } from '../../../shared/platform/command-line.ts';

/** A host whose systemctl ends with what `endings` says for the first word of a command, and with 0 otherwise. */
function host(managed: boolean, endings: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const here: ServiceHost = {
    managed: () => managed,
    systemctl: (args) => {
      asked.push(args.join(' '));
      const stderr = endings[args[0] ?? ''];
      return Promise.resolve({
        exitCode: stderr === undefined ? 0 : 1,
        stdout: '',
        stderr: stderr ?? '',
      });
    },
  };
  return { asked, here };
}

test.each([
  { again: false, verb: 'start' },
  { again: true, verb: 'restart' },
])('an installed unit is enabled, and $verb is asked for', async ({ again, verb }) => {
  const { asked, here } = host(true);
  expect(await startService({ again }, here)).toBe(true);
  expect(asked).toEqual([
    'cat tangram-agent.service',
    'enable --quiet tangram-agent.service',
    `${verb} tangram-agent.service`,
  ]);
});

test('without systemd nothing is asked', async () => {
  const { asked, here } = host(false);
  expect(await startService({ again: true }, here)).toBe(false);
  expect(asked).toEqual([]);
});

test('without the unit nothing is enabled', async () => {
  const { asked, here } = host(true, { cat: 'No files found for tangram-agent.service.\n' });
  expect(await startService({ again: true }, here)).toBe(false);
  expect(asked).toEqual(['cat tangram-agent.service']);
});

test('a service that does not come up is told with what systemd says, and where to look', async () => {
  const { here } = host(true, {
    start: 'Job for tangram-agent.service failed.\nSee "systemctl status".\n',
  });
  const failed = await startService({ again: false }, here).then(
    () => null,
    (error: unknown) => error,
  );
  expect(renderServiceEnd('tangram-agent', failed).line).toBe(
    'tangram-agent: joined, but systemctl start tangram-agent.service failed: Job for tangram-agent.service failed.; journalctl -u tangram-agent.service -n 20 says more; it can be started by hand once that is mended\n',
  );
});

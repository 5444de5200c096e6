import Docker from 'dockerode';
import { AppError } from '../../shared/platform/errors.ts';
import { withinMs } from '../../shared/platform/lifecycle.ts';
import type { StartOptions } from './options.ts';

const pingMsMax = 5_000;

/** The engine that runs the samples, or null: plain processes do. Throws DOCKER_AWAY when one was demanded. */
export async function findDocker(
  asked: StartOptions['runtime'],
  say: (text: string) => void,
): Promise<Docker | null> {
  if (asked === 'process') return null;
  // The agent uses this socket too, whatever DOCKER_HOST says.
  const docker = new Docker({ socketPath: '/var/run/docker.sock' });
  const problem = await ping(docker);
  if (problem === null) return docker;
  if (asked === 'docker') {
    throw new AppError('DOCKER_AWAY', 'no Docker Engine answers on /var/run/docker.sock', {
      cause: new Error(problem),
      hint: 'start it, or use --runtime process',
    });
  }
  say(`no Docker Engine answers (${problem}): models run as plain processes`);
  return null;
}

async function ping(docker: Docker): Promise<string | null> {
  const state: { problem: string | null } = { problem: `no answer in ${pingMsMax} ms` };
  const asked = docker.ping().then(
    () => {
      state.problem = null;
      return null;
    },
    (error: unknown) => {
      state.problem = error instanceof Error ? error.message : String(error);
      return null;
    },
  );
  await withinMs(pingMsMax, asked);
  return state.problem;
}

import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { AppError } from '../../shared/platform/errors.ts';
import { channelOptions } from '../../shared/wire/services.ts';

/** Owner and group may talk to the agent, nobody else. */
const socketMode = 0o660;

/** A service and who answers for it. */
export type ServedService = readonly [ServiceDefinition, UntypedServiceImplementation];

/**
 * Opens the agent's unix socket. A file that a dead agent left is replaced; one that is answered is not.
 * Throws ADDRESS_TAKEN.
 */
export async function openAgentSocket(
  path: string,
  services: readonly ServedService[],
): Promise<Server> {
  await removeStaleSocket(path);
  await mkdir(dirname(path), { recursive: true });
  const server = new Server(channelOptions);
  for (const [definition, handlers] of services) server.addService(definition, handlers);
  try {
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    await chmod(path, socketMode);
  } catch (cause) {
    server.forceShutdown();
    throw new AppError('ADDRESS_TAKEN', `cannot open the socket ${path}`, {
      cause,
      hint: 'choose another with the key `socket`, in a directory that this user may write to',
    });
  }
  return server;
}

/** Lets calls that are under way end, then closes; the file goes with it. */
export async function closeAgentSocket(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve) => {
    server.tryShutdown(() => resolve());
  });
  await rm(path, { force: true });
}

async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  if (!found.isSocket()) {
    throw new AppError('ADDRESS_TAKEN', `${path} is there and is no socket`, {
      hint: 'move it away, or choose another with the key `socket`',
    });
  }
  if (await isAnswered(path)) {
    throw new AppError('ADDRESS_TAKEN', `another agent answers on ${path}`, {
      hint: 'stop it first, or give this one a socket of its own with the key `socket`',
    });
  }
  await rm(path, { force: true });
}

async function isAnswered(path: string): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    const probe = connect(path);
    const done = (answered: boolean): void => {
      probe.destroy();
      resolve(answered);
    };
    probe.once('connect', () => done(true));
    probe.once('error', () => done(false));
  });
}

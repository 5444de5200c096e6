import { realpath } from 'node:fs/promises';
import type { HostMount } from '../../../shared/domain/host-mount.ts';
import { AppError } from '../../../shared/platform/errors.ts';

/**
 * Throws DOCKER_REFUSED for a directory that is reached through a symbolic link: the node's policy was asked about the
 * path as it is written, and a replica that may write below an allowed directory could lay a link there to anywhere.
 */
export async function checkMountSources(mounts: readonly HostMount[]): Promise<void> {
  for (const { source } of mounts) {
    // What is not there, the engine refuses in words of its own.
    const led = await realpath(source).catch(() => source);
    if (led === source) continue;
    throw new AppError('DOCKER_REFUSED', `cannot mount ${source}: it leads to ${led}`, {
      hint: `name ${led} in the model's mounts, and let the policy of the node allow it`,
    });
  }
}

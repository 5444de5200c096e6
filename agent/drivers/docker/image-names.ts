import type Docker from 'dockerode';
import { inventoryLimits } from '../../../shared/domain/inventory.ts';

/**
 * What the engine's images are called, as people write it: `name:tag` and `name@sha256:…`. Those that containers use
 * first, then the newest, until there are as many as an inventory tells; then sorted.
 */
export async function readImageNames(
  docker: Pick<Docker, 'listContainers' | 'listImages'>,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  const [images, containers] = await Promise.all([
    docker.listImages({ abortSignal }),
    docker.listContainers({ all: true, abortSignal }),
  ]);
  const used = new Set(containers.map((each) => each.ImageID));
  const { imagesMax, imageLengthMax } = inventoryLimits;
  const names = images
    .toSorted((a, b) => Number(used.has(b.Id)) - Number(used.has(a.Id)) || b.Created - a.Created)
    // Both lists are null in old engines where an image has neither.
    .flatMap(({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])])
    .filter((name) => !name.includes('<none>') && name.length <= imageLengthMax);
  return [...new Set(names)].slice(0, imagesMax).toSorted();
}

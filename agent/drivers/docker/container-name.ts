import type Docker from 'dockerode';

/** What people call a container. */
export interface ContainerName {
  readonly name: string;
  /** As it was asked for: `nginx:1.27`, or an id where the tag has moved on. */
  readonly image: string;
}

/** Everybody's containers that run now, by their 64-digit ids. */
export async function readContainerNames(
  docker: Pick<Docker, 'listContainers'>,
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, ContainerName>> {
  const found = await docker.listContainers({ abortSignal });
  // The engine writes `/name`.
  return new Map(
    found.map(({ Id, Names, Image }) => [
      Id,
      { name: (Names[0] ?? '').replace(/^\//, ''), image: Image },
    ]),
  );
}

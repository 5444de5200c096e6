import { expect, test } from 'vitest';
import { readImageNames } from '../../../../../agent/drivers/docker/image-names.ts';

const { signal } = new AbortController();

type Engine = Parameters<typeof readImageNames>[0];
type Images = Awaited<ReturnType<Engine['listImages']>>;

/** An engine that holds these images and runs containers of those ids. */
function engine(images: readonly object[], used: readonly string[] = []): Engine {
  // The engine tells much more of each; the driver reads what stands here.
  const containers = used.map((ImageID) => ({ ImageID }));
  return {
    listImages: () => Promise.resolve(images as Images),
    listContainers: () => Promise.resolve(containers),
  } as unknown as Engine;
}

test('images are called by their tags and digests, as people write them, sorted', async () => {
  const docker = engine([
    { Id: 'b', Created: 2, RepoTags: ['vad:1', 'vad:latest'], RepoDigests: ['vad@sha256:0b'] },
    { Id: 'a', Created: 1, RepoTags: ['r.local:5000/ocr:2'], RepoDigests: null },
    { Id: 'c', Created: 3, RepoTags: ['<none>:<none>'], RepoDigests: ['<none>@<none>'] },
    { Id: 'd', Created: 4, RepoTags: null, RepoDigests: [] },
    { Id: 'e', Created: 5, RepoTags: [`${'x'.repeat(512)}:1`, 'vad:1'], RepoDigests: [] },
  ]);
  expect(await readImageNames(docker, signal)).toEqual([
    'r.local:5000/ocr:2',
    'vad:1',
    'vad:latest',
    'vad@sha256:0b',
  ]);
});

test('of many images those in use are told, and then the newest', async () => {
  const images = Array.from({ length: 1_000 }, (_, at) => ({
    Id: `i${at}`,
    Created: at,
    RepoTags: [`m:${String(at).padStart(4, '0')}`],
    RepoDigests: [],
  }));
  const names = await readImageNames(engine(images, ['i7']), signal);
  expect(names).toEqual(['m:0007', ...images.slice(-255).map((each) => each.RepoTags[0])]);
});

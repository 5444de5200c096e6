import { spawn } from 'node:child_process';
import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { baseFiles, contentHash, sampleFiles, type ImageFile } from './image-files.ts';
import { samples, type Sample } from './samples.ts';

/** Model name to image reference, all on this host's Docker Engine. */
export type SampleImages = Readonly<Record<string, string>>;

export interface ImageBuild {
  readonly docker: Docker;
  readonly projectDir: string;
  /** Where files are gathered; removed afterwards. */
  readonly scratchDir: string;
  readonly say: (text: string) => void;
}

const baseRecipe = [
  'LABEL io.tangram.sample=base',
  'ENV PATH=/usr/bin',
  'WORKDIR /app',
  'EXPOSE 8000',
  'ENTRYPOINT ["/usr/bin/node", "/app/packaging/start/samples/server.js"]',
];

/**
 * Builds the images of the samples from files of this machine: nothing is downloaded, and an image that exists with
 * the same contents is left as it is.
 */
export async function buildSampleImages(build: ImageBuild): Promise<SampleImages> {
  mkdirSync(build.scratchDir, { recursive: true });
  const base = await baseFiles(build.projectDir);
  const baseTag = `tangram-sample-base:${contentHash(base, baseRecipe.join('\n'))}`;
  const images: Record<string, string> = {};
  for (const sample of samples) {
    const files = sampleFiles(build.projectDir, sample);
    const recipe = sampleRecipe(baseTag, sample);
    const tag = `tangram-sample-${sample.name}:${contentHash(files, recipe)}`;
    images[sample.name] = tag;
    if (await exists(build.docker, tag)) continue;
    if (!(await exists(build.docker, baseTag))) await importBase(build, base, baseTag);
    build.say(`building ${tag}`);
    await buildSample(build, { files, recipe, tag });
  }
  return images;
}

function sampleRecipe(baseTag: string, sample: Sample): string {
  return [
    `FROM ${baseTag}`,
    'COPY app /app',
    `ENV HOST=0.0.0.0 MODEL_FILE=/app/model.onnx MODEL_VARIANT=${sample.variant}`,
    `LABEL io.tangram.sample=${sample.name}`,
    'USER 1000:1000',
    '',
  ].join('\n');
}

async function importBase(
  build: ImageBuild,
  files: readonly ImageFile[],
  tag: string,
): Promise<void> {
  build.say(`importing ${tag} from this machine's own Node`);
  await withFolder(build.scratchDir, files, async (folder) => {
    mkdirSync(join(folder, 'tmp'));
    chmodSync(join(folder, 'tmp'), 0o1777);
    const [repo, version] = tag.split(':');
    const changes = baseRecipe.map((line) => `changes=${encodeURIComponent(line)}`).join('&');
    // dockerode's importImage cannot repeat a parameter, so the call is made through its transport.
    await dial(build.docker, {
      path: `/images/create?fromSrc=-&repo=${repo}&tag=${version}&${changes}&`,
      file: tarOf(folder),
    });
  });
  if (!(await exists(build.docker, tag))) throw new Error(`${tag} is not there after its import`);
}

async function buildSample(
  build: ImageBuild,
  image: { readonly files: readonly ImageFile[]; readonly recipe: string; readonly tag: string },
): Promise<void> {
  await withFolder(build.scratchDir, image.files, async (folder) => {
    writeFileSync(join(folder, 'Dockerfile'), image.recipe);
    const stream = await build.docker.buildImage(tarOf(folder), { t: image.tag, forcerm: true });
    await finished(build.docker, stream);
  });
  if (!(await exists(build.docker, image.tag))) {
    throw new Error(`${image.tag} is not there after its build`);
  }
}

async function exists(docker: Docker, tag: string): Promise<boolean> {
  return docker
    .getImage(tag)
    .inspect()
    .then(
      () => true,
      (error: unknown) => {
        if (typeof error === 'object' && error !== null && 'statusCode' in error) {
          if (error.statusCode === 404) return false;
        }
        throw error;
      },
    );
}

async function dial(
  docker: Docker,
  call: { readonly path: string; readonly file: Readable },
): Promise<void> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    docker.modem.dial(
      {
        path: call.path,
        method: 'POST',
        file: call.file,
        isStream: true,
        statusCodes: { 200: true, 404: 'not found', 500: 'server error' },
      },
      (error: unknown, data: unknown) => {
        if (error !== null && error !== undefined) reject(asError(error));
        else resolve(data as NodeJS.ReadableStream); // What the modem gives when asked for a stream.
      },
    );
  });
  await finished(docker, stream);
}

/** An engine reports a failed build inside the stream of a successful answer. */
async function finished(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  const lines = await new Promise<readonly unknown[]>((resolve, reject) => {
    docker.modem.followProgress(stream, (error: unknown, output: readonly unknown[]) => {
      if (error !== null && error !== undefined) reject(asError(error));
      else resolve(output);
    });
  });
  for (const line of lines) {
    if (typeof line === 'object' && line !== null && 'error' in line) {
      throw new Error(String(line.error));
    }
  }
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error('the Docker Engine refused', { cause });
}

/** Gathers files as they shall lie in the image. */
async function withFolder(
  scratchDir: string,
  files: readonly ImageFile[],
  task: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(scratchDir, 'image-'));
  try {
    for (const { source, target } of files) {
      const path = join(folder, target);
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(source, path, constants.COPYFILE_FICLONE);
    }
    await task(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same bytes for the same files: no owners, no times, sorted. */
function tarOf(folder: string): Readable {
  const args = [
    '--mode=a+rX',
    '--numeric-owner',
    '--owner=0',
    '--group=0',
    '--sort=name',
    '--mtime=@0',
  ];
  const tar = spawn('tar', ['-C', folder, ...args, '-cf', '-', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  tar.on('error', (error) => tar.stdout.destroy(error));
  tar.on('close', (code) => {
    if (code !== 0 && !tar.stdout.destroyed)
      tar.stdout.destroy(new Error(`tar ended with ${code}`));
  });
  return tar.stdout;
}

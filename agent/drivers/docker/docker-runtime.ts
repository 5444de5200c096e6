import Docker from 'dockerode';
import { parseFamiliarName } from '@swimlane/docker-reference';
import type { NodeName, ReplicaId } from '../../../shared/domain/ids.ts';
import type { GpuHandout } from '../../../shared/domain/inventory.ts';
import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import { readProcTable } from '../process/proc-table.ts';
import { lastLines } from '../runtime/log-file.ts';
import type { RunningReplica, Runtime, StartOutcome, StartSpec } from '../runtime/runtime.ts';
import { containerName, decodeLabels, labelNames } from './container-labels.ts';
import { readContainerNames, type ContainerName } from './container-name.ts';
import { containerSpec } from './container-spec.ts';
import { dockerError, statusOf } from './docker-errors.ts';
import { demuxLog } from './docker-log.ts';
import { readImageNames } from './image-names.ts';
import { ImagePulls } from './image-pulls.ts';
import { checkMountSources } from './mount-sources.ts';
import { describeContainer } from './describe-container.ts';

export interface DockerRuntimeOptions {
  readonly node: NodeName;
  readonly handout: GpuHandout;
  /** absent: DOCKER_HOST, or the usual socket. */
  readonly socketPath?: string;
  /** See `ContainerOptions.mpsShmDirectory`. */
  readonly mpsShmDirectory?: string | null;
  readonly pidsMax?: number;
  /** What `docker stop` by hand waits; the agent names its own grace each time. */
  readonly stopGraceMs?: number;
  readonly callTimeoutMs?: number;
  readonly clock?: Clock;
}

/** Ends background pulls; containers keep running. */
export interface DockerRuntime extends Runtime {
  /** Everybody's containers that run now, by id. Throws DOCKER_AWAY. */
  containerNames(signal: AbortSignal): Promise<ReadonlyMap<string, ContainerName>>;
  /** What the images that it holds are called; bounded and sorted. Throws DOCKER_AWAY. */
  imageNames(signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Deps {
  readonly docker: Docker;
  readonly pulls: ImagePulls;
  readonly options: DockerRuntimeOptions;
  readonly clock: Clock;
  /** A bounded call: the engine may hang as a whole. */
  call<T>(
    doing: string,
    signal: AbortSignal,
    task: (signal: AbortSignal) => Promise<T>,
    timeoutMs?: number,
  ): Promise<T>;
}

const lastOutputLines = 20;
const callTimeoutMsDefault = 30_000;

/** Replicas as containers of a Docker Engine, 20.10 or newer. No API version is pinned: newest engines refuse old ones. */
export function createDockerRuntime(options: DockerRuntimeOptions): DockerRuntime {
  const docker = new Docker(
    options.socketPath === undefined ? {} : { socketPath: options.socketPath },
  );
  const clock = options.clock ?? systemClock;
  const deps: Deps = {
    docker,
    clock,
    options,
    pulls: new ImagePulls(docker, clock),
    call: (doing, signal, task, timeoutMs) =>
      boundedCall({ doing, clock, timeoutMs: timeoutMs ?? options.callTimeoutMs }, signal, task),
  };
  return {
    kind: 'docker',
    available: (signal) => available(deps, signal),
    list: (signal) => list(deps, signal),
    start: (spec, signal) => start(deps, spec, signal),
    stop: (replica, graceMs, signal) => stop(deps, replica, graceMs, signal),
    logs: async (replica, { tailLines }, signal) => {
      const text = await readLog(deps, containerName(replica), tailLines, signal);
      if (text !== null) return text;
      throw new AppError('REPLICA_UNKNOWN', `there is no container of replica ${replica} here`);
    },
    containerNames: (signal) =>
      deps.call('cannot list containers', signal, (inner) => readContainerNames(docker, inner)),
    imageNames: (signal) =>
      deps.call('cannot list images', signal, (inner) => readImageNames(docker, inner)),
    close: () => deps.pulls.close(),
  };
}

async function boundedCall<T>(
  options: {
    readonly doing: string;
    readonly clock: Clock;
    readonly timeoutMs?: number | undefined;
  },
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const timeoutMs = options.timeoutMs ?? callTimeoutMsDefault;
  const late = new AbortController();
  const over = new AbortController();
  const timer = options.clock.sleep(timeoutMs, over.signal).then(
    () => late.abort(),
    () => {}, // The call was in time.
  );
  try {
    const ended = AbortSignal.any([signal, late.signal]);
    // Some calls of dockerode take no signal: those are left behind.
    return await Promise.race([task(ended), rejectWhenAborted(ended)]);
  } catch (error) {
    signal.throwIfAborted();
    if (late.signal.aborted) {
      throw new AppError('DOCKER_AWAY', options.doing, {
        cause: new Error(`the engine did not answer within ${timeoutMs} ms`),
        hint: 'look at journalctl -u docker; dockerd may hang',
      });
    }
    throw dockerError(options.doing, error);
  } finally {
    over.abort();
    await timer;
  }
}

async function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => reject(new Error('given up'));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

async function available(deps: Deps, signal: AbortSignal): Promise<boolean> {
  try {
    await deps.call('cannot reach Docker', signal, () => deps.docker.ping());
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) return false;
    throw error;
  }
}

async function list(deps: Deps, signal: AbortSignal): Promise<readonly RunningReplica[]> {
  const label = [`${labelNames.managed}=true`, `${labelNames.node}=${deps.options.node}`];
  const found = await deps.call('cannot list containers', signal, (abortSignal) =>
    deps.docker.listContainers({ all: true, filters: { label }, abortSignal }),
  );
  const replicas: RunningReplica[] = [];
  const table = found.length === 0 ? [] : readProcTable();
  for (const each of found) {
    const info = await inspect(deps, each.Id, signal);
    const replica = info === null ? null : describeContainer(info, table);
    if (replica === null) continue; // Removed meanwhile, or its labels were written by somebody else.
    replicas.push(
      replica.state === 'running'
        ? replica
        : { ...replica, lastOutput: await lastOutput(deps, replica, signal) },
    );
  }
  return replicas;
}

async function lastOutput(
  deps: Deps,
  replica: RunningReplica,
  signal: AbortSignal,
): Promise<string> {
  // It may be removed between the two questions: then there is nothing to read.
  const written = (await readLog(deps, replica.runtimeId, lastOutputLines, signal)) ?? '';
  return [replica.lastOutput, written].filter((part) => part !== '').join('\n');
}

/** null: there is no such container. */
async function inspect(
  deps: Deps,
  name: string,
  signal: AbortSignal,
): Promise<Docker.ContainerInspectInfo | null> {
  return deps.call(`cannot inspect container ${name}`, signal, (abortSignal) =>
    orNullWhenGone(deps.docker.getContainer(name).inspect({ abortSignal })),
  );
}

async function orNullWhenGone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

async function start(deps: Deps, spec: StartSpec, signal: AbortSignal): Promise<StartOutcome> {
  const name = containerName(spec.replica);
  const present = await inspect(deps, name, signal);
  if (present !== null) {
    checkOurs(name, present, spec);
    if (present.State.Running) return { kind: 'already-there' };
    if (present.State.Status === 'created') return startCreated(deps, name, signal);
    // It ran and ended: its slice may be another one now, so it is made anew.
    await remove(deps, name, signal);
  }
  const image = await resolveImage(deps, spec, signal);
  if ('pulling' in image) return { kind: 'pulling', detail: image.pulling };
  await checkMountSources(spec.workload.mounts);
  const body = containerSpec(spec, {
    node: deps.options.node,
    handout: deps.options.handout,
    image,
    mpsShmDirectory:
      deps.options.mpsShmDirectory === undefined ? '/dev/shm' : deps.options.mpsShmDirectory,
    pidsMax: deps.options.pidsMax ?? 4_096,
    stopGraceMs: deps.options.stopGraceMs ?? 30_000,
  });
  const created = await deps.call(
    `cannot create container ${name}`,
    signal,
    async (abortSignal) => {
      try {
        await deps.docker.createContainer({ ...body, abortSignal });
        return true;
      } catch (error) {
        if (statusOf(error) === 409) return false; // Somebody was faster: the name is the lock.
        throw error;
      }
    },
  );
  if (!created) return { kind: 'already-there' };
  return startCreated(deps, name, signal);
}

/** Starts what was created; a container that cannot start is taken away again, so that the next try begins clean. */
async function startCreated(deps: Deps, name: string, signal: AbortSignal): Promise<StartOutcome> {
  try {
    return await deps.call(`cannot start container ${name}`, signal, async (abortSignal) => {
      try {
        await deps.docker.getContainer(name).start({ abortSignal });
        return { kind: 'started' };
      } catch (error) {
        if (statusOf(error) === 304) return { kind: 'already-there' };
        throw error;
      }
    });
  } catch (error) {
    if (error instanceof AppError && error.code === 'DOCKER_REFUSED') {
      await remove(deps, name, signal);
    }
    throw error;
  }
}

function checkOurs(name: string, info: Docker.ContainerInspectInfo, spec: StartSpec): void {
  const labels = decodeLabels(info.Config.Labels);
  if (labels?.replica === spec.replica) return;
  throw new AppError('DOCKER_REFUSED', `cannot start replica ${spec.replica}`, {
    cause: new Error(`a container ${name} exists that is not ours`),
    hint: `remove or rename it: docker rm ${name}`,
  });
}

type ResolvedImage =
  | { readonly id: string; readonly reference: string; readonly digest: string }
  | { readonly pulling: string };

/** The image by id: present here, or being pulled. A tag that moves later does not move the replica. */
async function resolveImage(
  deps: Deps,
  spec: StartSpec,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const reference = imageReference(spec);
  const found = await deps.call(`cannot inspect image ${reference}`, signal, () =>
    orNullWhenGone(deps.docker.getImage(reference).inspect()),
  );
  if (found !== null) {
    return { id: found.Id, reference, digest: found.RepoDigests?.[0] ?? found.Id };
  }
  const pull = deps.pulls.request(reference);
  if (pull.kind === 'failed') throw pull.error;
  return { pulling: pull.detail };
}

/** With a tag or a digest always: without one Docker would pull every tag there is. */
function imageReference(spec: StartSpec): string {
  const { image } = spec.workload;
  if (image === null) {
    throw new AppError('IMAGE_UNKNOWN', `cannot start ${spec.replica} in a container`, {
      hint: 'the model names no image: add one, or place it on a host without Docker',
    });
  }
  if (/^sha256:[0-9a-f]{64}$/.test(image)) return image;
  try {
    const parsed = parseFamiliarName(image);
    return parsed.tag === undefined && parsed.digest === undefined ? `${image}:latest` : image;
  } catch (cause) {
    throw new AppError('IMAGE_UNKNOWN', `${JSON.stringify(image)} is no image reference`, {
      cause,
      hint: 'write name, name:tag or name@sha256:…',
    });
  }
}

async function stop(
  deps: Deps,
  replica: ReplicaId,
  graceMs: number,
  signal: AbortSignal,
): Promise<'stopped' | 'already-gone'> {
  const name = containerName(replica);
  const present = await inspect(deps, name, signal);
  if (present === null || decodeLabels(present.Config.Labels)?.replica !== replica) {
    return 'already-gone';
  }
  const graceSeconds = Math.ceil(graceMs / 1_000);
  await deps.call(
    `cannot stop container ${name}`,
    signal,
    async (abortSignal) => {
      try {
        await deps.docker.getContainer(present.Id).stop({ t: graceSeconds, abortSignal });
      } catch (error) {
        const status = statusOf(error);
        if (status !== 304 && status !== 404) throw error;
      }
    },
    graceSeconds * 1_000 + callTimeoutMsDefault,
  );
  await remove(deps, present.Id, signal);
  return 'stopped';
}

async function remove(deps: Deps, name: string, signal: AbortSignal): Promise<void> {
  await deps.call(`cannot remove container ${name}`, signal, async (abortSignal) => {
    try {
      await deps.docker.getContainer(name).remove({ force: true, v: true, abortSignal });
    } catch (error) {
      const status = statusOf(error);
      // 409: a removal is under way already.
      if (status !== 404 && status !== 409) throw error;
    }
  });
}

/** null: there is no such container. */
async function readLog(
  deps: Deps,
  name: string,
  tailLines: number,
  signal: AbortSignal,
): Promise<string | null> {
  const container = deps.docker.getContainer(name);
  const options = { follow: false as const, stdout: true, stderr: true, tail: tailLines };
  const log = await deps.call(`cannot read the log of ${name}`, signal, (abortSignal) =>
    orNullWhenGone(container.logs({ ...options, abortSignal })),
  );
  return log === null ? null : lastLines(demuxLog(log), tailLines);
}

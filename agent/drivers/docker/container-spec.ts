import type { ContainerCreateOptions, DeviceRequest, MountConfig } from 'dockerode';
import { assert, unreachable } from '../../../shared/domain/assert.ts';
import type { NodeName } from '../../../shared/domain/ids.ts';
import type { GpuHandout } from '../../../shared/domain/inventory.ts';
import type { Workload } from '../../../shared/domain/model.ts';
import { replicaEnv } from '../runtime/replica-env.ts';
import type { StartSpec } from '../runtime/runtime.ts';
import { containerName, encodeLabels } from './container-labels.ts';

export interface ContainerOptions {
  readonly node: NodeName;
  readonly handout: GpuHandout;
  /** The image by id, so that a moved tag changes nothing, and what that was called. */
  readonly image: { readonly id: string; readonly reference: string; readonly digest: string };
  /**
   * MPS clients and their daemon must see the same /dev/shm: the host's is mounted over the container's own.
   * null: not mounted (drivers that use anonymous shared memory do not need it).
   */
  readonly mpsShmDirectory: string | null;
  readonly pidsMax: number;
  readonly stopGraceMs: number;
}

const bytesPerMib = 1024 * 1024;
/** Few programs do without: sockets, locks and temporary files. */
const scratchPaths = ['/tmp', '/run'];
const scratchMib = 256;
const everybodySticky = 0o1777;
const nanoCpusPerMilli = 1_000_000;

/** All that Docker is told about a replica. Nothing in it comes from the wire unnamed. */
export function containerSpec(spec: StartSpec, options: ContainerOptions): ContainerCreateOptions {
  const { workload } = spec;
  const port = `${workload.port}/tcp`;
  const env = replicaEnv(spec, { port: workload.port, cudaVisible: options.handout === 'env' });
  return {
    name: containerName(spec.replica),
    Image: options.image.id,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...encodeLabels(spec, options.node, options.image) },
    ...(workload.args.length === 0 ? {} : { Cmd: [...workload.args] }),
    ExposedPorts: { [port]: {} },
    StopTimeout: Math.ceil(options.stopGraceMs / 1_000),
    HostConfig: {
      // Loopback only, a port of the engine's choice.
      PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
      NanoCpus: workload.cpuMillis * nanoCpusPerMilli,
      Memory: workload.memoryMib * bytesPerMib,
      // Equal to Memory: no swap, a model that swaps is worse than one that fails.
      ...(workload.memoryMib === 0 ? {} : { MemorySwap: workload.memoryMib * bytesPerMib }),
      PidsLimit: options.pidsMax,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
      ReadonlyRootfs: !workload.writableRoot,
      Init: false,
      AutoRemove: false,
      // The agent restarts, because only it knows whether the slice is still there.
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      DeviceRequests: [...deviceRequests(spec.grant.deviceUuids, options.handout)],
      Mounts: [
        ...scratchMounts(workload),
        ...hostMounts(workload),
        ...mpsMounts(spec, options.mpsShmDirectory),
      ],
    },
  };
}

/** Always by UUID: `Count` gives the first cards of the host every time. */
export function deviceRequests(
  uuids: readonly string[],
  handout: GpuHandout,
): readonly DeviceRequest[] {
  if (uuids.length === 0) return [];
  switch (handout) {
    case 'toolkit':
      return [{ Driver: '', DeviceIDs: [...uuids], Capabilities: [['gpu']] }];
    case 'cdi':
      return [{ Driver: 'cdi', DeviceIDs: uuids.map((uuid) => `nvidia.com/gpu=${uuid}`) }];
    case 'env':
      return [];
    default:
      return unreachable(handout);
  }
}

/** In memory, so it counts as the replica's. What a model mounts there itself takes its place. */
function scratchMounts({ writableRoot, mounts }: Workload): MountConfig {
  if (writableRoot) return [];
  return scratchPaths
    .filter((path) => mounts.every(({ target }) => target !== path))
    .map((path) => ({
      Type: 'tmpfs',
      Source: '',
      Target: path,
      TmpfsOptions: { SizeBytes: scratchMib * bytesPerMib, Mode: everybodySticky },
    }));
}

/** `bind`, so that the engine refuses a directory that does not exist; the older form would make an empty one. */
function hostMounts({ mounts }: Workload): MountConfig {
  return mounts.map(({ source, target, readOnly }) => ({
    Type: 'bind',
    Source: source,
    Target: target,
    ReadOnly: readOnly,
    // What the host mounts below it later, or what it hides, is not the replica's.
    BindOptions: { Propagation: 'rprivate' },
  }));
}

function mpsMounts(spec: StartSpec, shmDirectory: string | null): MountConfig {
  const mps = spec.grant.mps;
  if (mps === null) return [];
  assert(mps.pipeDirectory.startsWith('/'), 'the MPS pipe directory is an absolute path');
  const pipe = {
    Type: 'bind' as const,
    Source: mps.pipeDirectory,
    Target: mps.pipeDirectory,
    ReadOnly: false,
  };
  if (shmDirectory === null) return [pipe];
  return [pipe, { Type: 'bind', Source: shmDirectory, Target: '/dev/shm', ReadOnly: false }];
}

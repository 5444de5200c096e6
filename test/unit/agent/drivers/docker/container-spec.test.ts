import { expect, test } from 'vitest';
import {
  containerName,
  decodeLabels,
  encodeLabels,
} from '../../../../../agent/drivers/docker/container-labels.ts';
import {
  containerSpec,
  deviceRequests,
} from '../../../../../agent/drivers/docker/container-spec.ts';
import { parseNodeName, parseReplicaId } from '../../../../../shared/domain/ids.ts';
import { must, startSpec } from '../../../../fakes/agent/drivers/start-spec.ts';

const node = must(parseNodeName('node-a'));
const image = { id: `sha256:${'a'.repeat(64)}`, reference: 'x:1', digest: 'x@sha256:bb' };
const migUuid = 'MIG-11111111-2222-5333-8444-555555555555';
const options = { node, image, mpsShmDirectory: '/dev/shm', pidsMax: 100, stopGraceMs: 1_500 };

const handouts = [
  {
    handout: 'toolkit',
    requests: [{ Driver: '', DeviceIDs: [migUuid], Capabilities: [['gpu']] }],
    cuda: undefined,
  },
  {
    handout: 'cdi',
    requests: [{ Driver: 'cdi', DeviceIDs: [`nvidia.com/gpu=${migUuid}`] }],
    cuda: undefined,
  },
  { handout: 'env', requests: [], cuda: `CUDA_VISIBLE_DEVICES=${migUuid}` },
] as const;

test.for(handouts)('$handout hands out by UUID, in its own way', ({ handout, requests, cuda }) => {
  const spec = startSpec({ grant: { deviceUuids: [migUuid] } });
  const body = containerSpec(spec, { ...options, handout });
  expect(body.HostConfig?.DeviceRequests).toEqual(requests);
  expect(body.Env).toContain(`NVIDIA_VISIBLE_DEVICES=${migUuid}`);
  expect(body.Env?.find((entry) => entry.startsWith('CUDA_VISIBLE_DEVICES='))).toBe(cuda);
  expect(deviceRequests([], handout)).toEqual([]);
});

test('a replica on CPU asks for no device, and is told to see none', () => {
  const body = containerSpec(startSpec(), { ...options, handout: 'toolkit' });
  expect(body.HostConfig?.DeviceRequests).toEqual([]);
  expect(body.Env).toContain('NVIDIA_VISIBLE_DEVICES=void');
});

test('an MPS client gets the pipe of its daemon and the shared memory, nobody else does', () => {
  const mps = { pipeDirectory: '/run/tangram/mps/GPU-1/pipe', smPercent: 25, memoryMib: 1044 };
  const workload = { writableRoot: true };
  const spec = startSpec({ workload, grant: { deviceUuids: ['GPU-1'], mps } });
  const pipe = {
    Type: 'bind',
    Source: mps.pipeDirectory,
    Target: mps.pipeDirectory,
    ReadOnly: false,
  };
  const shm = { Type: 'bind', Source: '/dev/shm', Target: '/dev/shm', ReadOnly: false };
  const mounts = (mpsShmDirectory: string | null) =>
    containerSpec(spec, { ...options, handout: 'env', mpsShmDirectory }).HostConfig?.Mounts;
  expect(mounts('/dev/shm')).toEqual([pipe, shm]);
  expect(mounts(null)).toEqual([pipe]);
  const alone = startSpec({ workload });
  expect(containerSpec(alone, { ...options, handout: 'env' }).HostConfig?.Mounts).toEqual([]);
});

test('who may not write to the image gets memory to write to, unless a directory of the host is mounted there', () => {
  const mounts = [{ source: '/data/scratch', target: '/tmp', readOnly: false }];
  const mountsOf = (workload: Parameters<typeof startSpec>[0]) =>
    containerSpec(startSpec(workload), { ...options, handout: 'env' }).HostConfig?.Mounts?.map(
      ({ Type, Source, Target }) => `${Type} ${Source} ${Target}`,
    );
  expect(mountsOf({})).toEqual(['tmpfs  /tmp', 'tmpfs  /run']);
  expect(mountsOf({ workload: { mounts } })).toEqual(['tmpfs  /run', 'bind /data/scratch /tmp']);
  expect(mountsOf({ workload: { mounts, writableRoot: true } })).toEqual([
    'bind /data/scratch /tmp',
  ]);
});

test('limits are absent when there are none, and swap equals memory when there are', () => {
  const free = containerSpec(startSpec(), { ...options, handout: 'env' }).HostConfig;
  expect([free?.Memory, free?.NanoCpus, free?.MemorySwap]).toEqual([0, 0, undefined]);
  const bound = startSpec({ workload: { cpuMillis: 1_500, memoryMib: 10 } });
  const host = containerSpec(bound, { ...options, handout: 'env' }).HostConfig;
  expect([host?.Memory, host?.NanoCpus, host?.MemorySwap]).toEqual([
    10_485_760, 1_500_000_000, 10_485_760,
  ]);
});

test("our variables stand above the model's, and its arguments are passed as they are", () => {
  const spec = startSpec({ workload: { env: { PORT: '1', X: 'a=b' }, args: ['--a b', '$HOME'] } });
  const body = containerSpec(spec, { ...options, handout: 'env' });
  expect(body.Env?.filter((entry) => entry.startsWith('PORT='))).toEqual(['PORT=8000']);
  expect(body.Env).toContain('X=a=b');
  expect(body.Cmd).toEqual(['--a b', '$HOME']);
  expect(body.StopTimeout).toBe(2);
});

test('what labels say is what was started; a container without them is not ours', () => {
  const spec = startSpec({ grant: { deviceUuids: [migUuid, 'GPU-2'] } });
  expect(decodeLabels(encodeLabels(spec, node, image))).toEqual({
    replica: spec.replica,
    model: spec.model,
    modelVersion: 3,
    specHash: 'hash-1',
    gpuUuids: [migUuid, 'GPU-2'],
    port: 8000,
  });
  expect(decodeLabels({})).toBeNull();
  expect(decodeLabels({ 'io.tangram.managed': 'true' })).toBeNull();
});

test('two replicas never share a name, and every name is one that Docker takes', () => {
  const names = ['a/b', 'a:b', 'a_b', 'a.b', 'a-b'].map((id) =>
    containerName(must(parseReplicaId(id))),
  );
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
});

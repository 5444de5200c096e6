import {
  parseModelName,
  parseReplicaId,
  type ModelName,
  type NodeName,
  type ReplicaId,
} from '../../../shared/domain/ids.ts';
import type { StartSpec } from '../runtime/runtime.ts';

/** Labels are the only thing by which containers are ours; names are for people. */
export const labelNames = {
  managed: 'io.tangram.managed',
  node: 'io.tangram.node',
  model: 'io.tangram.model',
  replica: 'io.tangram.replica',
  version: 'io.tangram.version',
  specHash: 'io.tangram.spec-hash',
  gpuUuids: 'io.tangram.gpu-uuids',
  /** The port inside the container. */
  port: 'io.tangram.port',
  /** What the model asked for, and what that was at the time. */
  image: 'io.tangram.image',
  imageDigest: 'io.tangram.image-digest',
} as const;

export interface ContainerLabels {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  readonly modelVersion: number;
  readonly specHash: string;
  readonly gpuUuids: readonly string[];
  readonly port: number;
}

export function encodeLabels(
  spec: StartSpec,
  node: NodeName,
  image: { readonly reference: string; readonly digest: string },
): Readonly<Record<string, string>> {
  return {
    [labelNames.managed]: 'true',
    [labelNames.node]: node,
    [labelNames.model]: spec.model,
    [labelNames.replica]: spec.replica,
    [labelNames.version]: String(spec.modelVersion),
    [labelNames.specHash]: spec.specHash,
    [labelNames.gpuUuids]: spec.grant.deviceUuids.join(','),
    [labelNames.port]: String(spec.workload.port),
    [labelNames.image]: image.reference,
    [labelNames.imageDigest]: image.digest,
  };
}

/** null: not a container of ours, whatever it is called. */
export function decodeLabels(labels: Readonly<Record<string, string>>): ContainerLabels | null {
  if (labels[labelNames.managed] !== 'true') return null;
  const replica = parseReplicaId(labels[labelNames.replica] ?? '');
  const model = parseModelName(labels[labelNames.model] ?? '');
  const modelVersion = Number(labels[labelNames.version]);
  const port = Number(labels[labelNames.port]);
  if (!replica.ok || !model.ok || !Number.isSafeInteger(modelVersion)) return null;
  if (!Number.isSafeInteger(port)) return null;
  return {
    replica: replica.value,
    model: model.value,
    modelVersion,
    specHash: labels[labelNames.specHash] ?? '',
    gpuUuids: (labels[labelNames.gpuUuids] ?? '').split(',').filter((uuid) => uuid !== ''),
    port,
  };
}

/** One name a replica, so that creating it twice is one container. Docker allows letters, digits, `_`, `.` and `-`. */
export function containerName(replica: ReplicaId): string {
  const encoded = replica.replaceAll(/[^A-Za-z0-9.-]/g, (character) => {
    return `_${character.charCodeAt(0).toString(16)}`;
  });
  return `tangram-${encoded}`;
}

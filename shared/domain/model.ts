import type { Isolation } from './gpu.ts';
import { checkMounts, type HostMount } from './host-mount.ts';
import type { ModelName } from './ids.ts';
import type { Problem } from './result.ts';

/** What a model needs of the cards. Memory is per card and covers the whole replica. */
export interface GpuNeed {
  readonly memoryMib: number;
  /** The least share of the card's SMs, in percent; 0: any. */
  readonly computePercent: number;
  /** The weakest separation that is accepted. */
  readonly isolation: Isolation;
  /** Whole cards of one node when more than 1. */
  readonly count: number;
  /** How many client processes share the replica's slice; MPS limits are divided among them. */
  readonly processes: number;
  /** Card names, any of which will do; empty: any card. */
  readonly models: readonly string[];
}

/** What runs. `image` is used where a Docker Engine answers, `process` on hosts without one. */
export interface Workload {
  readonly image: string | null;
  /** argv; the first element is the program. */
  readonly command: readonly string[] | null;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The port that the server listens on: inside the container, or given to the process in `PORT`. */
  readonly port: number;
  readonly health: HealthProbe;
  /** Thousandths of a CPU; 0: no limit. */
  readonly cpuMillis: number;
  /** Host memory limit, MiB; 0: no limit. */
  readonly memoryMib: number;
  readonly mounts: readonly HostMount[];
  /** Whether the container may write outside its mounts, /tmp and /run. */
  readonly writableRoot: boolean;
}

export interface HealthProbe {
  readonly path: string;
  /** How long a replica may take until its first healthy answer. */
  readonly startupDeadlineMs: number;
}

/** Over what the replicas of one model are spread as evenly as the cluster allows; a zone is the node label `zone`. */
export type Spread = 'none' | 'node' | 'zone';

export interface PlacementRule {
  readonly spread: Spread;
  /** 0: no limit. */
  readonly maxPerNode: number;
  /** Models whose replicas may not share a node with this one's. It holds both ways, whoever names the other. */
  readonly antiAffinity: readonly ModelName[];
  /** Node labels that must be equal. */
  readonly constraints: Readonly<Record<string, string>>;
}

/** Whether a plan may interrupt a replica that runs. */
export type Disruption =
  | { readonly kind: 'never' }
  /** While it has nothing to do (`ReplicaStatus.idleSeconds`). */
  | { readonly kind: 'idle' }
  /** For so many seconds at most in one plan: from its stop until its successor is ready. */
  | { readonly kind: 'budget'; readonly seconds: number };

/** One version of a declared model. */
export interface ModelSpec {
  readonly name: ModelName;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly workload: Workload;
  /** null: a model on CPU. */
  readonly gpu: GpuNeed | null;
  /** Higher is placed first. */
  readonly priority: number;
  readonly placement: PlacementRule;
  readonly disruption: Disruption;
}

/** What an absent key means, in YAML and over the wire. */
export const modelDefaults = {
  replicas: 1,
  isolation: 'mps',
  gpuCount: 1,
  gpuProcesses: 1,
  port: 8_000,
  healthPath: '/healthz',
  startupDeadlineMs: 300_000,
  priority: 100,
  spread: 'none',
  disruption: { kind: 'never' },
} as const;

export const modelLimits = {
  replicasMax: 1_000,
  gpuCountMax: 16,
  argsMax: 256,
  envMax: 256,
  labelsMax: 64,
  textLengthMax: 4_096,
  priorityMax: 1_000_000,
  antiAffinityMax: 64,
  budgetSecondsMax: 86_400,
  memoryMibMax: 16 * 1024 * 1024,
} as const;

/** Every rule that a model must obey whichever door it came through. Empty: it is well formed. */
export function checkModel(spec: ModelSpec): readonly Problem[] {
  return [...checkShape(spec), ...checkWorkload(spec.workload), ...checkGpu(spec.gpu)];
}

function checkShape(spec: ModelSpec): Problem[] {
  const problems = [
    range('spec.replicas', spec.replicas, 0, modelLimits.replicasMax),
    range('spec.priority', spec.priority, 0, modelLimits.priorityMax),
    range('spec.placement.maxPerNode', spec.placement.maxPerNode, 0, modelLimits.replicasMax),
    texts('metadata.labels', spec.labels, modelLimits.labelsMax),
    texts('spec.placement.constraints', spec.placement.constraints, modelLimits.labelsMax),
    checkAntiAffinity(spec),
    checkBudget(spec.disruption),
  ];
  return problems.filter((problem) => problem !== null);
}

function checkAntiAffinity({ name, placement }: ModelSpec): Problem | null {
  const path = 'spec.placement.antiAffinity';
  const { antiAffinityMax } = modelLimits;
  if (placement.antiAffinity.length > antiAffinityMax) {
    return bad(path, `${placement.antiAffinity.length} names`, `at most ${antiAffinityMax}`);
  }
  if (!placement.antiAffinity.includes(name)) return null;
  return bad(
    path,
    'it names the model itself',
    'to keep its own replicas apart, write maxPerNode: 1 and leave it out here',
  );
}

function checkBudget(disruption: Disruption): Problem | null {
  if (disruption.kind !== 'budget') return null;
  const { seconds } = disruption;
  const { budgetSecondsMax } = modelLimits;
  if (Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= budgetSecondsMax) return null;
  const hint = `from 1 to ${budgetSecondsMax} seconds, such as budget:60s; or never, or idle`;
  return bad('spec.disruption', `a budget of ${seconds} s is out of range`, hint);
}

const envName = /^[A-Za-z_][A-Za-z0-9_]*$/;

function checkWorkload(workload: Workload): Problem[] {
  const problems: (Problem | null)[] = [
    range('spec.port', workload.port, 1, 65_535),
    range('spec.cpu', workload.cpuMillis, 0, 1_024_000),
    range('spec.memory', workload.memoryMib, 0, modelLimits.memoryMibMax),
    range('spec.health.startupDeadline', workload.health.startupDeadlineMs, 1_000, 86_400_000),
    texts('spec.env', workload.env, modelLimits.envMax),
    ...checkMounts(workload.mounts),
  ];
  if (workload.image === null && workload.command === null) {
    problems.push(
      bad('spec', 'neither image nor process is given', 'name an image, a process.command or both'),
    );
  }
  if (workload.image === '')
    problems.push(bad('spec.image', 'the image is empty', 'name an image'));
  if (workload.command !== null && (workload.command[0] ?? '') === '') {
    problems.push(
      bad('spec.process.command', 'the command is empty', 'give the program and its arguments'),
    );
  }
  if (workload.args.length + (workload.command?.length ?? 0) > modelLimits.argsMax) {
    problems.push(bad('spec.args', 'too many arguments', `at most ${modelLimits.argsMax}`));
  }
  if (!workload.health.path.startsWith('/')) {
    problems.push(
      bad(
        'spec.health.path',
        `${JSON.stringify(workload.health.path)} is no path`,
        'start it with /',
      ),
    );
  }
  for (const name of Object.keys(workload.env)) {
    if (!envName.test(name))
      problems.push(
        bad('spec.env', `${JSON.stringify(name)} is no variable name`, 'use letters, digits and _'),
      );
    else if (reservedEnv.some((prefix) => name.startsWith(prefix))) {
      problems.push(
        bad(
          `spec.env.${name}`,
          'this variable decides which card a replica sees, and Tangram sets it',
          'remove it',
        ),
      );
    }
  }
  return problems.filter((problem) => problem !== null);
}

const reservedEnv = ['NVIDIA_VISIBLE_DEVICES', 'CUDA_VISIBLE_DEVICES', 'CUDA_MPS_', 'TANGRAM_'];

/** What a need of cards must obey. */
export function checkGpu(gpu: GpuNeed | null): Problem[] {
  if (gpu === null) return [];
  const problems: (Problem | null)[] = [
    range('spec.gpu.memory', gpu.memoryMib, 1, modelLimits.memoryMibMax),
    range('spec.gpu.compute', gpu.computePercent, 0, 100),
    range('spec.gpu.count', gpu.count, 1, modelLimits.gpuCountMax),
    range('spec.gpu.processes', gpu.processes, 1, 48),
  ];
  return problems.filter((problem) => problem !== null);
}

/** null: a whole number from `low` to `high`. */
export function range(path: string, value: number, low: number, high: number): Problem | null {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return null;
  return bad(path, `${value} is out of range`, `a whole number from ${low} to ${high}`);
}

/** null: few entries, none of them too long. */
export function texts(
  path: string,
  map: Readonly<Record<string, string>>,
  entriesMax: number,
): Problem | null {
  const entries = Object.entries(map);
  if (entries.length > entriesMax)
    return bad(path, `${entries.length} entries`, `at most ${entriesMax}`);
  const long = entries.find(
    ([key, value]) => key.length + value.length > modelLimits.textLengthMax,
  );
  return long === undefined
    ? null
    : bad(
        path,
        `${JSON.stringify(long[0].slice(0, 64))} is too long`,
        `at most ${modelLimits.textLengthMax} characters`,
      );
}

function bad(path: string, message: string, hint: string): Problem {
  return { code: 'MODEL_INVALID', path, message, hint };
}

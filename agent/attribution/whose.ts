import type { AllocationName, ModelName, ReplicaId } from '../../shared/domain/ids.ts';
import type { Holder } from './holder.ts';
import type { Owner } from './readings.ts';

/** A chain of parents is never longer on a sane host; a longer one is a loop in what was read. */
const ancestorsMax = 64;

/** A replica that runs, by everything that a process of it can be known by. */
export interface KnownReplica {
  readonly replica: ReplicaId;
  readonly model: ModelName;
  readonly pids: readonly number[];
  /** Container id or pid, as its runtime calls it. */
  readonly runtimeId: string;
}

/** Everybody who may have processes on this node. */
export interface KnownHolders {
  readonly replicas: readonly KnownReplica[];
  /** Whose mark counts: anybody can put any other word in an environment. */
  readonly allocations: readonly AllocationName[];
}

/** What the host tells of one process. */
export interface ProcessPlace {
  readonly parentPid: number;
  /** The leader of its process group: a replica of the process runtime leads one. */
  readonly groupId: number;
  /** The innermost first. */
  readonly containers: readonly string[];
  /** The allocation that its environment names; null: none, or it may not be read. */
  readonly mark: string | null;
}

export interface WhoseProcess {
  readonly pid: number;
  readonly name: string;
}

export interface Ownership {
  readonly owner: Owner;
  /** Id of the container that it runs in, which is none of ours; null: no such container. */
  readonly container: string | null;
}

/** Pids of a Docker container are of one moment, and a child may have been born since: the cgroup and the parents tell more. */
export interface Whose {
  of(process: WhoseProcess): Ownership;
}

const mpsServerName = 'nvidia-cuda-mps-server';

/** The nearest tells: a process itself, then its parents. `place` answers null for a process that is gone. */
export function whose(
  { replicas, allocations }: KnownHolders,
  place: (pid: number) => ProcessPlace | null,
): Whose {
  const byPid = new Map<number, Holder>();
  const byRuntimeId = new Map<string, Holder>();
  for (const { replica, model, pids, runtimeId } of replicas) {
    const holder: Holder = { kind: 'replica', replica, model };
    for (const pid of pids) byPid.set(pid, holder);
    byRuntimeId.set(runtimeId, holder);
  }
  const byMark = new Map<string | null, Holder>(
    allocations.map((allocation) => [allocation, { kind: 'allocation', allocation }]),
  );
  const climb = (pid: number): Ownership => {
    let container: string | null = null;
    let at = pid;
    for (let step = 0; step < ancestorsMax && at > 1; step += 1) {
      const listed = byPid.get(at);
      if (listed !== undefined) return { owner: listed, container: null };
      const found = place(at);
      if (found === null) break;
      for (const name of [...found.containers, String(found.groupId)]) {
        const replica = byRuntimeId.get(name);
        if (replica !== undefined) return { owner: replica, container: null };
      }
      container ??= found.containers[0] ?? null;
      const allocation = byMark.get(found.mark);
      if (allocation !== undefined) return { owner: allocation, container };
      at = found.parentPid;
    }
    return { owner: { kind: 'foreign' }, container };
  };
  return {
    of: ({ pid, name }) =>
      name.includes(mpsServerName)
        ? { owner: { kind: 'mps-server' }, container: null }
        : climb(pid),
  };
}

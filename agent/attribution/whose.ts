import type { ModelName, ReplicaId } from '../../shared/domain/ids.ts';
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

/** What the host tells of one process. */
export interface ProcessPlace {
  readonly parentPid: number;
  /** The leader of its process group: a replica of the process runtime leads one. */
  readonly groupId: number;
  /** The innermost first. */
  readonly containers: readonly string[];
}

export interface WhoseProcess {
  readonly pid: number;
  readonly name: string;
}

/** Pids of a Docker container are of one moment, and a child may have been born since: the cgroup and the parents tell more. */
export interface Whose {
  of(process: WhoseProcess): Owner;
}

const mpsServerName = 'nvidia-cuda-mps-server';

/** `place` answers null for a process that is gone. */
export function whose(
  replicas: readonly KnownReplica[],
  place: (pid: number) => ProcessPlace | null,
): Whose {
  const byPid = new Map<number, KnownReplica>();
  const byRuntimeId = new Map<string, KnownReplica>();
  for (const replica of replicas) {
    for (const pid of replica.pids) byPid.set(pid, replica);
    byRuntimeId.set(replica.runtimeId, replica);
  }
  const climb = (pid: number): Owner => {
    let container: string | null = null;
    let at = pid;
    for (let step = 0; step < ancestorsMax && at > 1; step += 1) {
      const listed = byPid.get(at);
      if (listed !== undefined) return owned(listed);
      const found = place(at);
      if (found === null) break;
      container ??= found.containers[0] ?? null;
      for (const name of [...found.containers, String(found.groupId)]) {
        const replica = byRuntimeId.get(name);
        if (replica !== undefined) return owned(replica);
      }
      at = found.parentPid;
    }
    return { kind: 'foreign', container };
  };
  return {
    of: ({ pid, name }) => (name.includes(mpsServerName) ? { kind: 'mps-server' } : climb(pid)),
  };
}

function owned({ replica, model }: KnownReplica): Owner {
  return { kind: 'replica', replica, model };
}

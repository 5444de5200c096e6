import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ReplicaId } from '../../../shared/domain/ids.ts';
import { systemClock, type Clock } from '../../../shared/platform/clock.ts';
import { isDiskFull } from '../../../shared/platform/disk-full.ts';
import { AppError } from '../../../shared/platform/errors.ts';
import {
  descendantPids,
  findByEnvironment,
  groupRuns,
  hasInEnvironment,
  readProc,
  readProcTable,
  type ProcEntry,
} from '../process/proc-table.ts';
import { signalGroup } from '../process/process-group.ts';
import { spawnDetached } from '../process/spawn-detached.ts';
import { findFreePort } from './free-port.ts';
import { readTail, rotateLog } from './log-file.ts';
import { openRecordStore, type ProcessRecord, type RecordStore } from './process-record.ts';
import { replicaEnv } from './replica-env.ts';
import type { RunningReplica, Runtime, StartSpec } from './runtime.ts';

export interface ProcessRuntimeOptions {
  /** Records and logs live in its `processes` folder. */
  readonly stateDirectory: string;
  readonly clock?: Clock;
  /** The search path of replicas; nothing else of our own environment reaches them. */
  readonly path?: string;
  readonly logBytesMax?: number;
  readonly bootId?: () => string;
  readonly launchId?: () => string;
}

/** Lines of output that explain an exit. */
const lastOutputLines = 20;
const pollMs = 50;
/** Tells a replica's process from all others, whoever looks. */
const launchVariable = 'TANGRAM_LAUNCH';
/** How long a killed group may take to disappear. */
const killedGoneMs = 5_000;

interface Deps {
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly path: string;
  readonly logBytesMax: number;
  readonly bootId: () => string;
  readonly launchId: () => string;
}

/**
 * Runs replicas as plain processes, for hosts without Docker: each in a session of its own, so that it outlives the
 * agent. CPU and memory limits of a model are not enforced here.
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): Runtime {
  const deps: Deps = {
    records: openRecordStore(options.stateDirectory),
    clock: options.clock ?? systemClock,
    path: options.path ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    logBytesMax: options.logBytesMax ?? 10 * 1024 * 1024,
    bootId: options.bootId ?? readBootId,
    launchId: options.launchId ?? randomUUID,
  };
  return {
    kind: 'process',
    available: async () => true,
    list: async () => {
      const records = deps.records.list();
      // A host without such replicas does not pay for a look at all its processes each round.
      if (records.length === 0) return [];
      const table = readProcTable();
      return records.map((record) => describe(deps, record, table));
    },
    start: (spec, signal) => start(deps, spec, signal),
    stop: (replica, graceMs, signal) => stop(deps, replica, graceMs, signal),
    logs: async (replica, { tailLines }) => {
      if (deps.records.read(replica) === null) {
        throw new AppError('REPLICA_UNKNOWN', `no process of replica ${replica} is known here`);
      }
      return readTail(deps.records.logFile(replica), tailLines);
    },
  };
}

async function start(
  deps: Deps,
  spec: StartSpec,
  signal: AbortSignal,
): Promise<{ kind: 'started' } | { kind: 'already-there' }> {
  signal.throwIfAborted();
  const { command } = spec.workload;
  if (command === null || command.length === 0) {
    throw new AppError('PROCESS_FAILED', `cannot start ${spec.replica} as a process`, {
      hint: 'the model names only an image: add process.command, or place it where Docker runs',
    });
  }
  const present = deps.records.read(spec.replica);
  if (present !== null) {
    if (livingProcess(deps, present) !== null) return { kind: 'already-there' };
    deps.records.remove(spec.replica);
  }
  const intent: ProcessRecord = {
    replica: spec.replica,
    model: spec.model,
    modelVersion: spec.modelVersion,
    specHash: spec.specHash,
    bootId: deps.bootId(),
    launchId: deps.launchId(),
    port: await findFreePort(),
    deviceUuids: spec.grant.deviceUuids,
    startedAtMs: deps.clock.wallMs(),
    process: null,
    exitCode: null,
  };
  // Intent first: were we killed after the spawn, the launch id in its environment finds the process again.
  deps.records.write(intent);
  await launch(deps, spec, intent, [...command, ...spec.workload.args]);
  return { kind: 'started' };
}

async function launch(
  deps: Deps,
  spec: StartSpec,
  intent: ProcessRecord,
  argv: readonly string[],
): Promise<void> {
  const child = await spawnDetached({
    argv,
    env: {
      PATH: deps.path,
      HOME: deps.records.folder(spec.replica),
      LANG: 'C.UTF-8',
      ...replicaEnv(spec, { port: intent.port, cudaVisible: true }),
      [launchVariable]: intent.launchId,
    },
    cwd: deps.records.folder(spec.replica),
    outputFile: deps.records.logFile(spec.replica),
  }).catch((cause: unknown) => {
    deps.records.remove(spec.replica);
    throw new AppError('PROCESS_FAILED', `cannot start replica ${spec.replica}`, { cause });
  });
  const running = completeRecord(deps, intent, child.pid);
  // Nobody waits for the exit: it is written down for whoever lists next, while we are the parent.
  void child.exited.then((exitCode) => noteExit(deps, running, exitCode));
}

function noteExit(deps: Deps, record: ProcessRecord, exitCode: number | null): void {
  const present = deps.records.read(record.replica);
  if (present?.launchId !== record.launchId) return; // Stopped, or started anew, meanwhile.
  writeIfThereIsRoom(deps, { ...record, exitCode });
}

async function stop(
  deps: Deps,
  replica: ReplicaId,
  graceMs: number,
  signal: AbortSignal,
): Promise<'stopped' | 'already-gone'> {
  const record = deps.records.read(replica);
  if (record === null) return 'already-gone';
  const pid = groupToStop(deps, record);
  if (pid === null) {
    deps.records.remove(replica);
    return 'already-gone';
  }
  signalGroup(pid, 'SIGTERM');
  if (!(await goneWithin(deps, pid, graceMs, signal))) {
    signalGroup(pid, 'SIGKILL');
    if (!(await goneWithin(deps, pid, killedGoneMs, signal))) {
      throw new AppError(
        'PROCESS_FAILED',
        `replica ${replica} (process group ${pid}) does not end`,
        {
          hint: 'a process in uninterruptible sleep keeps its card: look at ps and the kernel log',
        },
      );
    }
  }
  deps.records.remove(replica);
  return 'stopped';
}

async function goneWithin(
  deps: Deps,
  groupId: number,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = deps.clock.monotonicMs() + ms;
  for (;;) {
    if (!groupRuns(readProcTable(), groupId)) return true;
    if (deps.clock.monotonicMs() >= deadline) return false;
    await deps.clock.sleep(pollMs, signal);
  }
}

/** The pid of a record's process if it is still that very process; null: it has ended. */
function livingProcess(deps: Deps, record: ProcessRecord): number | null {
  if (record.bootId !== deps.bootId()) return null;
  const mark = `${launchVariable}=${record.launchId}`;
  if (record.process === null) return findByEnvironment(mark);
  const { pid, startTicks } = record.process;
  const entry = readProc(pid);
  if (entry === null || entry.zombie) return null;
  // Start times are told in the reader's time namespace: to an agent in another one, what it was started with tells.
  return entry.startTicks === startTicks || hasInEnvironment(pid, mark) ? pid : null;
}

/**
 * The group to signal: also that of a leader who has ended and left children. While such children run the kernel
 * gives their group's id to no other process; a new process with the old leader's pid shows by its start time.
 */
function groupToStop(deps: Deps, record: ProcessRecord): number | null {
  const living = livingProcess(deps, record);
  if (living !== null) return living;
  if (record.process === null || record.bootId !== deps.bootId()) return null;
  const { pid, startTicks } = record.process;
  const leader = readProc(pid);
  if (leader !== null && leader.startTicks !== startTicks) return null;
  return groupRuns(readProcTable(), pid) ? pid : null;
}

function describe(deps: Deps, record: ProcessRecord, table: readonly ProcEntry[]): RunningReplica {
  const pid = livingProcess(deps, record);
  if (pid !== null && record.process === null) completeRecord(deps, record, pid);
  const logFile = deps.records.logFile(record.replica);
  rotateLog(logFile, deps.logBytesMax);
  const rebooted = record.bootId !== deps.bootId();
  return {
    replica: record.replica,
    model: record.model,
    modelVersion: record.modelVersion,
    specHash: record.specHash,
    runtimeId: String(pid ?? record.process?.pid ?? 'never-started'),
    state: pid === null ? 'exited' : 'running',
    exitCode: pid === null ? record.exitCode : null,
    pids: pid === null ? [] : descendantPids(table, pid),
    address: pid === null ? null : `127.0.0.1:${record.port}`,
    deviceUuids: record.deviceUuids,
    startedAtMs: record.startedAtMs,
    lastOutput:
      pid === null
        ? `${rebooted ? 'the host was rebooted\n' : ''}${readTail(logFile, lastOutputLines)}`
        : '',
  };
}

/** After the spawn, or when the process was found by its launch id because we were killed before this was written. */
function completeRecord(deps: Deps, record: ProcessRecord, pid: number): ProcessRecord {
  const process = { pid, startTicks: readProc(pid)?.startTicks ?? 0 };
  const completed = { ...record, process };
  writeIfThereIsRoom(deps, completed);
  return completed;
}

/** For what the next look finds out again, while the disk is full. */
function writeIfThereIsRoom(deps: Deps, record: ProcessRecord): void {
  try {
    deps.records.write(record);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
}

function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

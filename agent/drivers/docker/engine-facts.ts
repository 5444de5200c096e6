import Docker from 'dockerode';
import { AppError } from '../../../shared/platform/errors.ts';

/** The Docker Engine about itself. */
export interface EngineFacts {
  readonly version: string;
  /** `systemd` or `cgroupfs`. */
  readonly cgroupDriver: string;
  readonly cgroupVersion: string;
  readonly liveRestore: boolean;
  readonly runtimes: readonly string[];
  /** Empty: CDI is off, or the engine is too old to know of it. */
  readonly cdiSpecDirs: readonly string[];
  readonly rootDirectory: string;
  readonly storageDriver: string;
  readonly warnings: readonly string[];
}

const answerMsMax = 5_000;

/** Asks the engine at `socketPath` about itself. Throws DOCKER_AWAY. */
export async function readEngineFacts(socketPath: string): Promise<EngineFacts> {
  const docker = new Docker({ socketPath, timeout: answerMsMax });
  let info: unknown;
  try {
    info = await docker.info();
  } catch (cause) {
    throw new AppError('DOCKER_AWAY', `the Docker Engine at ${socketPath} does not answer`, {
      cause,
    });
  }
  const told: Readonly<Record<string, unknown>> = isRecord(info) ? info : {};
  return {
    version: textOf(told['ServerVersion']),
    cgroupDriver: textOf(told['CgroupDriver']),
    // Engines before 20.10 know version 1 only, and do not say so.
    cgroupVersion: textOf(told['CgroupVersion']) || '1',
    liveRestore: told['LiveRestoreEnabled'] === true,
    runtimes: isRecord(told['Runtimes']) ? Object.keys(told['Runtimes']) : [],
    cdiSpecDirs: textsOf(told['CDISpecDirs']),
    rootDirectory: textOf(told['DockerRootDir']),
    storageDriver: textOf(told['Driver']),
    warnings: textsOf(told['Warnings']),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

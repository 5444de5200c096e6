import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/platform/errors.ts';
import { faultWords, parseFault, type Fault } from './fault.ts';

/** A longer control file is a mistake. */
const faultsMax = 100;

/** What was asked for, whether it still strikes or not. */
export interface FaultList {
  readonly faults: readonly Fault[];
  /** Changes with every edit of the control file: uses are counted afresh then. */
  readonly revision: string;
}

/** Reads the faults of a state directory: its control file `faults`, then `TANGRAM_SIM_FAULTS`. */
export interface FaultSource {
  /** Throws CONFIG_INVALID when a line is no fault. */
  read(): FaultList;
  revision(): string;
}

export function openFaults(directory: string, environment: string | undefined): FaultSource {
  const file = join(directory, 'faults');
  const fixed = split(environment ?? '').map((text) => understood(text, 'TANGRAM_SIM_FAULTS'));
  const revision = (): string => {
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.ino}:${stat.mtimeMs}:${stat.size}`;
  };
  return {
    revision,
    read: () => {
      const at = revision();
      const written = split(readIfThere(file)).map((text) => understood(text, file));
      const faults = [...written, ...fixed];
      if (faults.length > faultsMax) {
        throw new AppError('CONFIG_INVALID', `${file} lists more than ${faultsMax} faults`);
      }
      return { faults, revision: at };
    },
  };
}

/** Replaces the control file; no faults remove it. */
export function writeFaults(directory: string, faults: readonly Fault[], pid: number): void {
  const file = join(directory, 'faults');
  if (faults.length === 0) {
    rmSync(file, { force: true });
    return;
  }
  writeFileSync(`${file}.${pid}`, `${faults.map((fault) => fault.text).join('\n')}\n`);
  renameSync(`${file}.${pid}`, file);
}

/** One fault a line or between commas; `#` begins a comment. */
export function split(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, ''))
    .flatMap((line) => line.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function understood(text: string, where: string): Fault {
  const fault = parseFault(text);
  if (fault !== undefined) return fault;
  throw new AppError('CONFIG_INVALID', `${JSON.stringify(text)} in ${where} is no fault`, {
    hint: `write ${faultWords}`,
  });
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // Never written, or just removed: nothing is asked for.
  }
}

import { AppError, type ErrorCode } from '../../../shared/platform/errors.ts';
import { findRefusal, type RefusalCode } from '../../formats/refusals/refusal.ts';

/** What a failed invocation means, from its exit code and its words (all of them on standard output). */
export type ToolFailure =
  | { readonly kind: Exclude<FailureKind, 'unknown-field'>; readonly words: string }
  | { readonly kind: 'unknown-field'; readonly field: string; readonly words: string };

type FailureKind =
  | 'no-driver'
  | 'version-mismatch'
  | 'no-permission'
  | 'no-device'
  | 'gpu-broken'
  | 'unknown-field'
  | 'bad-option'
  | 'busy'
  | 'refused'
  | 'other';

/** What we do about it is coarser than what the tool says. */
const kindByRefusal: Readonly<Partial<Record<RefusalCode, Exclude<FailureKind, 'unknown-field'>>>> =
  {
    BAD_OPTION: 'bad-option',
    BAD_VALUE: 'refused',
    DEVICE_HANDLE: 'gpu-broken',
    DRIVER_LIBRARY_MISMATCH: 'version-mismatch',
    DRIVER_NOT_LOADED: 'no-driver',
    FORMAT_MISSING: 'bad-option',
    GPU_IN_USE: 'busy',
    GPU_LOST: 'gpu-broken',
    GPU_NEEDS_RESET: 'gpu-broken',
    INSUFFICIENT_RESOURCES: 'refused',
    INVALID_ARGUMENT: 'refused',
    NO_DEVICES: 'no-device',
    NO_MIG_DEVICES: 'refused',
    NO_PERMISSION: 'no-permission',
    NOT_SUPPORTED: 'refused',
    NVML_LIBRARY_MISSING: 'no-driver',
    NVML_TOO_OLD: 'version-mismatch',
    OPTION_NOT_VALID_HERE: 'bad-option',
    OS_BLOCKED: 'no-permission',
    RESET_NOT_SUPPORTED: 'refused',
    SMI_NVML_MISMATCH: 'version-mismatch',
    TOOL_NOT_FOUND: 'no-driver',
  };

const kindByExitCode: Readonly<Record<number, Exclude<FailureKind, 'unknown-field'>>> = {
  2: 'bad-option',
  3: 'refused',
  4: 'no-permission',
  6: 'no-device',
  9: 'no-driver',
  12: 'no-driver',
  13: 'version-mismatch',
  15: 'gpu-broken',
  17: 'no-permission',
  18: 'version-mismatch',
};

/** Reads what a failed invocation printed. The words decide; the exit code only where they say nothing known. */
export function parseToolFailure(stdout: string, exitCode: number): ToolFailure {
  const words = stdout.trim().split('\n').slice(0, 3).join(' ').slice(0, 400);
  const field = /Field "([^"]*)" is not a valid field to query/.exec(stdout)?.[1];
  if (field !== undefined) return { kind: 'unknown-field', field, words };
  const refusal = findRefusal(stdout);
  const byWords = refusal === null ? undefined : kindByRefusal[refusal.code];
  return { kind: byWords ?? kindByExitCode[exitCode] ?? 'other', words };
}

const codes: Readonly<Record<FailureKind, ErrorCode>> = {
  'no-driver': 'DRIVER_AWAY',
  'version-mismatch': 'DRIVER_AWAY',
  'no-permission': 'DRIVER_AWAY',
  'no-device': 'GPU_REFUSED',
  'gpu-broken': 'GPU_REFUSED',
  'unknown-field': 'OUTPUT_UNREADABLE',
  'bad-option': 'OUTPUT_UNREADABLE',
  busy: 'GPU_BUSY',
  refused: 'GPU_REFUSED',
  other: 'PROCESS_FAILED',
};

/** Where the agent, and not somebody at a prompt, ran the tool, another hint helps. */
const ownHints: Readonly<Partial<Record<FailureKind, string>>> = {
  'no-driver': 'load the NVIDIA driver (try nvidia-smi by hand), or configure the simulator',
  'no-permission': 'let the agent run as root, or give its user access to /dev/nvidia*',
  'bad-option': 'this nvidia-smi does not know what we ask: is the driver older than 470?',
  refused: 'the card has no room or no support for it: look at nvidia-smi mig -lgip and -lgi',
};

/** The AppError of a failed invocation. `doing` says what we wanted: `cannot create profile 19 at 4 on GPU-…`. */
export function toolError(doing: string, stdout: string, exitCode: number): AppError {
  const failure = parseToolFailure(stdout, exitCode);
  const hint = ownHints[failure.kind] ?? findRefusal(stdout)?.hint;
  const words = failure.words === '' ? `exit code ${exitCode}, no text` : failure.words;
  return new AppError(codes[failure.kind], doing, {
    cause: new Error(`nvidia-smi: ${words}`),
    ...(hint === undefined ? {} : { hint }),
  });
}

import { AppError, type ErrorCode } from '../../../shared/platform/errors.ts';

/** What a failed invocation means, from its exit code and its words (all of them on standard output). */
export type ToolFailure =
  | { readonly kind: 'no-driver'; readonly words: string }
  | { readonly kind: 'version-mismatch'; readonly words: string }
  | { readonly kind: 'no-permission'; readonly words: string }
  | { readonly kind: 'no-device'; readonly words: string }
  | { readonly kind: 'gpu-broken'; readonly words: string }
  | { readonly kind: 'unknown-field'; readonly field: string; readonly words: string }
  | { readonly kind: 'bad-option'; readonly words: string }
  | { readonly kind: 'busy'; readonly words: string }
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'other'; readonly words: string };

const rules: readonly (readonly [RegExp, Exclude<ToolFailure['kind'], 'unknown-field'>])[] = [
  [/couldn't communicate with the NVIDIA driver|couldn't find libnvidia-ml/i, 'no-driver'],
  [/version mismatch|Mismatch in versions/i, 'version-mismatch'],
  [/Insufficient Permissions|blocked by the operating system/i, 'no-permission'],
  [/In use by another client|currently being used by/i, 'busy'],
  [/GPU is lost|requires reset/i, 'gpu-broken'],
  [/No devices were found/i, 'no-device'],
  [/is not recognized|is not valid for this command|switch is missing/i, 'bad-option'],
  [/Insufficient Resources|Not Supported|not supported|Invalid Argument|No MIG-/i, 'refused'],
];

const kindByExitCode: Readonly<Record<number, Exclude<ToolFailure['kind'], 'unknown-field'>>> = {
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
  const rule = rules.find(([pattern]) => pattern.test(stdout));
  return { kind: rule?.[1] ?? kindByExitCode[exitCode] ?? 'other', words };
}

const codes: Readonly<Record<ToolFailure['kind'], ErrorCode>> = {
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

const hints: Readonly<Partial<Record<ToolFailure['kind'], string>>> = {
  'no-driver': 'load the NVIDIA driver (try nvidia-smi by hand), or configure the simulator',
  'version-mismatch':
    'the driver was upgraded under a running kernel module: reload the module or reboot',
  'no-permission': 'let the agent run as root, or give its user access to /dev/nvidia*',
  'no-device': 'the card named is not there any more: look at nvidia-smi -L',
  'gpu-broken': 'drain the node and reset the card (nvidia-smi -r), or reboot',
  'bad-option': 'this nvidia-smi does not know what we ask: is the driver older than 470?',
  busy: 'something still holds the card: list holders with fuser -v /dev/nvidia* (DCGM, Xorg, nvsm)',
  refused: 'the card has no room or no support for it: look at nvidia-smi mig -lgip and -lgi',
};

/** The AppError of a failed invocation. `doing` says what we wanted: `cannot create profile 19 at 4 on GPU-…`. */
export function toolError(doing: string, stdout: string, exitCode: number): AppError {
  const failure = parseToolFailure(stdout, exitCode);
  const hint = hints[failure.kind];
  const words = failure.words === '' ? `exit code ${exitCode}, no text` : failure.words;
  return new AppError(codes[failure.kind], doing, {
    cause: new Error(`nvidia-smi: ${words}`),
    ...(hint === undefined ? {} : { hint }),
  });
}

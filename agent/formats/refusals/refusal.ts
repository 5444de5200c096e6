import { linesOf } from '../text/text.ts';

/** Why a tool did not do what it was asked. Stable: people script against them. */
export type RefusalCode =
  | 'BAD_FIELD'
  | 'BAD_OPTION'
  | 'BAD_VALUE'
  | 'DCGM_REFUSED'
  | 'DEVICE_HANDLE'
  | 'DRIVER_LIBRARY_MISMATCH'
  | 'DRIVER_NOT_LOADED'
  | 'FORMAT_MISSING'
  | 'GPU_IN_USE'
  | 'GPU_LOST'
  | 'GPU_NEEDS_RESET'
  | 'HEALTH_NOT_WATCHED'
  | 'HOST_ENGINE_AWAY'
  | 'INSUFFICIENT_RESOURCES'
  | 'INVALID_ARGUMENT'
  | 'MPS_ALREADY_RUNNING'
  | 'MPS_DAEMON_AWAY'
  | 'MPS_DIRECTORY'
  | 'MPS_NOT_FOUND'
  | 'MPS_UNKNOWN_COMMAND'
  | 'NO_DEVICES'
  | 'NO_MIG_DEVICES'
  | 'NO_PERMISSION'
  | 'NOT_FOUND'
  | 'NOT_SUPPORTED'
  | 'NVML_INIT_FAILED'
  | 'NVML_LIBRARY_MISSING'
  | 'NVML_TOO_OLD'
  | 'NVML_UNKNOWN_ERROR'
  | 'OPTION_NOT_VALID_HERE'
  | 'OS_BLOCKED'
  | 'REFUSED'
  | 'RESET_NOT_SUPPORTED'
  | 'SMI_NVML_MISMATCH'
  | 'TOOL_CRASHED'
  | 'TOOL_NOT_FOUND';

/**
 * What refuses. `tool`: the driver or the whole of nvidia-smi, so the words are the same for every command.
 * `command`: one command line, which the words do not name. `mps` and `dcgm`: those tools.
 */
export type RefusalScope = 'tool' | 'command' | 'mig' | 'mps' | 'dcgm';

export interface Refusal {
  readonly code: RefusalCode;
  readonly scope: RefusalScope;
  /** What the tool said: the line that tells, trimmed, at most 400 characters. */
  readonly words: string;
  /** What to do about it. */
  readonly hint: string;
}

interface Rule {
  readonly code: RefusalCode;
  readonly scope: RefusalScope;
  readonly pattern: RegExp;
}

/** A refused line is never longer; what is, is data. */
const lineLengthMax = 1_000;
const wordsMax = 400;

/** Words of NVML (nvml.h, `nvmlErrorString`) and of the programs around it; the first that fits decides. */
const rules: readonly Rule[] = [
  rule('DRIVER_NOT_LOADED', 'tool', /couldn't communicate with the NVIDIA driver/i),
  rule('DRIVER_NOT_LOADED', 'tool', /^Failed to initialize NVML: Driver Not Loaded/i),
  rule(
    'NVML_LIBRARY_MISSING',
    'tool',
    /couldn't find (?:libnvidia-ml|nvml)|NVML Shared Library Not Found|libnvidia-ml\.so\S*: cannot open shared object/i,
  ),
  rule('DRIVER_LIBRARY_MISMATCH', 'tool', /Driver\/library version mismatch/i),
  rule('SMI_NVML_MISMATCH', 'tool', /Mismatch in versions between nvidia-smi and NVML/i),
  rule('NVML_TOO_OLD', 'tool', /^Failed to initialize NVML: Function Not Found/i),
  rule('OS_BLOCKED', 'tool', /blocked by the operating system/i),
  rule('GPU_LOST', 'tool', /^Failed to initialize NVML: GPU is lost/i),
  rule('GPU_NEEDS_RESET', 'tool', /^Failed to initialize NVML: GPU requires (?:a )?reset/i),
  rule('NO_PERMISSION', 'tool', /^Failed to initialize NVML: Insufficient Permissions/i),
  rule('NVML_UNKNOWN_ERROR', 'tool', /^Failed to initialize NVML: Unknown Error/i),
  rule(
    'NVML_INIT_FAILED',
    'tool',
    /^(?:Failed to initialize NVML|NVIDIA-SMI has failed because)\b/i,
  ),
  rule('NVML_INIT_FAILED', 'tool', /^Failed to properly shut ?down NVML/i),
  rule('GPU_LOST', 'tool', /^Unable to determine the device handle for .{1,200}GPU is lost/i),
  rule(
    'GPU_NEEDS_RESET',
    'tool',
    /^Unable to determine the device handle for .{1,200}requires reset/i,
  ),
  rule('DEVICE_HANDLE', 'tool', /^Unable to determine the device handle for/i),
  rule('NO_DEVICES', 'tool', /^No devices (?:were )?found\.?$/i),
  rule('BAD_FIELD', 'tool', /^Field "[^"]*" is not a valid field to query/i),
  rule('FORMAT_MISSING', 'tool', /^"--format=" switch is missing/i),
  rule('OPTION_NOT_VALID_HERE', 'command', /Option \S+ is not valid for this command/i),
  rule(
    'BAD_OPTION',
    'command',
    /Option \S+ (?:is not recognized|is missing its value|requires)|^(?:ERROR: )?Invalid combination of input arguments|^Failed to process command line|^(?:ERROR: )?Missing option/i,
  ),
  rule('NO_MIG_DEVICES', 'mig', /^No MIG-(?:enabled|supported) devices found/i),
  rule('RESET_NOT_SUPPORTED', 'tool', /^Resetting GPU \S+ is not supported/i),
  rule(
    'BAD_VALUE',
    'tool',
    /^Provided .{1,200} is not a valid |^(?:ERROR: )?Invalid (?:value|argument) |is not a (?:valid|recognized) (?:value|argument)/i,
  ),
  rule(
    'TOOL_CRASHED',
    'tool',
    /^(?:\S+: line \d+: .*)?(?:Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception)\b/i,
  ),
  rule('TOOL_CRASHED', 'tool', /^(?:\S+: line \d+: .*)?Killed$/),
  rule(
    'TOOL_NOT_FOUND',
    'tool',
    /command not found|^Command '[\w.-]{1,80}' not found|^\S*sh: (?:\d+: )?\S+: not found$|is not recognized as (?:an internal|the name of a cmdlet)|executable file not found in \$PATH|(?:nvidia-smi|dcgmi|nvidia-cuda-mps-control)['"]?: No such file or directory/i,
  ),
  rule('MPS_DAEMON_AWAY', 'mps', /Cannot find MPS control daemon process/i),
  rule('MPS_ALREADY_RUNNING', 'mps', /^An instance of this daemon is already running/i),
  rule('MPS_DIRECTORY', 'mps', /^Cannot (?:access|create|open) CUDA_MPS_(?:PIPE|LOG)_DIRECTORY/i),
  rule('MPS_UNKNOWN_COMMAND', 'mps', /^Unknown command\b/i),
  rule('MPS_NOT_FOUND', 'mps', /^(?:Server|Client|Device|Partition)(?: \S{1,80})? not found!?$/i),
  rule('BAD_VALUE', 'mps', /^Invalid (?:percentage|memory limit|device|client|server)\b/i),
  rule(
    'HOST_ENGINE_AWAY',
    'dcgm',
    /^Error: unable to (?:establish a connection|connect) to (?:the specified host|host ?engine)|Host ?engine connection (?:invalid|disconnected)/i,
  ),
  rule('HEALTH_NOT_WATCHED', 'dcgm', /Health watches not enabled/i),
  rule('BAD_OPTION', 'dcgm', /^PARSE ERROR: /),
  rule(
    'DCGM_REFUSED',
    'dcgm',
    /^(?:Error: ?)?(?:Unable to|Cannot|Failed to) .{1,300}\bReturn(?: code)?: |^Error setting watches\b|^Error: (?:The |Unable to|Cannot |Invalid |A )/i,
  ),
  rule(
    'GPU_IN_USE',
    'tool',
    /In use by another (?:client|process)|being used by (?:one or more|some) other process/i,
  ),
  rule('GPU_LOST', 'tool', /GPU is lost/i),
  rule('GPU_NEEDS_RESET', 'tool', /GPU requires (?:a )?reset/i),
  rule(
    'NO_PERMISSION',
    'tool',
    /Insufficient Permissions|Permission denied|Operation not permitted/i,
  ),
  rule('INSUFFICIENT_RESOURCES', 'tool', /Insufficient Resources/i),
  rule('NOT_SUPPORTED', 'command', /^Not supported on the device/i),
  rule(
    'NOT_SUPPORTED',
    'tool',
    /\bnot supported (?:for|on|in|by|with)\b|(?:^|: )Not Supported\.?$/i,
  ),
  rule('INVALID_ARGUMENT', 'tool', /: Invalid Argument\.?$/i),
  rule('NOT_FOUND', 'tool', /: Not Found\.?$/i),
  rule(
    'REFUSED',
    'tool',
    /^(?:Unable|Failed) to .{0,200}\b(?:GPUs?|devices?|NVML|MIG|NVLink|driver|mode|clocks?)\b|^GPU Reset couldn't run\b|^ERROR: /i,
  ),
];

const hints: Readonly<Record<RefusalCode, string>> = {
  BAD_FIELD: 'ask this driver for its fields: nvidia-smi --help-query-gpu',
  BAD_OPTION: 'this version of the tool does not know what was asked: look at its --help',
  BAD_VALUE: 'give a value in the range that the message names',
  DCGM_REFUSED: 'look at the log of nv-hostengine (/var/log/nv-hostengine.log)',
  DEVICE_HANDLE:
    'that card does not answer: look for an Xid in the kernel log, then reset it or reboot',
  DRIVER_LIBRARY_MISMATCH:
    'the driver was upgraded under a running kernel module: reload the module or reboot',
  DRIVER_NOT_LOADED: 'load the driver (modprobe nvidia) and look at dmesg for NVRM lines',
  FORMAT_MISSING: 'add --format=csv',
  GPU_IN_USE:
    'something still holds the card: list holders with fuser -v /dev/nvidia* (DCGM, Xorg, nvsm)',
  GPU_LOST: 'drain the node and reboot it: the card is off the bus; look for Xid 79',
  GPU_NEEDS_RESET: 'drain the node and reset the card (nvidia-smi -r), or reboot',
  HEALTH_NOT_WATCHED: 'switch the watches on first: dcgmi health -s a; then wait a minute',
  HOST_ENGINE_AWAY: 'start it: systemctl start nvidia-dcgm (or nv-hostengine)',
  INSUFFICIENT_RESOURCES:
    'the card has no room for it: look at nvidia-smi mig -lgip and -lgi, and create the largest first',
  INVALID_ARGUMENT: 'look at what this card allows: nvidia-smi mig -lgip and -lgipp',
  MPS_ALREADY_RUNNING: 'nothing to do, or end the other one: echo quit | nvidia-cuda-mps-control',
  MPS_DAEMON_AWAY:
    'start it (nvidia-cuda-mps-control -d), or set CUDA_MPS_PIPE_DIRECTORY to the folder of the one that runs',
  MPS_DIRECTORY: 'create the folder and let this user write in it',
  MPS_NOT_FOUND: 'it has ended: ask get_server_list and get_client_list again',
  MPS_UNKNOWN_COMMAND:
    'this version of nvidia-cuda-mps-control does not have it: driver 495 or newer may',
  NO_DEVICES:
    'no card of that name: look at nvidia-smi -L, and at lspci for cards without a driver',
  NO_MIG_DEVICES: 'switch MIG on (nvidia-smi -mig 1) on a card that has it',
  NO_PERMISSION: 'run it as root, or give this user access to /dev/nvidia*',
  NOT_FOUND: 'it is not there (any more): list it again',
  NOT_SUPPORTED: 'this card or driver does not have it',
  NVML_INIT_FAILED: 'look at dmesg for NVRM lines; reload the driver or reboot',
  NVML_LIBRARY_MISSING:
    'install the driver of this kernel module; in a container, start it with the NVIDIA container toolkit',
  NVML_TOO_OLD: 'the NVML library is older than this nvidia-smi: install one driver package',
  NVML_UNKNOWN_ERROR:
    'look at dmesg for NVRM lines; in a container, a systemd daemon-reload may have taken /dev/nvidia* away: restart it',
  OPTION_NOT_VALID_HERE: 'leave that option out: this command does not take it',
  OS_BLOCKED:
    'the operating system keeps the card from this session (WSL, remote desktop): free it there',
  REFUSED: 'look at dmesg for NVRM lines',
  RESET_NOT_SUPPORTED:
    'this card cannot be reset from here (a virtual machine): restart the machine',
  SMI_NVML_MISMATCH: 'nvidia-smi and libnvidia-ml come from two driver packages: install one',
  TOOL_CRASHED: 'the tool itself died: run it again, and look at dmesg',
  TOOL_NOT_FOUND: 'install the tool (the driver package has nvidia-smi), or give its full path',
};

/** The same words in a cell of CSV are a reading of one card, and in a kernel log they are the log's. */
const elsewhere = /^\[|\[(?:GPU is lost|GPU requires reset|Insufficient Permissions)\]|NVRM: /;

/** The commands of `mig` name what they were about, whatever the reason. */
const migWords =
  /^(?:Unable|Failed) to [a-z]{1,20} .{0,60}?(?:(?:GPU|compute) instances?|MIG Mode|(?:GPU|compute) instance (?:profiles|placements))\b/i;

function rule(code: RefusalCode, scope: RefusalScope, pattern: RegExp): Rule {
  return { code, scope, pattern };
}

/** Whether one line of output is a refusal, and which; null: it is something else. Constant patterns, linear time. */
export function refusalOfLine(line: string): Refusal | null {
  if (line.length > lineLengthMax) return null;
  const words = line.trim();
  if (words === '' || elsewhere.test(words)) return null;
  const found = rules.find(({ pattern }) => pattern.test(words));
  if (found === undefined) return null;
  const { code } = found;
  const scope = migWords.test(words) ? 'mig' : found.scope;
  return { code, scope, words: words.slice(0, wordsMax), hint: hints[code] };
}

/** The first refusal among the first lines of an output, whatever stands around it; null: none. */
export function findRefusal(text: string, linesMax = 50): Refusal | null {
  for (const line of linesOf(text.slice(0, 16_384)).slice(0, linesMax)) {
    const refusal = refusalOfLine(line);
    if (refusal !== null) return refusal;
  }
  return null;
}

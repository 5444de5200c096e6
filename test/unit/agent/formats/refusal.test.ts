import { expect, test } from 'vitest';
import { errorTextFormat } from '../../../../agent/formats/refusals/error-texts.ts';
import { refusalOfLine } from '../../../../agent/formats/refusals/refusal.ts';

const refused: readonly (readonly [code: string, text: string])[] = [
  ['DRIVER_NOT_LOADED', "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n"],
  ['NVML_LIBRARY_MISSING', "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure that the NVIDIA Display Driver is properly installed and present in your system.\nPlease also try adding directory that contains libnvidia-ml.so to your system PATH.\n"],
  ['DRIVER_LIBRARY_MISMATCH', 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.163\n'],
  ['SMI_NVML_MISMATCH', 'Mismatch in versions between nvidia-smi and NVML.\nAre you sure you are using nvidia-smi provided with the driver?\n'],
  ['NO_PERMISSION', 'Failed to initialize NVML: Insufficient Permissions\n'],
  ['OS_BLOCKED', 'Failed to initialize NVML: GPU access blocked by the operating system\nFailed to properly shut down NVML: GPU access blocked by the operating system\n'],
  ['GPU_LOST', 'Failed to initialize NVML: GPU is lost\n'],
  ['GPU_NEEDS_RESET', 'Failed to initialize NVML: GPU requires reset\n'],
  ['NVML_UNKNOWN_ERROR', 'Failed to initialize NVML: Unknown Error\r\n'],
  ['NO_DEVICES', 'No devices were found\n'],
  ['BAD_FIELD', 'Field "bogus" is not a valid field to query.\n\n'],
  ['FORMAT_MISSING', '"--format=" switch is missing. Please run \'nvidia-smi -h\' for help.\n'],
  ['BAD_OPTION', "ERROR: Option --bogus is not recognized. Please run 'nvidia-smi -h'.\n"],
  ['BAD_OPTION', "ERROR: Option -m is missing its value. Please run 'nvidia-smi -h' for help.\n\n\n# (exit code: 255)\n"],
  ['OPTION_NOT_VALID_HERE', "ERROR: Option -i is not valid for this command. Please run 'nvidia-smi -h' for help.\n"],
  ['NOT_SUPPORTED', 'Not supported on the device(s)\nFailed to process command line \n'],
  ['RESET_NOT_SUPPORTED', 'Resetting GPU 00000000:00:03.0 is not supported.\n'],
  ['DEVICE_HANDLE', 'Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error\n'],
  ['GPU_IN_USE', 'The following GPUs could not be reset:\n  GPU 00000000:3B:00.0: In use by another client\n\n1 device is currently being used by one or more other processes (e.g., Fabric Manager).\n'],
  ['BAD_VALUE', 'Provided power limit 10.00 W is not a valid power limit which should be between 100.00 W and 400.00 W for GPU 00000000:07:00.0\nTerminating early due to previous errors.\n'],
  ['NOT_SUPPORTED', 'Changing power management limit is not supported for GPU: 00000000:07:00.0.\nTreating as warning and moving on.\nAll done.\n'],
  ['NO_PERMISSION', 'Unable to set persistence mode for GPU 00000000:07:00.0: Insufficient Permissions\nTerminating early due to previous errors.\n'],
  ['TOOL_NOT_FOUND', 'bash: nvidia-smi: command not found\n'],
  ['TOOL_NOT_FOUND', 'sh: 1: nvidia-smi: not found\n'],
  ['TOOL_CRASHED', 'Segmentation fault (core dumped)\n'],
  ['HOST_ENGINE_AWAY', 'Error: unable to establish a connection to the specified host: localhost\nError: Unable to connect to host engine. Host engine connection invalid/disconnected.\n'],
  ['HEALTH_NOT_WATCHED', 'Error: Health watches not enabled. Please enable watches.\n'],
  ['MPS_DAEMON_AWAY', 'Cannot find MPS control daemon process\n'],
]; // prettier-ignore
test.for(refused)('%s: %s', ([code, text]) => {
  expect(errorTextFormat.recognises(text)).toBe(true);
  const read = errorTextFormat.parse(text);
  expect(read.ok).toBe(false);
  if (read.ok) return;
  expect(read.problem.code).toBe(code);
  expect(read.problem.hint).not.toBe('');
  expect(text).toContain(read.problem.message.slice(0, 20));
});

test('replies about settings are a value, one a card', () => {
  const text = [
    'Persistence mode is already Enabled for GPU 00000000:07:00.0.',
    'Enabled persistence mode for GPU 00000000:0F:00.0.',
    'Set compute mode to EXCLUSIVE_PROCESS for GPU 00000000:07:00.0.',
    'Power limit for GPU 00000000:07:00.0 was set to 300.00 W from 400.00 W.',
    'GPU clocks set to "(gpuClkMin 1410, gpuClkMax 1410)" for GPU 00000000:07:00.0',
    'GPU 00000000:07:00.0 was successfully reset.',
    'Warning: persistence mode is disabled on device 00000000:07:00.0.',
    'All done.',
    '',
  ].join('\n');
  const setting = (name: string, value: string, more: object = {}) => ({
    kind: 'setting',
    setting: name,
    value,
    previous: null,
    gpu: '00000000:07:00.0',
    changed: true,
    ...more,
  });
  expect(errorTextFormat.parse(text)).toEqual({
    ok: true,
    value: {
      replies: [
        setting('Persistence mode', 'Enabled', { changed: false }),
        setting('persistence mode', 'Enabled', { gpu: '00000000:0F:00.0' }),
        setting('compute mode', 'EXCLUSIVE_PROCESS'),
        setting('Power limit', '300.00 W', { previous: '400.00 W' }),
        setting('GPU clocks', '(gpuClkMin 1410, gpuClkMax 1410)'),
        { kind: 'reset', gpu: '00000000:07:00.0' },
        {
          kind: 'warning',
          message: 'Warning: persistence mode is disabled on device 00000000:07:00.0.',
        },
      ],
      done: true,
    },
  });
});

test('one refusal among replies makes the whole a problem that tells all refusals', () => {
  const read = errorTextFormat.parse(
    'Enabled persistence mode for GPU 00000000:07:00.0.\nUnable to set persistence mode for GPU 00000000:0F:00.0: Insufficient Permissions\nAll done.\n',
  );
  expect(read).toMatchObject({
    ok: false,
    problem: { code: 'NO_PERMISSION', message: expect.stringContaining('0F:00.0') },
  });
});

const others = [
  'hello world\n',
  'Failed to open the door\n',
  'Enabled MIG Mode for GPU 00000000:36:00.0\nAll done.\n',
  'index, name\n0, NVIDIA A100\n',
  '[  1.0] NVRM: something is not supported on GPU 0\nother text\n',
];
test.for(others)('%s is none of them', (text) => {
  expect(errorTextFormat.recognises(text)).toBe(false);
});

test('the reason tells the code, the command the scope', () => {
  expect(
    refusalOfLine(
      'Unable to create a GPU instance on GPU  0 using profile 9: Insufficient Resources',
    ),
  ).toMatchObject({ code: 'INSUFFICIENT_RESOURCES', scope: 'mig' });
  expect(refusalOfLine('0, NVIDIA A100, 3 MiB')).toBeNull();
  expect(refusalOfLine(`Failed to ${'x'.repeat(2_000)}`)).toBeNull();
});

const severalLines: readonly (readonly [code: string, text: string])[] = [
  ['GPU_LOST', 'Unable to determine the device handle for GPU 0000:03:00.0: GPU is lost.  Reboot\n the system to recover this GPU\n'],
  ['TOOL_NOT_FOUND', "Command 'nvidia-smi' not found, but can be installed with:\n\nsudo apt install nvidia-utils-1\n"],
  ['TOOL_NOT_FOUND', "'nvidia-smi' is not recognized as an internal or external command,\noperable program or batch file.\n"],
  ['GPU_IN_USE', 'GPU 00000000:C1:00.0 is currently in use by another process.\n\n1 device is currently being used by one or more other processes (e.g., an X server). Please first kill all processes using this device.\n'],
  ['GPU_IN_USE', 'The following GPUs could not be reset:\n  GPU 00000000:1A:00.0: In use by another client\n\n1 device is currently being used by one or more other processes (e.g. an\nX server). Please first kill all processes using this device.\n'],
]; // prettier-ignore
test.for(severalLines)('%s, told in several lines', ([code, text]) => {
  expect(errorTextFormat.recognises(text)).toBe(true);
  expect(errorTextFormat.parse(text)).toMatchObject({ ok: false, problem: { code } });
});

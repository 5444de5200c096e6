import { expect, test } from 'vitest';
import { dockerError } from '../../../../../agent/drivers/docker/docker-errors.ts';
import { AppError, errorChain, errorHint } from '../../../../../shared/platform/errors.ts';

/** As dockerode throws them: an answer has a status and a body, silence has neither. */
function answer(statusCode: number, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), {
    statusCode,
    json: { message },
  });
}

const refusals = [
  {
    words: 'could not select device driver "" with capabilities: [[gpu]]',
    hint: 'install the NVIDIA container toolkit',
  },
  { words: 'could not select device driver "cdi" with capabilities: []', hint: 'no CDI' },
  {
    words: 'CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=MIG-1',
    hint: 'nvidia-ctk cdi generate',
  },
  { words: 'client version 1.24 is too old. Minimum supported API version is 1.44', hint: '20.10' },
  { words: 'write /var/lib/docker/x: no space left on device', hint: 'free space' },
] as const;
test.for(refusals)('$words: says what to do', ({ words, hint }) => {
  const error = dockerError('cannot start container x', answer(500, words));
  expect(error.code).toBe('DOCKER_REFUSED');
  expect(errorChain(error)).toBe(`cannot start container x: the engine answered 500: ${words}`);
  expect(errorHint(error)).toContain(hint);
});

test('silence is an engine that is away, whatever the reason of the silence', () => {
  const error = dockerError('cannot list containers', new Error('connect ENOENT /x.sock'));
  expect(error.code).toBe('DOCKER_AWAY');
  expect(errorChain(error)).toBe('cannot list containers: connect ENOENT /x.sock');
});

test('an error of ours passes as it is', () => {
  const ours = new AppError('IMAGE_UNKNOWN', 'no image');
  expect(dockerError('cannot start', ours)).toBe(ours);
});

import { AppError } from '../../../shared/platform/errors.ts';

/** The HTTP status of an answer of the engine; null: there was no answer. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;
}

/** The engine's own words, without the wrapping that dockerode puts around them. */
export function engineWords(error: unknown): string {
  if (error instanceof Error && 'json' in error) {
    const { json } = error;
    if (typeof json === 'object' && json !== null && 'message' in json) {
      return String(json.message);
    }
  }
  return error instanceof Error ? error.message : String(error);
}

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /device driver "?cdi"?/i,
    'this engine has no CDI: Docker 28.2 has it on, 25 to 28.1 need "features":{"cdi":true}; or set gpu.handout to toolkit',
  ],
  [
    /could not select device driver|unknown or invalid runtime name: nvidia/i,
    'install the NVIDIA container toolkit and restart dockerd, or set gpu.handout to env on a simulated node',
  ],
  [
    /unresolvable CDI devices|CDI device injection/i,
    'regenerate the CDI specification (nvidia-ctk cdi generate) after a layout change; CDI must be on in this engine',
  ],
  [/No such image|not found: manifest|manifest unknown/i, 'check the image name and its tag'],
  [/no space left/i, 'free space on the disk of /var/lib/docker'],
  [/client version .* is too (new|old)/i, 'this engine is too old or too new; 20.10 to 29 work'],
];

/** One AppError for whatever went wrong while `doing` something with the engine. */
export function dockerError(doing: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const words = engineWords(error);
  if (statusOf(error) === null) {
    return new AppError('DOCKER_AWAY', doing, {
      cause: new Error(words),
      hint: 'start Docker (systemctl start docker), or correct the socket in the configuration',
    });
  }
  const hint = hints.find(([pattern]) => pattern.test(words))?.[1];
  return new AppError('DOCKER_REFUSED', doing, {
    cause: new Error(`the engine answered ${statusOf(error)}: ${words}`),
    ...(hint === undefined ? {} : { hint }),
  });
}

import { AppError } from '../../shared/platform/errors.ts';
import { parseAddress } from '../../shared/platform/listen-address.ts';

/** Under which a process listens everywhere and can be reached nowhere. */
const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * Throws CONFIG_INVALID where other coordinators would tell callers an address that leads nowhere. `alone`: there are no
 * others.
 */
export function checkAdvertised(
  config: { readonly grpc: string; readonly advertise?: string | undefined },
  alone: boolean,
): void {
  const named = config.advertise ?? config.grpc;
  const parsed = parseAddress(named);
  if (alone || (parsed.ok && !everywhere.has(parsed.value.host))) return;
  throw new AppError(
    'CONFIG_INVALID',
    `advertise: the other coordinators would tell callers that this one is at ${named}`,
    { hint: 'write the host:port under which clients reach this coordinator' },
  );
}

import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { AppError } from '../../shared/platform/errors.ts';
import { trustService } from '../../shared/wire/services.ts';
import { unary } from '../../shared/wire/unary.ts';

/** TrustService where TLS is off: there is nothing to trust, and each call says so instead of being unknown. */
export function trustOffHandlers(onError: (error: unknown) => void): UntypedServiceImplementation {
  const refuse = unary(() => {
    throw new AppError('CONFIG_INVALID', 'TLS is off here: nobody needs a certificate or joins', {
      hint: 'for hosts and users of other machines set tls: on in the configuration of the coordinator, and start it anew',
    });
  }, onError);
  return Object.fromEntries(Object.keys(trustService).map((name) => [name, refuse]));
}

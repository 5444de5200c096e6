import type { MpsServiceClient } from '../../../shared/wire/generated/tangram/agent/v1/MpsService.ts';
import type { GetMpsRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetMpsRequest.ts';
import type { GetMpsResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetMpsResponse.ts';
import { callUnary } from '../../../shared/wire/unary.ts';
import type { MakeOptions } from './calls.ts';

export interface MpsApi {
  read(): Promise<GetMpsResponse__Output>;
}

export function createMpsApi(client: MpsServiceClient, options: MakeOptions): MpsApi {
  return {
    read: async () =>
      callUnary<GetMpsRequest, GetMpsResponse__Output>(
        (request, call, answer) => client.getMps(request, call, answer),
        {},
        options(),
      ),
  };
}

import type { HealthServiceClient } from '../../../shared/wire/generated/tangram/agent/v1/HealthService.ts';
import type { GetHealthRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetHealthRequest.ts';
import type { GetHealthResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetHealthResponse.ts';
import { callUnary } from '../../../shared/wire/unary.ts';
import type { MakeOptions } from './calls.ts';

export interface HealthApi {
  read(): Promise<GetHealthResponse__Output>;
}

export function createHealthApi(client: HealthServiceClient, options: MakeOptions): HealthApi {
  return {
    read: async () =>
      callUnary<GetHealthRequest, GetHealthResponse__Output>(
        (request, call, answer) => client.getHealth(request, call, answer),
        {},
        options(),
      ),
  };
}

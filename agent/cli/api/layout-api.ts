import type { LayoutServiceClient } from '../../../shared/wire/generated/tangram/agent/v1/LayoutService.ts';
import type { GetLayoutsRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetLayoutsRequest.ts';
import type { GetLayoutsResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetLayoutsResponse.ts';
import { callUnary } from '../../../shared/wire/unary.ts';
import type { MakeOptions } from './calls.ts';

export interface LayoutApi {
  read(): Promise<GetLayoutsResponse__Output>;
}

export function createLayoutApi(client: LayoutServiceClient, options: MakeOptions): LayoutApi {
  return {
    read: async () =>
      callUnary<GetLayoutsRequest, GetLayoutsResponse__Output>(
        (request, call, answer) => client.getLayouts(request, call, answer),
        {},
        options(),
      ),
  };
}

import type { ListSamplesResponse__Output } from '../../shared/wire/generated/tangram/v1/ListSamplesResponse.ts';
import type { NodeSamples__Output } from '../../shared/wire/generated/tangram/v1/NodeSamples.ts';
import type { QuerySamplesRequest } from '../../shared/wire/generated/tangram/v1/QuerySamplesRequest.ts';
import type { QuerySamplesResponse__Output } from '../../shared/wire/generated/tangram/v1/QuerySamplesResponse.ts';
import type { TelemetryServiceClient } from '../../shared/wire/generated/tangram/v1/TelemetryService.ts';
import type { Via } from './ask.ts';

/** What the command line asks about what cards do. */
export interface TelemetryCalls {
  /** All pages. `node` empty: of all nodes. Throws NODE_UNKNOWN. */
  listSamples(node: string): Promise<readonly NodeSamples__Output[]>;
  /** Throws NODE_UNKNOWN, MODEL_UNKNOWN. */
  querySamples(request: QuerySamplesRequest): Promise<QuerySamplesResponse__Output>;
}

const pageSize = 1_000;

export function telemetryCalls(telemetry: TelemetryServiceClient, via: Via): TelemetryCalls {
  return {
    listSamples: async (node) =>
      via.allPages(async (pageToken) => {
        const { nodes, nextPageToken } = await via.ask<object, ListSamplesResponse__Output>(
          (sent, options, answer) => telemetry.listSamples(sent, options, answer),
          { node, pageSize, pageToken },
        );
        return { items: nodes, next: nextPageToken };
      }),
    querySamples: async (request) =>
      via.ask<QuerySamplesRequest, QuerySamplesResponse__Output>(
        (sent, options, answer) => telemetry.querySamples(sent, options, answer),
        request,
      ),
  };
}

import type { AllocateRequest } from '../../shared/wire/generated/tangram/v1/AllocateRequest.ts';
import type { Allocation__Output } from '../../shared/wire/generated/tangram/v1/Allocation.ts';
import type { AllocationServiceClient } from '../../shared/wire/generated/tangram/v1/AllocationService.ts';
import type { ExplainAllocationResponse__Output } from '../../shared/wire/generated/tangram/v1/ExplainAllocationResponse.ts';
import type { ListAllocationsResponse__Output } from '../../shared/wire/generated/tangram/v1/ListAllocationsResponse.ts';
import type { WatchAllocationsResponse__Output } from '../../shared/wire/generated/tangram/v1/WatchAllocationsResponse.ts';
import type { Via } from './ask.ts';

/** What the command line asks about allocations. */
export interface AllocationCalls {
  /** Throws ALLOCATION_NO_ROOM, ALLOCATION_TAKEN. */
  allocate(request: AllocateRequest): Promise<Allocation__Output>;
  /** Throws ALLOCATION_UNKNOWN, as all that follow. */
  getAllocation(name: string): Promise<Allocation__Output>;
  /** All pages. */
  listAllocations(): Promise<readonly Allocation__Output[]>;
  /** `ttlSeconds` 0: as long as before. Throws ALLOCATION_OVER. */
  renewAllocation(name: string, ttlSeconds: number): Promise<Allocation__Output>;
  /** null: it is gone. */
  releaseAllocation(name: string): Promise<Allocation__Output | null>;
  explainAllocation(name: string): Promise<ExplainAllocationResponse__Output>;
  /** Ends when `signal` aborts. */
  watchAllocation(
    name: string,
    signal: AbortSignal,
  ): AsyncIterable<WatchAllocationsResponse__Output>;
}

type Answer = { readonly allocation: Allocation__Output | null };

const pageSize = 1_000;

export function allocationCalls(
  service: AllocationServiceClient,
  { ask, read, allPages }: Via,
): AllocationCalls {
  return {
    allocate: async (request) =>
      allocationIn(
        await ask<AllocateRequest, Answer>(
          (sent, options, answer) => service.allocate(sent, options, answer),
          request,
        ),
      ),
    getAllocation: async (name) =>
      allocationIn(
        await ask<object, Answer>(
          (sent, options, answer) => service.getAllocation(sent, options, answer),
          { name },
        ),
      ),
    listAllocations: async () =>
      allPages(async (pageToken) => {
        const page = await ask<object, ListAllocationsResponse__Output>(
          (sent, options, answer) => service.listAllocations(sent, options, answer),
          { pageSize, pageToken },
        );
        return { items: page.allocations, next: page.nextPageToken };
      }),
    renewAllocation: async (name, ttlSeconds) =>
      allocationIn(
        await ask<object, Answer>(
          (sent, options, answer) => service.renewAllocation(sent, options, answer),
          { name, ttlSeconds },
        ),
      ),
    releaseAllocation: async (name) => {
      const { allocation } = await ask<object, Answer>(
        (sent, options, answer) => service.releaseAllocation(sent, options, answer),
        { name },
      );
      return allocation;
    },
    explainAllocation: async (name) =>
      ask<object, ExplainAllocationResponse__Output>(
        (sent, options, answer) => service.explainAllocation(sent, options, answer),
        { name },
      ),
    watchAllocation: (name, signal) => read(service.watchAllocations({ name }), signal),
  };
}

function allocationIn({ allocation }: Answer): Allocation__Output {
  if (allocation === null) throw new Error('the answer holds no allocation');
  return allocation;
}

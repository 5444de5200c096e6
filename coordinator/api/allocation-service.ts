import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { decodeAllocation } from '../../shared/wire/allocation-codec.ts';
import { readMask } from '../../shared/wire/read-mask.ts';
import { allocationService } from '../../shared/wire/services.ts';
import { fieldError, problemError, unary } from '../../shared/wire/unary.ts';
import type { AllocateRequest__Output } from '../../shared/wire/generated/tangram/v1/AllocateRequest.ts';
import type { Allocation } from '../../shared/wire/generated/tangram/v1/Allocation.ts';
import type { AllocationServiceHandlers } from '../../shared/wire/generated/tangram/v1/AllocationService.ts';
import type { ReleaseAllocationRequest__Output } from '../../shared/wire/generated/tangram/v1/ReleaseAllocationRequest.ts';
import type { RenewAllocationRequest__Output } from '../../shared/wire/generated/tangram/v1/RenewAllocationRequest.ts';
import type { WatchAllocationsRequest__Output } from '../../shared/wire/generated/tangram/v1/WatchAllocationsRequest.ts';
import type { WatchAllocationsResponse } from '../../shared/wire/generated/tangram/v1/WatchAllocationsResponse.ts';
import { unknownAllocation } from '../fleet/allocate.ts';
import type { Allocations, AllocationEvent, AllocationView } from '../fleet/allocations.ts';
import {
  encodeAllocation,
  encodeAllocationEvent,
  encodeAllocationWhy,
} from './allocation-codec.ts';
import { mutation } from './mutation.ts';
import { allocationNameIn } from './names.ts';
import { pageOf } from './page-token.ts';
import { watchStream } from './watch-stream.ts';

export interface AllocationDeps {
  readonly core: { readonly allocations: Allocations };
  readonly onError: (error: unknown) => void;
}

const message = 'tangram.v1.Allocation';

/** The door for clients that start their own workloads. */
export function allocationHandlers(deps: AllocationDeps): AllocationServiceHandlers {
  return { ...allocationReads(deps), ...allocationChanges(deps) };
}

type Changes = 'Allocate' | 'RenewAllocation' | 'ReleaseAllocation';
type Reads = 'GetAllocation' | 'ListAllocations' | 'ExplainAllocation' | 'WatchAllocations';

function allocationChanges(deps: AllocationDeps): Pick<AllocationServiceHandlers, Changes> {
  const { allocations } = deps.core;
  return {
    Allocate: mutation(
      allocationService.Allocate,
      async (request: AllocateRequest__Output, once) => {
        const name = request.name === '' ? allocations.drawName() : request.name;
        const spec = decodeAllocation(request, name);
        if (!spec.ok) throw problemError(spec.problem);
        const waitMs = secondsIn('wait_seconds', request.waitSeconds);
        const { validateOnly } = request;
        const options = { waitMs, validateOnly, once: once(encode) };
        return encode(await allocations.allocate(spec.value, options));
      },
      deps,
    ),
    RenewAllocation: mutation(
      allocationService.RenewAllocation,
      async ({ name, ttlSeconds }: RenewAllocationRequest__Output, once) => {
        const ttlMs = secondsIn('ttl_seconds', ttlSeconds);
        const options = { ttlMs: ttlMs === 0 ? null : ttlMs, once: once(encode) };
        return encode(await allocations.renew(allocationNameIn(name), options));
      },
      deps,
    ),
    ReleaseAllocation: mutation(
      allocationService.ReleaseAllocation,
      async ({ name }: ReleaseAllocationRequest__Output, once) =>
        encodeLast(await allocations.release(allocationNameIn(name), { once: once(encodeLast) })),
      deps,
    ),
  };
}

function encode(view: AllocationView) {
  return { allocation: encodeAllocation(view) };
}

function encodeLast(view: AllocationView | null) {
  return view === null ? {} : encode(view);
}

function allocationReads({
  core: { allocations },
  onError,
}: AllocationDeps): Pick<AllocationServiceHandlers, Reads> {
  return {
    GetAllocation: unary(({ name, readMask: mask }) => {
      const masked = readMask<Allocation>(message, mask);
      const view = allocations.get(allocationNameIn(name));
      if (view === undefined) throw unknownAllocation(name);
      return { allocation: masked(encodeAllocation(view)) };
    }, onError),
    ListAllocations: unary((request) => {
      const masked = readMask<Allocation>(message, request.readMask);
      const page = pageOf('allocations', allocations.list(), ({ spec }) => spec.name, request);
      return {
        allocations: page.items.map((view) => masked(encodeAllocation(view))),
        nextPageToken: page.nextPageToken,
      };
    }, onError),
    ExplainAllocation: unary(({ name }) => {
      const found = allocations.explain(allocationNameIn(name));
      if (found === undefined) throw unknownAllocation(name);
      return encodeAllocationWhy(found);
    }, onError),
    WatchAllocations: watchAllocations(allocations, onError),
  };
}

function watchAllocations(
  allocations: Allocations,
  onError: (error: unknown) => void,
): handleServerStreamingCall<WatchAllocationsRequest__Output, WatchAllocationsResponse> {
  return watchStream(
    {
      message,
      field: 'allocation',
      watch: allocations.watch.bind(allocations),
      only: ({ name }: WatchAllocationsRequest__Output) =>
        name === '' ? null : allocationNameIn(name),
      nameOf,
      encode: encodeAllocationEvent,
    },
    onError,
  );
}

function nameOf(event: AllocationEvent): string | null {
  if (event.kind === 'allocation') return event.allocation.spec.name;
  return event.kind === 'deleted' ? event.name : null;
}

/** 64-bit numbers arrive as text. Throws REQUEST_INVALID. */
function secondsIn(path: string, text: string | number): number {
  const seconds = Number(text);
  if (Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= 1_000_000) return seconds * 1_000;
  throw fieldError(path, `${text} is out of range`, 'give whole seconds, or 0');
}

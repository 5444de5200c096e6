import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import type { MethodDefinition as TypedMethod } from '@grpc/proto-loader';
import type { AllocationServiceDefinition } from '../wire/generated/tangram/v1/AllocationService.ts';
import type { ChangeServiceDefinition } from '../wire/generated/tangram/v1/ChangeService.ts';
import type { ClusterServiceDefinition } from '../wire/generated/tangram/v1/ClusterService.ts';
import type { SchedulerServiceDefinition } from '../wire/generated/tangram/v1/SchedulerService.ts';
import type { WhatIfServiceDefinition } from '../wire/generated/tangram/v1/WhatIfService.ts';

export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal;
  /** For everything together, with all attempts. Default: 60 s. */
  readonly timeoutMs?: number;
}

/** The unary methods of a service as async functions; streams are methods of the client itself. */
export type CallsOf<Service> = {
  readonly [
    Name in keyof Service as Name extends `Watch${string}` ? never : Uncapitalize<Name & string>
  ]: Service[Name] extends TypedMethod<infer Request, infer _Answer, infer _Given, infer Response>
    ? (request: Request, options?: CallOptions) => Promise<Response>
    : never;
};

/** What a scheduler or a pipeline calls, by service. */
export interface Calls {
  readonly models: CallsOf<SchedulerServiceDefinition>;
  readonly allocations: CallsOf<AllocationServiceDefinition>;
  readonly changes: CallsOf<ChangeServiceDefinition>;
  readonly cluster: CallsOf<ClusterServiceDefinition>;
  readonly whatIf: CallsOf<WhatIfServiceDefinition>;
}

export type AnyMethod = MethodDefinition<object, object>;

/** A service's unary methods, each through `call`. */
export function callsOf(
  service: ServiceDefinition,
  call: (method: AnyMethod, request: object, options: CallOptions) => Promise<object>,
): object {
  const unary = Object.entries(service).filter(([, method]) => !method.responseStream);
  return Object.fromEntries(
    unary.map(([name, method]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      async (request: object, options: CallOptions = {}) => call(method, request, options),
    ]),
  );
}

/** Whether a call under an id of its own is done once, however often it is sent. */
export function takesRequestId(method: AnyMethod): boolean {
  const { requestType } = method as unknown as {
    readonly requestType?: { readonly type?: { readonly field?: readonly { name: string }[] } };
  };
  return requestType?.type?.field?.some(({ name }) => name === 'requestId') === true;
}

/** Questions may be asked again at any time. */
export function isQuestion(method: AnyMethod): boolean {
  return /\/(Get|List|Explain|Wait|Try|WhoAmI)[^/]*$/.test(method.path);
}

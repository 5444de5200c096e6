import { fromServiceError } from '../../../shared/wire/unary.ts';
import type { ApplyLayoutResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/ApplyLayoutResponse.ts';
import type { CardLayout__Output } from '../../../shared/wire/generated/tangram/agent/v1/CardLayout.ts';
import type { ExportLayoutRequest } from '../../../shared/wire/generated/tangram/agent/v1/ExportLayoutRequest.ts';
import type { ExportLayoutResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/ExportLayoutResponse.ts';
import type { GetLayoutsRequest } from '../../../shared/wire/generated/tangram/agent/v1/GetLayoutsRequest.ts';
import type { GetLayoutsResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/GetLayoutsResponse.ts';
import type { LayoutServiceClient } from '../../../shared/wire/generated/tangram/agent/v1/LayoutService.ts';
import type { PlanLayoutRequest } from '../../../shared/wire/generated/tangram/agent/v1/PlanLayoutRequest.ts';
import type { PlanLayoutResponse__Output } from '../../../shared/wire/generated/tangram/agent/v1/PlanLayoutResponse.ts';
import type { ServiceError } from '@grpc/grpc-js';
import { callUnary } from '../../../shared/wire/unary.ts';
import { numbers, type MakeOptions } from './calls.ts';

/** A document as it is sent: the agent reads it, so that both sides mean the same by it. */
export interface LayoutDocumentText {
  readonly document: string;
  readonly source: string;
  /** Empty: the only one. */
  readonly config: string;
  readonly interrupt: boolean;
}

export interface LayoutApi {
  cards(): Promise<readonly CardLayoutRecord[]>;
  /** Throws REQUEST_INVALID with every problem of the document. */
  plan(asked: LayoutDocumentText): Promise<LayoutPlanRecord>;
  /** Throws PLAN_STALE, GPU_REFUSED, GPU_BUSY. The change goes on when `signal` ends the watching. */
  apply(
    asked: LayoutDocumentText & { readonly planId: string; readonly stopDcgm: boolean },
    watch: (line: LayoutLineRecord) => void,
    signal: AbortSignal,
  ): Promise<void>;
  exported(): Promise<string>;
}

/** As the proto tells it, with numbers; memory in MiB, starts and sizes in placement units. */
export interface CardLayoutRecord extends Omit<
  CardLayout__Output,
  'layoutRevision' | 'lastChangeAtMs' | 'profiles' | 'instances'
> {
  readonly layoutRevision: number;
  readonly lastChangeAtMs: number;
  readonly profiles: readonly WithMemory<CardLayout__Output['profiles'][number]>[];
  readonly instances: readonly WithMemory<CardLayout__Output['instances'][number]>[];
}

type WithMemory<T> = Omit<T, 'memoryMib'> & { readonly memoryMib: number };

export type LayoutPlanRecord = PlanLayoutResponse__Output;
export type LayoutLineRecord = ApplyLayoutResponse__Output;

/** Listings of several cards are read one after the other, and a first call may have to initialise the driver. */
const readMsMax = 60_000;
/** Many cards, each with replicas that are asked to end first. */
const applyMsMax = 3_600_000;

export function createLayoutApi(client: LayoutServiceClient, options: MakeOptions): LayoutApi {
  return {
    cards: async () =>
      (
        await callUnary<GetLayoutsRequest, GetLayoutsResponse__Output>(
          (request, call, answer) => client.getLayouts(request, call, answer),
          {},
          options(readMsMax),
        )
      ).cards.map(cardRecord),
    plan: async (asked) =>
      callUnary<PlanLayoutRequest, PlanLayoutResponse__Output>(
        (request, call, answer) => client.planLayout(request, call, answer),
        asked,
        options(readMsMax),
      ),
    apply: async (asked, watch, signal) => {
      const { deadline, peer, away } = options(applyMsMax);
      const call = client.applyLayout(asked, { deadline });
      const cancel = (): void => call.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        await new Promise<void>((resolve, reject) => {
          call.on('data', watch);
          call.on('end', resolve);
          call.on('error', (error: ServiceError) => reject(fromServiceError(error, peer, away)));
        });
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
    exported: async () =>
      (
        await callUnary<ExportLayoutRequest, ExportLayoutResponse__Output>(
          (request, call, answer) => client.exportLayout(request, call, answer),
          {},
          options(readMsMax),
        )
      ).document,
  };
}

function cardRecord(card: CardLayout__Output): CardLayoutRecord {
  const { layoutRevision, lastChangeAtMs } = card;
  return {
    ...card,
    ...numbers({ layoutRevision, lastChangeAtMs }),
    profiles: card.profiles.map((each) => ({ ...each, memoryMib: Number(each.memoryMib) })),
    instances: card.instances.map((each) => ({ ...each, memoryMib: Number(each.memoryMib) })),
  };
}

// Original file: tangram/link/v1/link_service.proto

import type { SeriesTable as _tangram_link_v1_SeriesTable, SeriesTable__Output as _tangram_link_v1_SeriesTable__Output } from '../../../tangram/link/v1/SeriesTable.ts';
import type { SampleBatch as _tangram_link_v1_SampleBatch, SampleBatch__Output as _tangram_link_v1_SampleBatch__Output } from '../../../tangram/link/v1/SampleBatch.ts';

export interface TelemetryRequest {
  'series'?: (_tangram_link_v1_SeriesTable | null);
  'batch'?: (_tangram_link_v1_SampleBatch | null);
  'batches'?: (_tangram_link_v1_SampleBatch)[];
}

export interface TelemetryRequest__Output {
  'series': (_tangram_link_v1_SeriesTable__Output | null);
  'batch': (_tangram_link_v1_SampleBatch__Output | null);
  'batches': (_tangram_link_v1_SampleBatch__Output)[];
}

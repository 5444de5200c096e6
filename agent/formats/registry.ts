import { csvFormat } from './csv.ts';
import { dcgmDiagFormat } from './dcgm-diag.ts';
import { dcgmDmonFormat } from './dcgm-dmon.ts';
import { dcgmHierarchyFormat } from './dcgm-hierarchy.ts';
import {
  dcgmDiscoveryFormat,
  dcgmFieldsFormat,
  dcgmLinkStatesFormat,
  dcgmReplyFormat,
} from './dcgm-lists.ts';
import { dcgmTableFormat } from './dcgm-tables.ts';
import { errorTextFormat } from './error-texts.ts';
import { expositionFormat } from './exposition.ts';
import type { Format } from './format.ts';
import { gpuListFormat } from './gpu-list.ts';
import { kernelLogFormat } from './kernel-log.ts';
import { migChangesFormat } from './mig-changes.ts';
import { migComputeProfilesFormat } from './mig-compute-profiles.ts';
import { migComputeInstancesFormat, migGpuInstancesFormat } from './mig-instances.ts';
import { migPlacementsFormat } from './mig-placements.ts';
import { migProfilesFormat } from './mig-profiles.ts';
import { monitorFormat } from './monitor.ts';
import { mpsLogFormat } from './mps-log.ts';
import { mpsReplyFormat } from './mps-reply.ts';
import { nvlinkFormat } from './nvlink.ts';
import { queryTextFormat } from './query-text.ts';
import { grammarFormat } from './smi-dtd.ts';
import { helpFormat } from './smi-help.ts';
import { versionFormat } from './smi-version.ts';
import { tableFormat } from './table.ts';
import { topoFormat } from './topo.ts';
import { xmlFormat } from './xml.ts';

/**
 * Every format, the ones with the surest marks first: the first that recognises a text reads it. Those that can be
 * quoted inside others (refusals, kernel lines) come late, and rows without a head come last.
 */
export const formats: readonly Format[] = [
  grammarFormat,
  xmlFormat,
  queryTextFormat,
  tableFormat,
  mpsLogFormat,
  helpFormat,
  versionFormat,
  dcgmDiscoveryFormat,
  dcgmHierarchyFormat,
  dcgmLinkStatesFormat,
  dcgmFieldsFormat,
  dcgmDmonFormat,
  dcgmDiagFormat,
  dcgmTableFormat,
  expositionFormat,
  migGpuInstancesFormat,
  migComputeInstancesFormat,
  migProfilesFormat,
  migComputeProfilesFormat,
  migPlacementsFormat,
  migChangesFormat,
  monitorFormat,
  topoFormat,
  nvlinkFormat,
  gpuListFormat,
  errorTextFormat,
  mpsReplyFormat,
  dcgmReplyFormat,
  kernelLogFormat,
  csvFormat,
];

import { csvFormat } from './csv/csv.ts';
import { dcgmDiagFormat } from './dcgm/dcgm-diag.ts';
import { dcgmDmonFormat } from './dcgm/dcgm-dmon.ts';
import { dcgmHierarchyFormat } from './dcgm/dcgm-hierarchy.ts';
import {
  dcgmDiscoveryFormat,
  dcgmFieldsFormat,
  dcgmLinkStatesFormat,
  dcgmReplyFormat,
} from './dcgm/dcgm-lists.ts';
import { dcgmTableFormat } from './dcgm/dcgm-tables.ts';
import { errorTextFormat } from './refusals/error-texts.ts';
import { expositionFormat } from './dcgm/exposition.ts';
import type { Format } from './format.ts';
import { gpuListFormat } from './listings/gpu-list.ts';
import { kernelLogFormat } from './kernel/kernel-log.ts';
import { migChangesFormat } from './mig/mig-changes.ts';
import { migComputeProfilesFormat } from './mig/mig-compute-profiles.ts';
import { migComputeInstancesFormat, migGpuInstancesFormat } from './mig/mig-instances.ts';
import { migPlacementsFormat } from './mig/mig-placements.ts';
import { migProfilesFormat } from './mig/mig-profiles.ts';
import { monitorFormat } from './listings/monitor.ts';
import { mpsLogFormat } from './mps/mps-log.ts';
import { mpsReplyFormat } from './mps/mps-reply.ts';
import { nvlinkFormat } from './listings/nvlink.ts';
import { queryTextFormat } from './report/query-text.ts';
import { grammarFormat } from './listings/smi-dtd.ts';
import { helpFormat } from './listings/smi-help.ts';
import { versionFormat } from './listings/smi-version.ts';
import { tableFormat } from './table/table.ts';
import { topoFormat } from './listings/topo.ts';
import { xmlFormat } from './report/xml.ts';

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

import type { Dialect } from './dialect.ts';
import { appFields } from './app-fields.ts';
import { fieldTitle, gpuFieldsOf } from './query-fields.ts';

/** `--help-query-gpu` and `--help-query-compute-apps`: quoted names first, as callers probe for them. */
export function renderQueryHelp(
  topic: 'gpu' | 'compute-apps',
  dialect: Dialect,
): readonly string[] {
  const fields = topic === 'gpu' ? gpuFieldsOf(dialect) : appFields;
  return [
    `List of valid properties to query for the switch "--query-${topic}":`,
    '',
    ...fields.flatMap((each) => [
      [fieldTitle(each.name, dialect), ...each.aliases].map((name) => `"${name}"`).join(' or '),
      `${each.help.charAt(0).toUpperCase()}${each.help.slice(1)}.`,
      '',
    ]),
  ];
}

export function renderVersion(dialect: Dialect): readonly string[] {
  return [
    `NVIDIA-SMI version  : ${dialect.driverVersion}`,
    `NVML version        : ${dialect.nvmlVersion}`,
    `DRIVER version      : ${dialect.driverVersion}`,
    `CUDA Version        : ${dialect.cudaVersion}`,
  ];
}

export function renderHelp(dialect: Dialect): readonly string[] {
  return [
    `NVIDIA System Management Interface -- v${dialect.driverVersion} (simulated)`,
    '',
    'nvidia-smi [OPTION1 [ARG1]] [OPTION2 [ARG2]] ...',
    '',
    '  -L | -q [-x] [-d WORDS] | --query-gpu=FIELDS | --query-compute-apps=FIELDS',
    '       --format=csv[,noheader][,nounits]   -i CARDS   -l SEC | -lms MS   -f FILE',
    '  --help-query-gpu | --help-query-compute-apps | --version',
    '  -mig 0|1   -pm 0|1   -c MODE   -r      change the selected cards',
    '  mig -h                                 cut and list MIG instances',
    '  -pl WATTS                              power limit of the selected cards',
    '  topo -m | nvlink -s|-c|-e              how the cards are joined',
    '  dmon | pmon [-d SEC] [-c N] [-s LETTERS] [-o DT]',
    '',
    'of the simulator alone, before all others:',
    '  --sim-state DIR                        where the cards live (or TANGRAM_SIM_STATE)',
    '  --sim-init 2xA100-40GB,L40S [--sim-driver 550.163.01]',
    '  --sim-fault none|FAULT,...             how it misbehaves from now on: see agent/simulator/README.md',
    '  --sim-step-ms MS                       how long each change to a card takes',
    '  --sim-reboot                           what a reboot of the host would leave',
  ];
}

export function renderMigHelp(): readonly string[] {
  return [
    '',
    '    mig -- Multi Instance GPU management.',
    '',
    '    Usage: nvidia-smi mig [options]',
    '',
    '    [-i | --id], [-gi | --gpu-instance-id], [-ci | --compute-instance-id]: restrict to these.',
    '    [-lgip | --list-gpu-instance-profiles], [-lgipp | --list-gpu-instance-possible-placements]',
    '    [-cgi | --create-gpu-instance] PROFILE[:START],... [-C | --default-compute-instance]',
    '    [-lgi | --list-gpu-instances], [-dgi | --destroy-gpu-instance]',
    '    [-lcip | --list-compute-instance-profiles]',
    '    [-lcipp | --list-compute-instance-possible-placements]',
    '    [-cci | --create-compute-instance] [PROFILE,...]',
    '    [-lci | --list-compute-instances], [-dci | --destroy-compute-instance]',
    '',
  ];
}

import type { FormatKind } from '../../agent/formats/format.ts';

/** A small output in the form of a tool, written by hand: no machine printed it. */
export interface Sample {
  readonly kind: FormatKind;
  /** As it might be named in a bug report; the name alone tells the kind of what has no mark. */
  readonly file: string;
  readonly text: string;
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
const uuid = 'GPU-1a2b3c4d-0000-1111-2222-333344445555';

/** At least one of every kind. */
export const samples: readonly Sample[] = [
  {
    kind: 'errors',
    file: 'no-driver.txt',
    text: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n",
  },
  {
    kind: 'errors',
    file: 'settings.txt',
    text: lines(
      'Persistence mode is already Enabled for GPU 00000000:07:00.0.',
      'Set compute mode to EXCLUSIVE_PROCESS for GPU 00000000:07:00.0.',
      'Power limit for GPU 00000000:07:00.0 was set to 300.00 W from 400.00 W.',
      'GPU 00000000:07:00.0 was successfully reset.',
      'All done.',
    ),
  },
  {
    kind: 'xml',
    file: 'q-x.xml',
    text: lines(
      '<?xml version="1.0" ?>',
      '<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">',
      '<nvidia_smi_log>',
      '  <timestamp>Sun Nov 22 08:27:36 2026</timestamp>',
      '  <driver_version>550.90.07</driver_version>',
      '  <cuda_version>12.4</cuda_version>',
      '  <attached_gpus>1</attached_gpus>',
      '  <gpu id="00000000:07:00.0">',
      '    <product_name>NVIDIA A100-SXM4-40GB</product_name>',
      `    <uuid>${uuid}</uuid>`,
      '    <fb_memory_usage><total>40960 MiB</total><used>3 MiB</used><free>N/A</free></fb_memory_usage>',
      '    <utilization><gpu_util>N/A</gpu_util></utilization>',
      '    <gpu_power_readings><instant_power_draw>57.12 W</instant_power_draw></gpu_power_readings>',
      '    <processes><process_info><pid>4711</pid><type>M+C</type><process_name>a &amp; b</process_name><used_memory>1024 MiB</used_memory></process_info></processes>',
      '  </gpu>',
      '</nvidia_smi_log>',
    ),
  },
  {
    kind: 'smi-q',
    file: 'q.txt',
    text: lines(
      '',
      '==============NVSMI LOG==============',
      '',
      'Timestamp                                 : Sun Nov 22 08:27:36 2026',
      'Driver Version                            : 535.104.05',
      'CUDA Version                              : 12.2',
      '',
      'Attached GPUs                             : 1',
      'GPU 00000000:07:00.0',
      '    Product Name                          : NVIDIA A100-SXM4-40GB',
      `    GPU UUID                              : ${uuid}`,
      '    FB Memory Usage',
      '        Total                             : 40960 MiB',
      '        Used                              : 3 MiB',
      '    Processes                             : None',
    ),
  },
  {
    kind: 'smi-table',
    file: 'table.txt',
    text: lines(
      'Sun Nov 22 08:27:36 2026       ',
      '+-----------------------------------------------------------------------------+',
      '| NVIDIA-SMI 525.105.17   Driver Version: 525.105.17   CUDA Version: 12.0     |',
      '|-------------------------------+----------------------+----------------------+',
      '| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |',
      '| Fan  Temp  Perf  Pwr:Usage/Cap|         Memory-Usage | GPU-Util  Compute M. |',
      '|                               |                      |               MIG M. |',
      '|===============================+======================+======================|',
      '|   0  NVIDIA A100-SXM...  On   | 00000000:07:00.0 Off |                    0 |',
      '| N/A   33C    P0    57W / 400W |      3MiB / 40960MiB |      0%      Default |',
      '|                               |                      |             Disabled |',
      '+-------------------------------+----------------------+----------------------+',
      '                                                                               ',
      '+-----------------------------------------------------------------------------+',
      '| Processes:                                                                  |',
      '|  GPU   GI   CI        PID   Type   Process name                  GPU Memory |',
      '|        ID   ID                                                   Usage      |',
      '|=============================================================================|',
      '|  No running processes found                                                 |',
      '+-----------------------------------------------------------------------------+',
    ),
  },
  {
    kind: 'smi-list',
    file: 'L.txt',
    text: lines(
      `GPU 0: NVIDIA A100-SXM4-40GB (UUID: ${uuid})`,
      '  MIG 3g.20gb     Device  0: (UUID: MIG-c7384736-a75d-5afc-978f-d2f1294409fd)',
    ),
  },
  {
    kind: 'smi-csv',
    file: 'query-gpu.csv',
    text: lines(
      'index, uuid, name, utilization.gpu [%], memory.used [MiB], power.draw [W]',
      `0, ${uuid}, NVIDIA A100-SXM4-40GB, 0 %, 3 MiB, 57.12 W`,
      `1, ${uuid}, NVIDIA A100-SXM4-40GB, [GPU is lost], [GPU is lost], [N/A]`,
    ),
  },
  {
    kind: 'mig',
    file: 'mig-lgi.txt',
    text: lines(
      '+-------------------------------------------------------+',
      '| GPU instances:                                        |',
      '| GPU   Name             Profile  Instance   Placement  |',
      '|                          ID       ID       Start:Size |',
      '|=======================================================|',
      '|   0  MIG 1g.5gb          19       13          6:1     |',
      '+-------------------------------------------------------+',
    ),
  },
  {
    kind: 'mig',
    file: 'mig-cgi.txt',
    text: lines(
      'Successfully created GPU instance ID 13 on GPU  0 using profile MIG 1g.5gb (ID 19)',
      'Unable to create a GPU instance on GPU  0 using profile 9: Insufficient Resources',
      'Failed to create GPU instances: Insufficient Resources',
    ),
  },
  {
    kind: 'topo',
    file: 'topo-m.txt',
    text: lines(
      '\t\u001b[4mGPU0\tGPU1\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\u001b[0m',
      'GPU0\t X \tNV12\t0-31\t0\t\tN/A',
      'GPU1\tNV12\t X \t32-63\t1\t\tN/A',
    ),
  },
  {
    kind: 'nvlink',
    file: 'nvlink-s.txt',
    text: lines(
      `GPU 0: NVIDIA A100-SXM4-40GB (UUID: ${uuid})`,
      '\t Link 0: 25 GB/s',
      '\t Link 1: <inactive>',
    ),
  },
  {
    kind: 'dmon-pmon',
    file: 'dmon.txt',
    text: lines(
      '# gpu    pwr  gtemp  mtemp     sm    mem    enc    dec    jpg    ofa   mclk   pclk ',
      '# Idx      W      C      C      %      %      %      %      %      %    MHz    MHz ',
      '    0     36     40      -      0     10      0      0      0      0    405    300 ',
    ),
  },
  {
    kind: 'dcgm',
    file: 'dcgmi-dmon.txt',
    text: lines(
      '#Entity   GRACT        SMACT        DRAMA        ',
      'ID                                               ',
      'GPU 0     N/A          N/A          N/A          ',
      'GPU-I 3   0.125        0.100        0.050        ',
      'GPU-CI 2  0.125        0.100        9223372036854775794 ',
    ),
  },
  {
    kind: 'dcgm',
    file: 'dcgmi-diag.txt',
    text: lines(
      'Successfully ran diagnostic for group.',
      '+---------------------------+------------------------------------------------+',
      '| Diagnostic                | Result                                         |',
      '+===========================+================================================+',
      '|-----  Deployment  --------+------------------------------------------------|',
      '| Denylist                  | Pass                                           |',
      '| Persistence Mode          | Fail                                           |',
      '| Error                     | Persistence mode for GPU 0 is currently disab  |',
      '|                           | led.                                           |',
      '+-----  Hardware  ----------+------------------------------------------------+',
      '| GPU Memory                | Skip - All                                     |',
      '+---------------------------+------------------------------------------------+',
    ),
  },
  {
    kind: 'dcgm',
    file: 'dcgmi-diag.json',
    text: `${JSON.stringify({
      'DCGM Diagnostic': {
        test_categories: [
          {
            category: 'Hardware',
            tests: [
              {
                name: 'memory',
                results: [
                  {
                    entity_group: 'GPU',
                    entity_id: 1,
                    status: 'Fail',
                    warnings: [
                      { warning: 'bad row', error_id: 22, error_category: 5, error_severity: 2 },
                    ],
                  },
                ],
                test_summary: { status: 'Fail' },
              },
            ],
          },
        ],
        metadata: { version: '4.2.3', 'Driver Version Detected': '570.00.00' },
      },
    })}\n`,
  },
  {
    kind: 'dcgm-exporter',
    file: 'scrape.prom',
    text: lines(
      '# HELP DCGM_FI_DEV_FB_USED Framebuffer memory used (in MiB).',
      '# TYPE DCGM_FI_DEV_FB_USED gauge',
      `DCGM_FI_DEV_FB_USED{gpu="0",UUID="${uuid}",modelName="NVIDIA A100 \\"x\\"",GPU_I_PROFILE="1g.5gb",GPU_I_ID="13"} 6 1700000000000`,
      'DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-2"} NaN',
    ),
  },
  { kind: 'mps', file: 'mps-percent.txt', text: '40.0\n' },
  { kind: 'mps', file: 'mps-refused.txt', text: 'Server 123 not found\n' },
  {
    kind: 'mps',
    file: 'control.log',
    text: lines(
      '[2026-11-22 08:27:44.078 Control 25746] Starting control daemon using socket /tmp/p/control',
      '[2026-11-22 08:27:44.801 Control 25746] Cmd:set_default_active_thread_percentage 400',
      '[2026-11-22 08:27:44.801 Control 25746] Invalid percentage, expected between (0.0, 100.0]',
      '[2026-11-22 08:27:45.000 Control 25746] NEW CLIENT 11 from user 1000: Server is not ready, push client to pending list',
      '[2026-11-22 08:27:45.001 Control    12] Starting new server 12 for user 1000',
      '[2026-11-22 08:27:45.100 Server     12] MPS Server: Server encountered a fatal exception. Shutting down',
      '[2026-11-22 08:27:45.200 Control 25746] Server 12 exited with status 1',
    ),
  },
  {
    kind: 'kmsg',
    file: 'dmesg.txt',
    text: lines(
      '[   12.345678] usb 1-1: new device',
      "[  101.000001] NVRM: Xid (PCI:0000:9b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
      '3,1,206764307,-;NVRM: Xid (PCI:0018:01:00): 149, pid=7, name=ray::W, NETIR_LINK_EVT  Fatal   XC0 i0 Link -1 (0x004505c6 0x00000000)',
      'kern  :err   : [  102.5] NVRM: Xid (PCI:0000:9b:00): 154, GPU recovery action changed from 0x0 (None) to 0x4 (Drain and Reset)',
      '[  103.000000] nvidia-nvswitch1: SXid (PCI:0000:06:00.0): 20034, Fatal, Link 48 LTSSM Fault Up',
    ),
  },
  {
    kind: 'smi-version',
    file: 'version.txt',
    text: lines(
      'NVIDIA-SMI version  : 610.57.04',
      'NVML version        : 610.57',
      'DRIVER version      : Deprecated, see "KMD version" instead',
      'KMD version         : 610.57.04',
      'CUDA UMD version    : 13.3',
    ),
  },
  {
    kind: 'smi-help',
    file: 'help-query-gpu.txt',
    text: lines(
      'List of valid properties to query for the switch "--query-gpu":',
      '',
      '"name" or "gpu_name"',
      'The official product name of the GPU.',
      '',
      '"pci.bus_id" or "gpu_bus_id"',
      'PCI bus id as "domain:bus:device.function", in hex.',
    ),
  },
  {
    kind: 'dtd',
    file: 'device.dtd',
    text: lines(
      '<!-- nvsmi_device_v12.dtd -->',
      '<!ELEMENT nvidia_smi_log (timestamp, gpu*)>',
      '<!ELEMENT timestamp (#PCDATA)>',
    ),
  },
];

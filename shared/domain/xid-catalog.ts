import type { HealthAction, HealthScope } from './card-health.ts';

/** One Xid: what NVIDIA says of it, and what we do about it unless configuration says otherwise. */
export interface XidRow {
  readonly code: number;
  /** The driver's own name. */
  readonly name: string;
  /** null: NVIDIA calls it unused. Older cards and drivers still print some of these. */
  readonly description: string | null;
  /** NVIDIA's immediate action, in its words; null: none is published. */
  readonly immediate: string | null;
  /** NVIDIA's next action, in its words; null: none is published. */
  readonly later: string | null;
  readonly action: HealthAction;
  /** The most that it can be about. An event that names a GPU instance narrows `process` and `slice` to it. */
  readonly scope: HealthScope;
}

type Row = readonly [
  number,
  string,
  string | null,
  string | null,
  string | null,
  HealthAction,
  HealthScope,
];

/**
 * NVIDIA's catalogue of 2025-10 (docs.nvidia.com/deploy/xid-errors, "Analyzing Xid errors"): the first five columns.
 * The last two are ours. They follow NVIDIA's immediate action, with these differences:
 * - 43, 44 stopped one job and not the card, 45 follows another fault: NVIDIA says "ignore", we tell who was hit;
 * - 63 (a row to be remapped) is mended by the next reset, so the card is reset when it is idle;
 * - 94 is contained: its job fails. That the card wants a reset is told by 63 and by the pending remap itself;
 * - 48 is a double-bit error whose companions (63, 64, 94, 95) say how bad it is: see `judge`;
 * - 144–150 count as told when fatal, and are watched when not;
 * - 154 says what the driver itself wants;
 * - what has no action (162–172) or is called unused is watched, never a reason to take a card away.
 */
// prettier-ignore
const rows: readonly Row[] = [
  [1, 'ROBUST_CHANNEL_FIFO_ERROR_FIFO_METHOD', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [2, 'ROBUST_CHANNEL_FIFO_ERROR_SW_METHOD', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [3, 'ROBUST_CHANNEL_FIFO_ERROR_UNK_METHOD', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [4, 'ROBUST_CHANNEL_FIFO_ERROR_CHANNEL_BUSY', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [5, 'ROBUST_CHANNEL_FIFO_ERROR_RUNOUT_OVERFLOW', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [6, 'ROBUST_CHANNEL_FIFO_ERROR_PARSE_ERR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [7, 'ROBUST_CHANNEL_FIFO_ERROR_PTE_ERR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [8, 'ROBUST_CHANNEL_FIFO_ERROR_IDLE_TIMEOUT', 'GPU stopped processing', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [9, 'ROBUST_CHANNEL_GR_ERROR_INSTANCE', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [10, 'ROBUST_CHANNEL_GR_ERROR_SINGLE_STEP', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [11, 'ROBUST_CHANNEL_GR_ERROR_MISSING_HW', 'Invalid or corrupted push buffer stream', 'RESTART_APP', 'CHECK_APP/CUDA', 'restart-app', 'process'],
  [12, 'ROBUST_CHANNEL_GR_ERROR_SW_METHOD', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [13, 'ROBUST_CHANNEL_GR_EXCEPTION / ROBUST_CHANNEL_GR_ERROR_SW_NOTIFY', 'Graphics Engine Exception', 'RESTART_APP', 'WORKFLOW_XID_13', 'restart-app', 'process'],
  [14, 'ROBUST_CHANNEL_FAKE_ERROR', null, 'IGNORE', 'CONTACT_SUPPORT', 'ignore', 'card'],
  [15, 'ROBUST_CHANNEL_SCANLINE_TIMEOUT', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [16, 'ROBUST_CHANNEL_VBLANK_CALLBACK_TIMEOUT', null, 'CONTACT_SUPPORT', 'CONTACT_SUPPORT', 'watch', 'card'],
  [17, 'ROBUST_CHANNEL_PARAMETER_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [18, 'ROBUST_CHANNEL_BUS_MASTER_TIMEOUT_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [19, 'ROBUST_CHANNEL_DISP_MISSED_NOTIFIER', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [20, 'ROBUST_CHANNEL_MPEG_ERROR_SW_METHOD', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [21, 'ROBUST_CHANNEL_ME_ERROR_SW_METHOD', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [22, 'ROBUST_CHANNEL_VP_ERROR_SW_METHOD', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [23, 'ROBUST_CHANNEL_RC_LOGGING_ENABLED', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [24, 'ROBUST_CHANNEL_GR_SEMAPHORE_TIMEOUT', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [25, 'ROBUST_CHANNEL_GR_ILLEGAL_NOTIFY', 'Invalid or illegal push buffer stream', 'RESTART_APP', 'CHECK_APP/CUDA', 'restart-app', 'process'],
  [26, 'ROBUST_CHANNEL_FIFO_ERROR_FBISTATE_TIMEOUT', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [27, 'ROBUST_CHANNEL_VP_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [28, 'ROBUST_CHANNEL_VP2_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [29, 'ROBUST_CHANNEL_BSP_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [30, 'ROBUST_CHANNEL_BAD_ADDR_ACCESS', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [31, 'ROBUST_CHANNEL_FIFO_ERROR_MMU_ERR_FLT', 'GPU memory page fault', 'RESTART_APP', 'WORKFLOW_XID_31', 'restart-app', 'process'],
  [32, 'ROBUST_CHANNEL_PBDMA_ERROR', 'Invalid or corrupted push buffer stream', 'RESTART_APP', 'CHECK_APP/CUDA', 'restart-app', 'process'],
  [33, 'ROBUST_CHANNEL_SEC_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [34, 'ROBUST_CHANNEL_MSVLD_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [35, 'ROBUST_CHANNEL_MSPDEC_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [36, 'ROBUST_CHANNEL_MSPPP_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [37, 'ROBUST_CHANNEL_FECS_ERR_UNIMP_FIRMWARE_METHOD', 'Driver firmware error', 'IGNORE', 'CHECK_APP/CUDA', 'record', 'process'],
  [38, 'ROBUST_CHANNEL_FECS_ERR_WATCHDOG_TIMEOUT', 'Driver firmware error', 'IGNORE', 'CONTACT_SUPPORT', 'record', 'card'],
  [39, 'ROBUST_CHANNEL_CE0_ERROR', 'Copy Engine Exception', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [40, 'ROBUST_CHANNEL_CE1_ERROR', 'Copy Engine Exception', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [41, 'ROBUST_CHANNEL_CE2_ERROR', 'Copy Engine Exception', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [42, 'ROBUST_CHANNEL_VIC_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [43, 'ROBUST_CHANNEL_RESETCHANNEL_VERIF_ERROR', 'GPU stopped processing', 'IGNORE', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [44, 'ROBUST_CHANNEL_GR_FAULT_DURING_CTXSW', 'Graphics Engine fault during context switch', 'IGNORE', 'CONTACT_SUPPORT', 'restart-app', 'slice'],
  [45, 'ROBUST_CHANNEL_PREEMPTIVE_REMOVAL', 'Preemptive cleanup, due to previous errors -- Most likely to see when running multiple cuda applications and hitting a DBE', 'WORKFLOW_XID_45', 'Solo: RESTART_FM Not Solo: IGNORE (follow other Xid)', 'record', 'process'],
  [46, 'ROBUST_CHANNEL_GPU_TIMEOUT_ERROR', 'GPU stopped processing', 'RESET_GPU', 'CONTACT_SUPPORT', 'drain-reset', 'card'],
  [47, 'ROBUST_CHANNEL_NVENC0_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [48, 'ROBUST_CHANNEL_GPU_ECC_DBE', 'Double Bit ECC Error', 'WORKFLOW_XID_48', 'WORKFLOW_XID_48', 'drain-reset', 'card'],
  [49, 'SILENT_RUNNING_CONSTANT_LEVEL_SET_BY_REGISTRY', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [50, 'SILENT_RUNNING_LEVEL_TRANSITION_DUE_TO_RC_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [51, 'SILENT_RUNNING_STRESS_TEST_FAILURE', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [52, 'SILENT_RUNNING_LEVEL_TRANS_DUE_TO_TEMP_RISE', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [53, 'SILENT_RUNNING_TEMP_REDUCED_CLOCKING', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [54, 'SILENT_RUNNING_PWR_REDUCED_CLOCKING', 'Auxiliary power is not connected to the GPU board', 'CHECK_MECHANICALS', 'CONTACT_SUPPORT', 'watch', 'card'],
  [55, 'SILENT_RUNNING_TEMPERATURE_READ_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [56, 'DISPLAY_CHANNEL_EXCEPTION', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [57, 'FB_LINK_TRAINING_FAILURE_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [58, 'FB_MEMORY_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [59, 'PMU_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [60, 'ROBUST_CHANNEL_SEC2_ERROR', 'Video processor exception', 'RESTART_APP', 'INVESTIGATE_SW', 'restart-app', 'process'],
  [61, 'PMU_BREAKPOINT', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [62, 'PMU_HALT_ERROR', 'Internal micro-controller halt (newer drivers)', 'RESET_GPU', 'CONTACT_SUPPORT', 'drain-reset', 'card'],
  [63, 'INFOROM_DRAM_RETIREMENT_EVENT', 'GPU memory remapping event', 'IGNORE', 'IGNORE', 'reset-when-idle', 'card'],
  [64, 'INFOROM_DRAM_RETIREMENT_FAILURE', 'GPU memory remapping failure', 'RESET_GPU', 'CONTACT_SUPPORT', 'drain-reset', 'card'],
  [65, 'ROBUST_CHANNEL_NVENC1_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [66, 'ROBUST_CHANNEL_FECS_ERR_REG_ACCESS_VIOLATION', 'Illegal access by driver', 'IGNORE', 'INVESTIGATE_SW', 'record', 'card'],
  [67, 'ROBUST_CHANNEL_FECS_ERR_VERIF_VIOLATION', 'Illegal access by driver', 'IGNORE', 'CONTACT_SUPPORT', 'record', 'card'],
  [68, 'ROBUST_CHANNEL_NVDEC0_ERROR', 'NVDEC0 Exception', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [69, 'ROBUST_CHANNEL_GR_CLASS_ERROR', 'Graphics Engine class error', 'RESTART_APP', 'CHECK_APP/CUDA', 'restart-app', 'process'],
  [70, 'ROBUST_CHANNEL_CE3_ERROR', 'CE3: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [71, 'ROBUST_CHANNEL_CE4_ERROR', 'CE4: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [72, 'ROBUST_CHANNEL_CE5_ERROR', 'CE5: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [73, 'ROBUST_CHANNEL_NVENC2_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [74, 'NVLINK_ERROR', 'NVLINK Error', 'WORKFLOW_NVLINK_ERR', 'CONTACT_SUPPORT', 'drain-reset', 'link'],
  [75, 'ROBUST_CHANNEL_CE6_ERROR', 'CE6: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [76, 'ROBUST_CHANNEL_CE7_ERROR', 'CE7: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [77, 'ROBUST_CHANNEL_CE8_ERROR', 'CE8: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [78, 'VGPU_START_ERROR', 'vGPU Start Error', 'UPDATE_SWFW', 'UPDATE_SWFW', 'watch', 'node'],
  [79, 'ROBUST_CHANNEL_GPU_HAS_FALLEN_OFF_THE_BUS', 'GPU has fallen off the bus', 'RESTART_BM', 'CONTACT_SUPPORT', 'drain-power-cycle', 'card'],
  [80, 'PBDMA_PUSHBUFFER_CRC_MISMATCH', 'Corrupted data sent to GPU', 'RESTART_APP', 'CHECK_APP/CUDA', 'restart-app', 'process'],
  [81, 'ROBUST_CHANNEL_VGA_SUBSYSTEM_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [82, 'ROBUST_CHANNEL_NVJPG0_ERROR', 'NVJPG0 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [83, 'ROBUST_CHANNEL_NVDEC1_ERROR', 'NVDEC1 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [84, 'ROBUST_CHANNEL_NVDEC2_ERROR', 'NVDEC2 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [85, 'ROBUST_CHANNEL_CE9_ERROR', 'CE9: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [86, 'ROBUST_CHANNEL_OFA0_ERROR', 'OFA Exception', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [87, 'NVTELEMETRY_DRIVER_REPORT', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [88, 'ROBUST_CHANNEL_NVDEC3_ERROR', 'NVDEC3 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [89, 'ROBUST_CHANNEL_NVDEC4_ERROR', 'NVDEC4 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [90, 'LTC_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [91, 'RESERVED_XID', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [92, 'EXCESSIVE_SBE_INTERRUPTS', 'High single-bit ECC error rate', 'IGNORE', 'CONTACT_SUPPORT', 'watch', 'card'],
  [93, 'INFOROM_ERASE_LIMIT_EXCEEDED', 'Non-fatal violation of provisioned InfoROM wear limit', 'IGNORE', 'CONTACT_SUPPORT', 'record', 'card'],
  [94, 'ROBUST_CHANNEL_CONTAINED_ERROR', 'Contained memory error', 'RESTART_APP', 'IGNORE (sympathetic)', 'restart-app', 'slice'],
  [95, 'ROBUST_CHANNEL_UNCONTAINED_ERROR', 'Uncontained memory error', 'RESET_GPU', 'IGNORE (sympathetic)', 'drain-reset', 'card'],
  [96, 'ROBUST_CHANNEL_NVDEC5_ERROR', 'NVDEC5 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [97, 'ROBUST_CHANNEL_NVDEC6_ERROR', 'NVDEC6 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [98, 'ROBUST_CHANNEL_NVDEC7_ERROR', 'NVDEC7 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [99, 'ROBUST_CHANNEL_NVJPG1_ERROR', 'NVJPG1 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [100, 'ROBUST_CHANNEL_NVJPG2_ERROR', 'NVJPG2 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [101, 'ROBUST_CHANNEL_NVJPG3_ERROR', 'NVJPG3 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [102, 'ROBUST_CHANNEL_NVJPG4_ERROR', 'NVJPG4 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [103, 'ROBUST_CHANNEL_NVJPG5_ERROR', 'NVJPG5 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [104, 'ROBUST_CHANNEL_NVJPG6_ERROR', 'NVJPG6 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [105, 'ROBUST_CHANNEL_NVJPG7_ERROR', 'NVJPG7 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [106, 'SMBPBI_TEST_MESSAGE', 'SMBPBI Test Message', 'IGNORE', 'IGNORE', 'ignore', 'card'],
  [107, 'SMBPBI_TEST_MESSAGE_SILENT', 'SMBPBI Test Message Silent', 'IGNORE', 'IGNORE', 'ignore', 'card'],
  [108, 'NVLINK_REMOTE_TRANSLATION_ERROR', null, 'IGNORE', 'XID_137_FLOW', 'record', 'link'],
  [109, 'ROBUST_CHANNEL_CTXSW_TIMEOUT_ERROR', 'Context Switch Timeout Error', 'RESET_GPU', 'CONTACT_SUPPORT', 'drain-reset', 'slice'],
  [110, 'SEC_FAULT_ERROR', 'Security Fault Error', 'RESET_GPU', 'INVESTIGATE_SW', 'drain-reset', 'card'],
  [111, 'BUNDLE_ERROR_EVENT', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [112, 'DISP_SUPERVISOR_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [113, 'DP_LT_FAILURE', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [114, 'HEAD_RG_UNDERFLOW', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [115, 'CORE_CHANNEL_REGS', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [116, 'WINDOW_CHANNEL_REGS', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [117, 'CURSOR_CHANNEL_REGS', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [118, 'HEAD_REGS', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [119, 'GSP_RPC_TIMEOUT', 'GSP RPC Timeout', 'RESET_GPU', 'INVESTIGATE_SW', 'drain-reset', 'card'],
  [120, 'GSP_ERROR', 'GSP Error', 'RESET_GPU', 'INVESTIGATE_SW', 'drain-reset', 'card'],
  [121, 'C2C_ERROR', 'C2C Error', 'IGNORE', 'CONTACT_SUPPORT', 'record', 'link'],
  [122, 'SPI_PMU_RPC_READ_FAIL', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [123, 'SPI_PMU_RPC_WRITE_FAIL', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [124, 'SPI_PMU_RPC_ERASE_FAIL', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [125, 'INFOROM_FS_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [126, 'ROBUST_CHANNEL_CE10_ERROR', 'CE10: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [127, 'ROBUST_CHANNEL_CE11_ERROR', 'CE11: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [128, 'ROBUST_CHANNEL_CE12_ERROR', 'CE12: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [129, 'ROBUST_CHANNEL_CE13_ERROR', 'CE13: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [130, 'ROBUST_CHANNEL_CE14_ERROR', 'CE14: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [131, 'ROBUST_CHANNEL_CE15_ERROR', 'CE15: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [132, 'ROBUST_CHANNEL_CE16_ERROR', 'CE16: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [133, 'ROBUST_CHANNEL_CE17_ERROR', 'CE17: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [134, 'ROBUST_CHANNEL_CE18_ERROR', 'CE18: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [135, 'ROBUST_CHANNEL_CE19_ERROR', 'CE19: Unknown Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [136, 'ALI_TRAINING_FAIL', 'Link Training Failed', 'RESET_GPU', 'INVESTIGATE_LINK_SI', 'drain-reset', 'link'],
  [137, 'NVLINK_PRIV_ERR', 'NVLink Privilege Error', 'IGNORE', 'XID_137_FLOW', 'record', 'link'],
  [138, 'ROBUST_CHANNEL_DLA_ERROR', null, 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [139, 'ROBUST_CHANNEL_OFA1_ERROR', 'OFA1 Error', 'RESTART_APP', 'CONTACT_SUPPORT', 'restart-app', 'process'],
  [140, 'UNRECOVERABLE_ECC_ERROR_ESCAPE', 'ECC Unrecovered Error', 'RESET_GPU', 'CONTACT_SUPPORT', 'drain-reset', 'card'],
  [141, 'ROBUST_CHANNEL_FAST_PATH_ERROR', 'CUDA Fast Path Error', 'IGNORE', 'CONTACT_SUPPORT', 'record', 'process'],
  [142, 'ROBUST_CHANNEL_NVENC3_ERROR', 'NVENC3 Error', 'CONTACT_SUPPORT', null, 'watch', 'card'],
  [143, 'GPU_INIT_ERROR', 'GPU Initialization Error', 'RESET_GPU', 'CONTACT_SUPPORT', 'drain-reset', 'card'],
  [144, 'NVLINK_SAW_ERROR', 'NVLINK: SAW Error', 'WORKFLOW_NVLINK5_ERR', 'WORKFLOW_NVLINK5_ERR', 'drain-reset', 'link'],
  [145, 'NVLINK_RLW_ERROR', 'NVLINK: RLW Error', 'WORKFLOW_NVLINK5_ERR', 'WORKFLOW_NVLINK5_ERR', 'drain-reset', 'link'],
  [146, 'NVLINK_TLW_ERROR', 'NVLINK: TLW Error', 'WORKFLOW_NVLINK5_ERR', 'WORKFLOW_NVLINK5_ERR', 'drain-reset', 'link'],
  [147, 'NVLINK_TREX_ERROR', 'NVLINK: TREX Error', 'WORKFLOW_NVLINK5_ERR', 'WORKFLOW_NVLINK5_ERR', 'drain-reset', 'link'],
  [148, 'NVLINK_NVLPW_CTRL_ERROR', 'NVLINK: NVLPW_CTRL Error', 'WORKFLOW_NVLINK5_ERR', 'WORKFLOW_NVLINK5_ERR', 'drain-reset', 'link'],
  [149, 'NVLINK_NETIR_ERROR', 'NVLINK: NETIR Error', 'WORKFLOW_NVLINK5_ERR', 'WORKFLOW_NVLINK5_ERR', 'drain-reset', 'link'],
  [150, 'NVLINK_MSE_ERROR', 'NVLINK: MSE Error', 'WORKFLOW_NVLINK5_ERR', 'WORKFLOW_NVLINK5_ERR', 'drain-reset', 'link'],
  [151, 'ROBUST_CHANNEL_KEY_ROTATION_ERROR', 'Key rotation Error', 'RESTART_VM', 'CONTACT_SUPPORT', 'restart-vm', 'node'],
  [152, 'ROBUST_CHANNEL_DLA_SMMU_ERROR', 'DLA SMMU Error', 'IGNORE', 'CONTACT_SUPPORT', 'record', 'card'],
  [153, 'ROBUST_CHANNEL_DLA_TIMEOUT', 'DLA timeout Error', 'IGNORE', 'CONTACT_SUPPORT', 'record', 'card'],
  [154, 'GPU_RECOVERY_ACTION_CHANGED', 'GPU Recovery Action Changed', 'XID_154', 'N/A Informational only regarding another Xid', 'follow-recovery-action', 'card'],
  [155, 'NVLINK_SW_DEFINED_ERROR', 'NVLINK: SW Defined Error', 'RESET_GPU', 'INVESTIGATE_SW_USER', 'drain-reset', 'link'],
  [156, 'RESOURCE_RETIREMENT_EVENT', 'Resource Retirement Event', 'RESET_GPU', 'IGNORE', 'drain-reset', 'card'],
  [157, 'RESOURCE_RETIREMENT_FAILURE', 'Resource Retirement Failure', 'IGNORE', 'CONTACT_SUPPORT', 'record', 'card'],
  [158, 'GPU_FATAL_TIMEOUT', 'GPU Fatal Timeout', 'RESET_GPU', 'CONTACT_SUPPORT', 'drain-reset', 'card'],
  [159, 'ROBUST_CHANNEL_CHI_NON_DATA_ERROR', 'CHI Non-Data Error', 'CHECK_UVM', 'SYMPATHETIC_REPORT_SOLO', 'watch', 'card'],
  [160, 'CHANNEL_RETIREMENT_EVENT', 'Channel Retirement Event', 'IGNORE', 'INVESTIGATE_SW', 'record', 'card'],
  [161, 'CHANNEL_RETIREMENT_FAILURE', 'Channel Retirement Failure', 'IGNORE', 'INVESTIGATE_SW', 'record', 'card'],
  [162, 'PSHC_REENGAGED', 'Power Smoothing HW Circuitry capability reengaged', null, null, 'record', 'card'],
  [163, 'PSHC_DISENGAGED', 'Power Smoothing HW Circuitry capability disengaged', null, null, 'record', 'card'],
  [164, 'PSHC_LOW_LIFETIME', 'Power Smoothing HW Circuitry low lifetime reached', null, null, 'record', 'card'],
  [165, 'PSHC_ZERO_LIFETIME', 'Power Smoothing HW Circuitry lifetime exhausted', null, null, 'watch', 'card'],
  [166, 'NVLINK_SECURE_CRYPTO_ERR', 'CC traffic seen prior to link properly being configured for encrypted traffic', null, null, 'watch', 'link'],
  [167, 'PCIE_FATAL_TIMEOUT', 'PCIE_FATAL_TIMEOUT', null, null, 'watch', 'card'],
  [168, 'REDUCED_GPU_MEMORY_CAPACITY', 'Errors found in WPR (write protected region)', null, null, 'watch', 'card'],
  [169, 'SEC2_HALT_ERROR', 'Internal micro-controller halt', null, null, 'watch', 'card'],
  [170, 'NVLINK_SECURE_OTHER', 'Interrupt seen in CC mode', null, null, 'watch', 'link'],
  [171, 'UNCORRECTABLE_DRAM_ERROR', 'Additional to Xid 48 providing more details on particulars of fault to differentiate DRAM/SRAM', null, null, 'record', 'card'],
  [172, 'UNCORRECTABLE_SRAM_ERROR', 'Additional to Xid 48 providing more details on particulars of fault to differentiate DRAM/SRAM', null, null, 'record', 'card'],
];

/** Every code that NVIDIA has published, in order. */
export const xidCatalog: readonly XidRow[] = rows.map(
  ([code, name, description, immediate, later, action, scope]) => ({
    code,
    name,
    description,
    immediate,
    later,
    action,
    scope,
  }),
);

const byCode: ReadonlyMap<number, XidRow> = new Map(xidCatalog.map((row) => [row.code, row]));

/** Highest code that a policy may name: the driver prints no more digits. */
export const xidCodeMax = 99_999;

/** What is known of a code; an unknown one is watched: recorded, and never a reason to take a card away. */
export function xidRow(code: number): XidRow {
  return (
    byCode.get(code) ?? {
      code,
      name: 'unknown',
      description: 'not in the catalogue of this version',
      immediate: null,
      later: null,
      action: 'watch',
      scope: 'card',
    }
  );
}

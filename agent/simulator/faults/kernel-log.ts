import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the driver says about an event, in the manner of public kernel logs; other codes get one word. */
const messages: Readonly<Record<number, string>> = {
  13: "pid='<unknown>', name=<unknown>, Graphics Exception: ESR 0x504730=0x1000e 0x504734=0x20 0x504728=0xc81eb60 0x50472c=0x1174",
  31: "pid='<unknown>', name=<unknown>, Ch 00000010, intr 00000000. MMU Fault: ENGINE GRAPHICS GPCCLIENT_T1_0 faulted @ 0x7f1c_00000000. Fault is of type FAULT_PDE ACCESS_TYPE_VIRT_READ",
  43: "pid='<unknown>', name=<unknown>, Ch 00000010",
  45: "pid='<unknown>', name=<unknown>, Ch 00000010",
  48: "pid='<unknown>', name=<unknown>, An uncorrectable double bit error (DBE) has been detected on GPU in the framebuffer at partition 0, subpartition 0.",
  63: "pid='<unknown>', name=<unknown>, Row Remapper: New row marked for remapping, reset gpu to activate.",
  64: "pid='<unknown>', name=<unknown>, Row Remapper: Error writing to the InfoROM.",
  79: "pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
  94: "pid='<unknown>', name=<unknown>, Contained: SM (0x1). RST: No, D-RST: No",
  95: "pid='<unknown>', name=<unknown>, Uncontained: LTC TAG (0x2,0x0). RST: Yes, D-RST: No",
  119: "pid='<unknown>', name=<unknown>, Timeout after 6s of waiting for RPC response from GPU0 GSP! Expected function 103 (GSP_RM_ALLOC) (0x2081 0x4).",
  154: 'GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)',
};

export interface XidEvent {
  readonly code: number;
  /** `00000000:07:00.0` */
  readonly busId: string;
  readonly gpuInstanceId: number | null;
}

/**
 * A record as `/dev/kmsg` gives it: priority, sequence number, microseconds since boot, `-;`, text. The kernel
 * writes bus ids in lower case, with four digits of domain and without the function.
 */
export function xidRecord(event: XidEvent, at: { readonly sequence: number; readonly us: number }) {
  const [domain = '', bus = '', device = ''] = event.busId.toLowerCase().split(/[:.]/);
  const instance =
    event.gpuInstanceId === null ? '' : ` GPU-I:${String(event.gpuInstanceId).padStart(2, '0')}`;
  const text = messages[event.code] ?? "pid='<unknown>', name=<unknown>, injected";
  return `3,${at.sequence},${at.us},-;NVRM: Xid (PCI:${domain.slice(-4)}:${bus}:${device}${instance}): ${event.code}, ${text}`;
}

/** Appends to the file `kmsg` of a state directory, which stands in for `/dev/kmsg`. */
export function appendXid(directory: string, event: XidEvent, uptimeMs: number): void {
  const file = join(directory, 'kmsg');
  const sequence = 1_000 + linesIn(file);
  appendFileSync(file, `${xidRecord(event, { sequence, us: Math.round(uptimeMs * 1_000) })}\n`);
}

function linesIn(file: string): number {
  try {
    return readFileSync(file, 'latin1').split('\n').length - 1;
  } catch {
    return 0; // The first event makes the file.
  }
}

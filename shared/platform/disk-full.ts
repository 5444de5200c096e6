/** What the kernel (no room, no quota) and SQLite call it; nothing of the write is there then. */
const codes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'];

/** Whether a write failed for want of room, and may be tried again once there is some. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && codes.includes(error.code);
}

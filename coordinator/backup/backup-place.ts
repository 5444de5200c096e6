/** Where snapshots are kept. Errors are BACKUP_FAILED. */
export interface BackupPlace {
  /** For people: the folder or the bucket. */
  readonly name: string;
  /** Whole or not at all. */
  put(name: string, lines: AsyncIterable<string>): Promise<void>;
  /** Names of snapshots, in no order; what is not one of ours is left out. */
  list(): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

const ending = '.snapshot.gz';

/** `cluster-ab12.20261123T101530Z.snapshot.gz`: in order of time when sorted. */
export function backupName(clusterId: string, atMs: number): string {
  const stamp = new Date(atMs).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  return `${clusterId}.${stamp}${ending}`;
}

/** Whether a name is one of this cluster's snapshots. */
export function isBackupOf(clusterId: string, name: string): boolean {
  const [cluster, stamp = ''] = name.split('.');
  return cluster === clusterId && /^\d{8}T\d{6}Z$/.test(stamp) && name.endsWith(ending);
}

import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { AppError } from '../../shared/platform/errors.ts';
import { silentLog } from '../../shared/platform/log.ts';
import type { GetBackupsResponse__Output } from '../../shared/wire/generated/tangram/v1/GetBackupsResponse.ts';
import { restoreSnapshot, type Restored } from '../backup/restore-snapshot.ts';
import { readSnapshotFile, writeSnapshotFile } from '../backup/snapshot-file.ts';
import { readSnapshot, type SnapshotHeader } from '../backup/snapshot-format.ts';
import { readCoordinatorConfig } from '../config.ts';
import { openStore } from '../store/open-store.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';

interface RestoreOptions extends Json {
  readonly coordinatorConfig?: string;
}

/** `snapshot save|check|restore|status`. */
export function addSnapshots(program: Command, deps: CliDeps, api: Api): void {
  const group = program
    .command('snapshot')
    .description('copies of everything the cluster must not forget');
  group
    .command('save')
    .description('take a copy now, while the coordinator goes on')
    .argument(
      '<file>',
      'such as cluster.snapshot.gz; it holds sealed keys, and only you may read it',
    )
    .option('--json', 'machine-readable')
    .action(async (file: string, { json }: Json) => {
      deps.host.checkWritable(file);
      await writeSnapshotFile(file, api().takeSnapshot(deps.signal));
      // The stream may have ended early, and the disk may lie.
      const found = await checked(file);
      deps.out(json ? toJson(found) : `${describe(found)} saved to ${file}\n`);
    });
  group
    .command('check')
    .description('read a copy to its end and say what it is; asks no coordinator')
    .argument('<file>')
    .option('--json', 'machine-readable')
    .action(async (file: string, { json }: Json) => {
      const found = await readWhole(file);
      deps.out(json ? toJson(found) : `${describe(found)}\n`);
    });
  group
    .command('restore')
    .description(
      'fill an empty store with a copy, on the coordinator’s own host while it is stopped',
    )
    .argument('<file>')
    .option(
      '--coordinator-config <file>',
      'YAML of the coordinator: where its store is; without it every key has its default',
    )
    .option('--json', 'machine-readable')
    .action(async (file: string, options: RestoreOptions) => {
      const restored = await restore(deps, file, options.coordinatorConfig);
      deps.out(
        options.json
          ? toJson(restored)
          : `${describe(restored)} restored; start the coordinator: it takes a higher term, and what agents run goes on\n`,
      );
    });
  group
    .command('status')
    .description('how the copies that the coordinator takes by itself are doing')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const found = await api().getBackups();
      deps.out(json ? toJson(found) : renderBackups(found, deps.clock.wallMs()));
    });
}

async function checked(file: string): Promise<Restored> {
  try {
    return await readWhole(file);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** Throws SNAPSHOT_INVALID. */
async function readWhole(file: string): Promise<Restored> {
  let [header, entries]: [SnapshotHeader | null, number] = [null, 0];
  for await (const read of readSnapshot(readSnapshotFile(file))) {
    header = read.header;
    if (read.entry !== null) entries += 1;
  }
  // `readSnapshot` has thrown for what has no header.
  return { header: header as SnapshotHeader, entries };
}

async function restore(
  { clock }: CliDeps,
  file: string,
  configFile: string | undefined,
): Promise<Restored> {
  const config = readCoordinatorConfig(configFile);
  // Before anything is opened: a store that was not there would be made for a snapshot that is none.
  await readWhole(file);
  refuseOtherUser(config.stateDir);
  const { store } = await openStore(config.store, {
    stateDir: config.stateDir,
    clock,
    log: silentLog,
  });
  try {
    return await restoreSnapshot(store, () => readSnapshotFile(file), clock.wallMs());
  } finally {
    await store.close();
  }
}

/** Root's files in a directory of the coordinator's user would keep the coordinator out of its own store. */
function refuseOtherUser(stateDir: string): void {
  const owner = statSync(stateDir, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || owner === process.geteuid?.()) return;
  throw new AppError(
    'REQUEST_INVALID',
    `${stateDir} belongs to user ${owner}, and this is another`,
    {
      hint: `run it as the user of the coordinator: sudo -u '#${owner}' tangram snapshot restore …`,
    },
  );
}

function describe({ header, entries }: Restored): string {
  const taken = new Date(header.takenAtMs).toISOString();
  return `${entries} entries of ${header.clusterId} as of ${taken} (epoch ${header.epoch}, revision ${header.revision})`;
}

/** For people. */
function renderBackups(found: GetBackupsResponse__Output, nowMs: number): string {
  if (found.place === '') {
    return 'no backups are configured: give the coordinator the key backup.to\n';
  }
  const lastMs = Number(found.lastSuccessMs);
  const minutes = Math.floor((nowMs - lastMs) / 60_000);
  const last =
    lastMs === 0
      ? 'none since the leader started'
      : `${new Date(lastMs).toISOString()}, ${minutes} min ago`;
  const failed = found.failuresTotal === '0' ? '' : `failed     ${found.failuresTotal} times\n`;
  const error = found.lastError === '' ? '' : `last error ${found.lastError}\n`;
  return `place      ${found.place}\nlast       ${last}\n${failed}${error}`;
}

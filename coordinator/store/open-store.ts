import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../shared/platform/clock.ts';
import { AppError } from '../../shared/platform/errors.ts';
import type { Log } from '../../shared/platform/log.ts';
import { openEtcdStore } from './etcd/etcd-store.ts';
import type { EtcdTls } from './etcd/members.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { StoreConfig } from './store-config.ts';
import type { Store } from './store.ts';

type EtcdConfig = Extract<StoreConfig, { kind: 'etcd' }>;

export interface OpenedStore {
  readonly store: Store;
  /** It is ours alone: nobody else can lead. */
  readonly embedded: boolean;
}

/** Throws STORE_AWAY, STORE_UNREADABLE, and CONFIG_INVALID for a TLS file that cannot be read. */
export async function openStore(
  config: StoreConfig,
  deps: { readonly stateDir: string; readonly clock: Clock; readonly log: Log },
): Promise<OpenedStore> {
  if (config.kind === 'sqlite') {
    return { store: openSqliteStore(join(deps.stateDir, 'coordinator.db')), embedded: true };
  }
  const tls = readTls(config.tls);
  if (tls === null && !config.endpoints.every(isLoopback)) {
    deps.log.warn(
      { endpoints: config.endpoints },
      'etcd is spoken to in the clear: who can read this network can read and change the store',
    );
  }
  const { endpoints, prefix, leaseTtl } = config;
  const { clock, log } = deps;
  const store = await openEtcdStore({ endpoints, prefix, tls, leaseTtlMs: leaseTtl, clock, log });
  return { store, embedded: false };
}

function readTls(tls: EtcdConfig['tls']): EtcdTls | null {
  if (tls === undefined) return null;
  return {
    ca: readPem('ca', tls.ca),
    cert: tls.cert === undefined ? null : readPem('cert', tls.cert),
    key: tls.key === undefined ? null : readPem('key', tls.key),
  };
}

function readPem(key: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `cannot read store.tls.${key} from ${path}`, {
      cause,
      hint: 'give a PEM file that the coordinator may read',
    });
  }
}

function isLoopback(endpoint: string): boolean {
  return /^(127\.|localhost:|\[::1\])/.test(endpoint);
}

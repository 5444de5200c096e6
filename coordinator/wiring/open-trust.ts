import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../shared/platform/clock.ts';
import {
  isLoopback,
  parseAddress,
  renderAddress,
  requireAddress,
} from '../../shared/platform/listen-address.ts';
import type { Log } from '../../shared/platform/log.ts';
import { runTogether } from '../../shared/platform/lifecycle.ts';
import type { ApiTrust } from '../api/trust-door.ts';
import { keepAdminFile, writeAdminFile } from '../ca/admin-file.ts';
import { openAuthority, type Authority } from '../ca/authority.ts';
import { NewestCertificates } from '../ca/newest-certificates.ts';
import { JoinTokens } from '../ca/join-tokens.ts';
import { readKeyFile } from '../ca/key-file.ts';
import { keepSwept } from '../ca/sweep.ts';
import { createServerIdentity } from '../ca/server-identity.ts';
import type { CoordinatorConfig } from '../config.ts';
import type { Store } from '../store/store.ts';

export interface TrustSettings {
  readonly config: CoordinatorConfig;
  readonly clusterId: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** Where the doors really are, once they are open. */
export interface OpenDoors {
  readonly grpc: string;
  readonly join: string;
}

/** Certificates for this coordinator, its nodes and its users, put together. */
export interface Trust {
  readonly authority: Authority;
  readonly newest: NewestCertificates;
  readonly api: ApiTrust;
  /** The administrator's credential. */
  readonly adminFile: string;
  /** To be told once the doors are open: writes the administrator's credential. */
  opened(doors: OpenDoors): Promise<void>;
  /** Renews what is due until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** null: `tls: off`. Throws CONFIG_INVALID. */
export async function openTrust(settings: TrustSettings): Promise<Trust | null> {
  const { config, clusterId, store, clock, random, log } = settings;
  if (config.tls === 'off') {
    log.warn('TLS is off: whoever can reach this loopback address is an administrator');
    return null;
  }
  const keyFile = config.ca.keyFile ?? join(config.stateDir, 'ca.key');
  const passphrase = readKeyFile(keyFile, { create: config.ca.keyFile === undefined });
  const authority = await openAuthority({ store, clusterId, passphrase, clock, log });
  const newest = await NewestCertificates.open(store, authority);
  const hosts = hostsOf(config);
  const name = ownName();
  const identity = await createServerIdentity({ authority, name, hosts, clock, random, log });
  const tokens = new JoinTokens({ store, clock, random });
  let doors: OpenDoors = { grpc: config.grpc, join: config.join };
  const coordinators = (): readonly string[] => [
    config.advertise ?? reached(doors.grpc),
    ...config.peers,
  ];
  const adminFile = join(config.stateDir, 'admin.yaml');
  const admin = () => ({ path: adminFile, authority, coordinators: coordinators(), clock, log });
  const nodeLifeMs = config.ca.nodeCertificateLife;
  return {
    authority,
    newest,
    adminFile,
    api: {
      enrol: { store, authority, tokens, clock, nodeLifeMs },
      identity,
      joinListen: config.join,
      coordinators,
      joinAddress: () => joinAddressOf(config, doors),
    },
    opened: async (open) => {
      doors = open;
      await writeAdminFile(admin());
    },
    run: async (signal) => {
      await runTogether(signal, [
        async (over) => authority.run(over),
        async (over) => newest.run(clock, log, over),
        async (over) => identity.run(over),
        async (over) => keepAdminFile(admin(), over),
        async (over) => keepSwept({ store, clock, log }, over),
      ]);
    },
  };
}

/** An address that listens everywhere is reached under the name of the host. */
function reached(listening: string): string {
  const { host, port } = requireAddress(listening);
  return isWildcard(host) ? renderAddress({ host: hostname(), port }) : listening;
}

/** The host under which nodes know this coordinator, with the port of the join listener. */
function joinAddressOf({ advertise }: CoordinatorConfig, doors: OpenDoors): string {
  const { port } = requireAddress(doors.join);
  const known = advertise === undefined ? undefined : parseAddress(advertise);
  return known?.ok === true ? renderAddress({ host: known.value.host, port }) : reached(doors.join);
}

/** Under which names and addresses clients may look for this coordinator. */
function hostsOf({ grpc, join: joining, advertise, hosts }: CoordinatorConfig): readonly string[] {
  const named = [grpc, joining, ...(advertise === undefined ? [] : [advertise])].map(
    (text) => requireAddress(text).host,
  );
  const open = named.some((host) => isWildcard(host));
  const all = [
    ...named.filter((host) => !isWildcard(host)),
    ...(open ? [hostname(), ...ownAddresses()] : []),
    ...(open || named.some((host) => isLoopback(host)) ? ['localhost', '127.0.0.1', '::1'] : []),
    ...hosts,
  ];
  return [...new Set(all)];
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0)
    .map(({ address }) => address);
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** The host's name as a DNS label, for people who read certificates. */
function ownName(): string {
  const label = (hostname().split('.')[0] ?? '').toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
  return label.replaceAll(/^-+|-+$/g, '').slice(0, 63) || 'coordinator';
}

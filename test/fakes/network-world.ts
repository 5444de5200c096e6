import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import type { Found } from '../setup/needs.ts';

const folder = '/var/run/netns';
/** `tgf-PID-NUMBER-HOST`: whose process is gone is nobody's, and is removed by whoever comes next. */
const mark = 'tgf';
const hostsMax = 32;
const subnet = '10.213.77';

/** Which packets of a host are lost: what comes in, what goes out, or both. */
export type Lost = 'in' | 'out' | 'both';

let worlds = 0;

/** Whether network namespaces, veth, bridges and nft can be had here. */
export function networkNamespaces(): Found {
  const reason = 'it takes root, iproute2 and nftables';
  try {
    const world = new NetworkWorld();
    try {
      world.addHost('probe');
      world.lose('probe', 'both');
    } finally {
      world.remove();
    }
    return { available: true };
  } catch {
    return { available: false, reason };
  }
}

/**
 * Hosts on a network of their own: a namespace for each, joined by a bridge in another. Nothing leaves them, and the
 * namespace of the test is not touched.
 * Invariants: `remove` ends every process in the namespaces and then removes them; so does the end of this process, and
 * what a killed one left is removed by the next one.
 */
export class NetworkWorld {
  readonly #name: string;
  readonly #hosts = new Map<string, string>();
  readonly #onExit = (): void => this.remove();

  constructor() {
    sweep();
    worlds += 1;
    this.#name = `${mark}-${process.pid}-${worlds}`;
    process.once('exit', this.#onExit);
    ip('netns', 'add', this.#hub);
    ip('-n', this.#hub, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', this.#hub, 'link', 'set', 'bridge', 'up');
  }

  get #hub(): string {
    return `${this.#name}-hub`;
  }

  /** Answers the host's address. */
  addHost(host: string): string {
    if (this.#hosts.size >= hostsMax) throw new Error(`more than ${hostsMax} hosts`);
    const name = this.#namespace(host);
    const port = `p${this.#hosts.size}`;
    const address = `${subnet}.${this.#hosts.size + 1}`;
    this.#hosts.set(host, address);
    ip('netns', 'add', name);
    ip('-n', this.#hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('-n', this.#hub, 'link', 'set', port, 'master', 'bridge', 'up');
    ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    this.#nft(host, 'add table inet faults');
    for (const hook of ['input', 'output']) {
      this.#nft(host, `add chain inet faults ${hook} { type filter hook ${hook} priority 0; }`);
    }
    return address;
  }

  /** What makes a program run on that host. */
  prefix(host: string): readonly string[] {
    // `ip netns exec` would hide /sys/fs/cgroup.
    return ['nsenter', `--net=${folder}/${this.#namespace(host)}`];
  }

  /** Packets between this host and the others are lost, of all or of `percent` of them; its loopback goes on. */
  lose(host: string, lost: Lost, percent = 100): void {
    const some = percent >= 100 ? '' : `numgen random mod 100 < ${percent} `;
    if (lost !== 'out') this.#nft(host, `add rule inet faults input iifname eth0 ${some}drop`);
    if (lost !== 'in') this.#nft(host, `add rule inet faults output oifname eth0 ${some}drop`);
  }

  /** More than so many kilobytes a second are lost, each way. */
  narrow(host: string, kilobytes: number): void {
    const over = `limit rate over ${kilobytes} kbytes/second drop`;
    this.#nft(host, `add rule inet faults input iifname eth0 ${over}`);
    this.#nft(host, `add rule inet faults output oifname eth0 ${over}`);
  }

  heal(host: string): void {
    this.#nft(host, 'flush table inet faults');
  }

  link(host: string, state: 'up' | 'down'): void {
    ip('-n', this.#namespace(host), 'link', 'set', 'eth0', state);
  }

  /** SIGKILL to everything on that host, as when its power is cut. */
  killAll(host: string): void {
    killIn(this.#namespace(host));
  }

  remove(): void {
    process.removeListener('exit', this.#onExit);
    for (const name of namespaces()) {
      if (name.startsWith(`${this.#name}-`)) removeNamespace(name);
    }
  }

  #namespace(host: string): string {
    return `${this.#name}-${host}`;
  }

  #nft(host: string, rule: string): void {
    const [program = '', ...args] = this.prefix(host);
    execFileSync(program, [...args, 'nft', rule]);
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args);
}

function namespaces(): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.startsWith(`${mark}-`));
}

/** Removes what processes left that are gone. */
function sweep(): void {
  for (const name of namespaces()) {
    const owner = name.split('-')[1] ?? '';
    if (!existsSync(`/proc/${owner}`)) removeNamespace(name);
  }
}

function removeNamespace(name: string): void {
  killIn(name);
  spawnSync('ip', ['netns', 'del', name]);
}

function killIn(name: string): void {
  const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
  for (const pid of (stdout ?? '').split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

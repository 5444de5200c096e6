import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { cgroupArguments } from './systemd-image.ts';

const run = promisify(execFile);
const outputBytesMax = 16 * 1024 * 1024;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Hosts with systemd, in a network of their own that leads nowhere else. Removed by `close`, whatever runs there. */
export class SystemdHosts {
  readonly #tag: string;
  readonly #network: string;
  readonly #names = new Set<string>();

  /** `id` sets them apart from those of another run on this machine. */
  constructor(tag: string, id: string) {
    this.#tag = tag;
    this.#network = `tangram-test-${id}`;
  }

  async open(): Promise<void> {
    await run('docker', ['network', 'create', '--internal', this.#network]);
  }

  /** Resolves when systemd has booted it. */
  async start(name: string): Promise<void> {
    this.#names.add(name);
    const hostname = ['--name', this.#container(name), '--hostname', name];
    const network = ['--network', this.#network, '--network-alias', name];
    // What systemd needs to have groups and mounts of its own, and no more.
    const free = ['seccomp=unconfined', 'apparmor=unconfined'];
    const rights = ['--cap-add', 'SYS_ADMIN', ...free.flatMap((each) => ['--security-opt', each])];
    const mounts = [...(cgroupArguments() ?? []), '--tmpfs', '/run', '--tmpfs', '/tmp'];
    const options = [...hostname, ...network, ...rights, ...mounts, '--memory', '2g'];
    await run('docker', ['run', '-d', ...options, this.#tag, '/sbin/init']);
    await this.booted(name);
  }

  /** Waits for systemd, which says `degraded` where units that make no sense in a container have failed. */
  async booted(name: string): Promise<void> {
    const endMs = Date.now() + 60_000;
    for (;;) {
      const { stdout } = await this.try(name, 'systemctl is-system-running');
      if (/^(running|degraded)/.test(stdout)) return;
      if (Date.now() > endMs) throw new Error(`systemd does not come up on ${name}: ${stdout}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Pulls the plug: nothing there is told. */
  async kill(name: string): Promise<void> {
    await run('docker', ['kill', this.#container(name)]);
  }

  async bootAgain(name: string): Promise<void> {
    await run('docker', ['start', this.#container(name)]);
    await this.booted(name);
  }

  async copy(source: string, name: string, target: string): Promise<void> {
    await run('docker', ['cp', source, `${this.#container(name)}:${target}`]);
  }

  async write(name: string, path: string, text: string): Promise<void> {
    const child = this.spawn(name, [
      'sh',
      '-c',
      'mkdir -p "$(dirname "$1")"; cat >"$1"',
      'sh',
      path,
    ]);
    child.stdin?.end(text);
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`cannot write ${path} on ${name}`);
  }

  /** Standard output of a shell line that root runs there. Throws with everything it said when it fails. */
  async sh(name: string, line: string): Promise<string> {
    const { code, stdout, stderr } = await this.try(name, line);
    if (code === 0) return stdout;
    throw new Error(`${name}: ${line}\nended with ${code}\n${stdout}${stderr}`);
  }

  async try(name: string, line: string): Promise<Said> {
    try {
      const { stdout, stderr } = await run(
        'docker',
        ['exec', this.#container(name), 'sh', '-c', line],
        {
          timeout: 120_000,
          maxBuffer: outputBytesMax,
        },
      );
      return { code: 0, stdout, stderr };
    } catch (error) {
      // What execFile rejects with when a program ends with another code than 0.
      const { code, stdout, stderr } = error as {
        code?: unknown;
        stdout?: string;
        stderr?: string;
      };
      if (typeof code !== 'number') throw error;
      return { code, stdout: stdout ?? '', stderr: stderr ?? '' };
    }
  }

  spawn(name: string, argv: readonly string[]): ChildProcess {
    return spawn('docker', ['exec', '-i', this.#container(name), ...argv], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  async close(): Promise<void> {
    const all = [...this.#names].map((name) => this.#container(name));
    if (all.length > 0) await run('docker', ['rm', '-f', '-v', ...all]).catch(() => undefined);
    await run('docker', ['network', 'rm', this.#network]).catch(() => undefined);
  }

  #container(name: string): string {
    return `${this.#network}-${name}`;
  }
}

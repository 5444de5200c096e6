import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';
import type { Ports } from './ports.ts';

/** One word of a POSIX shell command, quoted only where it must be. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Programs of the package as argv, runnable from any folder. */
export function program(layout: Layout, path: string): readonly string[] {
  return [process.execPath, join(layout.projectDir, 'dist', path)];
}

export function simulatorArgv(layout: Layout): readonly string[] {
  const smi = program(layout, 'agent/simulator/nvidia-smi/bin.js');
  return [...smi, '--sim-state', layout.simState];
}

export function simulatedMpsArgv(layout: Layout): readonly string[] {
  const control = program(layout, 'agent/simulator/mps-control/bin.js');
  return [...control, '--sim-state', layout.simState];
}

export function simulatedDcgmiArgv(layout: Layout): readonly string[] {
  return [...program(layout, 'agent/simulator/dcgmi/bin.js'), '--sim-state', layout.simState];
}

/**
 * Commands in `.tangram/bin` that know where this cluster is: nothing has to be installed or exported, and `npx`,
 * which may fetch a stranger's package, is not needed.
 */
export function writeWrappers(layout: Layout, ports: Ports, simulated: boolean): void {
  write(layout, 'tangram', {
    env: {
      TANGRAM_COORDINATOR: `127.0.0.1:${ports.grpc}`,
      TANGRAM_CONFIG: layout.adminContext,
    },
    argv: program(layout, 'coordinator/cli/bin.js'),
  });
  write(layout, 'agentctl', {
    env: {
      TANGRAM_SOCKET: layout.socket,
      TANGRAM_AGENT_CONFIG: join(layout.configDir, 'agent.yaml'),
    },
    argv: program(layout, 'agent/cli/bin.js'),
  });
  const standIns = { 'nvidia-smi': simulatorArgv(layout), dcgmi: simulatedDcgmiArgv(layout) };
  for (const [name, argv] of Object.entries(standIns)) {
    if (simulated) write(layout, name, { env: {}, argv });
    else rmSync(join(layout.binDir, name), { force: true });
  }
}

function write(
  layout: Layout,
  name: string,
  {
    env,
    argv,
  }: { readonly env: Readonly<Record<string, string>>; readonly argv: readonly string[] },
): void {
  const path = join(layout.binDir, name);
  const settings = Object.entries(env).map(
    ([key, value]) => `export ${key}="\${${key}:-${value.replaceAll(/["$\\`]/g, '\\$&')}}"\n`,
  );
  const command = argv.map(shellWord).join(' ');
  writeFileSync(path, `#!/bin/sh\n${settings.join('')}exec ${command} "$@"\n`);
  chmodSync(path, 0o755);
}

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where everything of one project folder lies. All absolute. */
export interface Layout {
  readonly projectDir: string;
  readonly stateDir: string;
  readonly configDir: string;
  readonly logDir: string;
  readonly binDir: string;
  readonly samplesDir: string;
  readonly scratchDir: string;
  readonly coordinatorState: string;
  /** The administrator's credential, which the coordinator writes. */
  readonly adminContext: string;
  readonly agentState: string;
  /** The simulated cards. */
  readonly simState: string;
  /** Sockets, MPS directories and ready files: short, because the kernel limits such paths. */
  readonly runDir: string;
  readonly socket: string;
  readonly mpsDir: string;
  readonly coordinatorReady: string;
  readonly agentReady: string;
  readonly endpoints: string;
  readonly ports: string;
  readonly owner: string;
}

/** A GPU UUID and `/pipe` follow, and CUDA copies the whole into 100 bytes. */
const mpsDirBytesMax = 54;

/** Names every path; `makeLayout` creates the folders. */
export function planLayout(projectDir: string): Layout {
  const stateDir = join(projectDir, '.tangram');
  const runDir = shortRunDir(stateDir);
  return {
    projectDir,
    stateDir,
    configDir: join(stateDir, 'config'),
    logDir: join(stateDir, 'log'),
    binDir: join(stateDir, 'bin'),
    samplesDir: join(stateDir, 'samples'),
    scratchDir: join(stateDir, 'scratch'),
    coordinatorState: join(stateDir, 'coordinator'),
    adminContext: join(stateDir, 'coordinator', 'admin.yaml'),
    agentState: join(stateDir, 'agent'),
    simState: join(stateDir, 'sim'),
    runDir,
    socket: join(runDir, 'agent.sock'),
    mpsDir: join(runDir, 'mps'),
    coordinatorReady: join(stateDir, 'run-coordinator.json'),
    agentReady: join(stateDir, 'run-agent.json'),
    endpoints: join(stateDir, 'endpoints.json'),
    ports: join(stateDir, 'ports.json'),
    owner: join(stateDir, 'owner.json'),
  };
}

export function makeLayout(layout: Layout): void {
  const folders = [
    layout.configDir,
    layout.logDir,
    layout.binDir,
    layout.samplesDir,
    layout.coordinatorState,
    layout.agentState,
  ];
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  mkdirSync(layout.runDir, { recursive: true, mode: 0o700 });
}

/** Inside the project where its path is short enough, else a folder of this project's own in the temporary one. */
function shortRunDir(stateDir: string): string {
  const inside = join(stateDir, 'run');
  if (Buffer.byteLength(join(inside, 'mps')) <= mpsDirBytesMax) return inside;
  const hash = createHash('sha256').update(stateDir).digest('hex').slice(0, 8);
  return join(tmpdir(), `tangram-${hash}`);
}

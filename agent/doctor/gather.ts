import type { Clock } from '../../shared/platform/clock.ts';
import { readEngineFacts } from '../drivers/docker/engine-facts.ts';
import {
  findRunning,
  isModuleLoaded,
  listDeviceNodes,
  readCardMinors,
  readCdiSpecs,
  readDisk,
  readKernelDriver,
} from '../drivers/host/host-probe.ts';
import {
  askCards,
  askClock,
  askMigUuids,
  askMps,
  askVersion,
  createRun,
  told,
} from './ask-tools.ts';
import type { AgentAnswers, Evidence, MpsCapabilities } from './evidence.ts';
import { lookAtIdentity } from './look-at-identity.ts';
import { lookAtDoor, reach } from './reach.ts';
import { readSettings, type ConfigFile } from './settings.ts';

export interface GatherOptions {
  readonly configFile: ConfigFile;
  readonly askAgent: () => Promise<AgentAnswers>;
  /** A running daemon knows more than its program's help; only the agent talks to daemons. */
  readonly askAgentAboutMps: () => Promise<MpsCapabilities>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Looks at everything once. What cannot be found out is told as such; nothing here throws. */
export async function gatherEvidence(options: GatherOptions): Promise<Evidence> {
  const { clock, signal } = options;
  const known = readSettings(options.configFile);
  const config = known.kind === 'told' ? known.value.config : null;
  const settings = known.kind === 'told' ? known.value.settings : null;
  const smi = config?.nvidiaSmi.command ?? ['nvidia-smi'];
  const run = createRun(signal, clock);
  const [agent, engine] = await Promise.all([
    told(options.askAgent),
    told(async () => readEngineFacts(config?.docker.socket ?? '/var/run/docker.sock')),
  ]);
  // One after the other: two invocations of nvidia-smi at once are how it hangs.
  const cards = await told(async () => askCards(run, smi));
  const migUuids = await askMigUuids(run, smi);
  const [toolkitVersion, dcgmiVersion, mps, clockSynchronized] = await Promise.all([
    told(async () => askVersion(run, ['nvidia-ctk', '--version'])),
    told(async () => askVersion(run, ['dcgmi', '--version'])),
    told(async () => {
      // An agent without MPS can tell no more than its configuration does.
      if (config?.mps.enabled === false) return askMps(run, config, signal);
      const asked = await told(options.askAgentAboutMps);
      return asked.kind === 'told' ? asked.value : askMps(run, config, signal);
    }),
    told(async () => askClock(run)),
  ]);
  const rootDirectory = engine.kind === 'told' ? engine.value.rootDirectory : '';
  const paths = [settings?.stateDir ?? '/var/lib/tangram/agent', rootDirectory];
  const disks = await Promise.all([...new Set(paths.filter((path) => path !== ''))].map(readDisk));
  const kernelDriver = readKernelDriver();
  return {
    root: process.getuid?.() === 0,
    settings: known.kind === 'told' ? { kind: 'told', value: known.value.settings } : known,
    agent,
    cards,
    kernelDriver:
      kernelDriver === null
        ? { kind: 'untold', reason: 'the nvidia kernel module is not loaded' }
        : { kind: 'told', value: kernelDriver },
    nouveauLoaded: isModuleLoaded('nouveau'),
    deviceNodes: listDeviceNodes(),
    cardMinors: readCardMinors(),
    toolkitVersion,
    engine,
    cdiSpecs: readCdiSpecs(),
    migUuids,
    mps,
    dcgmiVersion,
    running: findRunning(['nv-hostengine', 'nvidia-persiste']),
    clockSynchronized,
    disks: disks.filter((disk) => disk !== null),
    metricsDoor: await lookAtDoor(settings?.httpAddress ?? '127.0.0.1:9420', signal),
    identity: config === null ? null : await lookAtIdentity(config, clock.wallMs()),
    coordinatorReach: await reach(settings?.coordinator ?? null, clock),
  };
}

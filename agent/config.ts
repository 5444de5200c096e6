import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { healthActions } from '../shared/domain/card-health.ts';
import { parseGpuUuid, parseNodeName, type NodeName } from '../shared/domain/ids.ts';
import { err, ok, type Result } from '../shared/domain/result.ts';
import { parseDurationMs } from '../shared/domain/units.ts';
import { parseConfig, readConfigFile } from '../shared/platform/config-file.ts';
import { AppError } from '../shared/platform/errors.ts';
import {
  parseAddress,
  parseListenAddress,
  type ListenAddress,
} from '../shared/platform/listen-address.ts';
import { logLevels } from '../shared/platform/log.ts';
import type { NodePolicy } from './policy/policy.ts';
import { readPolicy } from './policy/read-policy.ts';

/** The longest path that a unix socket may have on Linux, in bytes. */
const socketPathBytesMax = 107;
/** MPS clients and daemons copy the pipe directory into a buffer of this size; a GPU UUID and `/pipe` follow. */
const mpsDirBytesMax = 100 - '/GPU-00000000-0000-0000-0000-000000000000/pipe'.length;
const argvMax = 32;
const coordinatorsMax = 5;
const labelsMax = 64;
const labelLengthMax = 256;
const policyFile = '/etc/tangram/policy.yaml';

const authority = z.enum(['observe', 'place', 'cut']);

const duration = (bounds: { readonly lowMs: number; readonly highMs: number }) =>
  checked((text) => {
    const parsed = parseDurationMs(text);
    if (parsed.ok && (parsed.value < bounds.lowMs || parsed.value > bounds.highMs)) {
      return {
        ok: false,
        problem: {
          code: 'DURATION_INVALID',
          message: `${JSON.stringify(text)} is out of range`,
          hint: `between ${bounds.lowMs} and ${bounds.highMs} ms`,
        },
      };
    }
    return parsed;
  });

const address = (ports: { readonly zero: boolean }) =>
  checked((text) => readAddress(text, ports.zero));

const command = z.array(z.string().min(1)).min(1).max(argvMax);
const commands = z.array(command).max(8);
const path = z.string().min(1).max(4_096);

/** Every key with what it means and its unit; unknown keys are refused. */
export const agentConfigSchema = z.strictObject({
  node: checked(parseNodeName)
    .optional()
    .describe('Name of this node in the cluster, a DNS label. Without it: the host name.'),
  coordinator: z
    .preprocess(
      (found) => (typeof found === 'string' ? [found] : found),
      z
        .array(address({ zero: false }))
        .min(1)
        .max(coordinatorsMax)
        .refine((all) => new Set(all.map(({ text }) => text)).size === all.length, 'one twice'),
    )
    .default([])
    .describe(
      'host:port of the coordinator, or a list of up to 5, of which one leads. Written by tangram-agent join. Without it the agent works alone.',
    ),
  tls: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'on: coordinators are spoken to with the certificate that tangram-agent join got. off: in plaintext, to coordinators on loopback that have tls off, too.',
    ),
  stateDir: path
    .default('/var/lib/tangram/agent')
    .describe('Directory of what must survive: accepted target, journal, replica records.'),
  socket: path
    .default('/run/tangram/agent.sock')
    .describe('Unix socket that agentctl talks to; at most 107 bytes.'),
  http: address({ zero: true })
    .prefault('127.0.0.1:9420')
    .describe('Loopback host:port of /metrics and /healthz. Port 0 takes a free one.'),
  authority: authority
    .default('observe')
    .describe(
      'What may be done to the cards: observe, place (use what is there) or cut (re-layout).',
    ),
  gpuAuthority: z
    .record(z.string(), authority)
    .superRefine((cards, context) => {
      for (const key of Object.keys(cards)) {
        if (parseGpuUuid(key).ok) continue;
        const message = `${JSON.stringify(key)} is no GPU UUID; it looks like GPU-1a2b…`;
        context.addIssue({ code: 'custom', message });
      }
    })
    .default({})
    .describe('Exceptions from `authority`, by GPU UUID.'),
  nvidiaSmi: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe('false on a host without NVIDIA cards: nothing is looked for.'),
      command: command
        .default(['nvidia-smi'])
        .describe('argv of nvidia-smi; its own arguments follow.'),
      timeout: duration({ lowMs: 100, highMs: 600_000 })
        .prefault('30s')
        .describe('How long one invocation may take, such as 30s.'),
    })
    .prefault({})
    .describe('How cards are read and cut.'),
  dcgm: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe('false: DCGM is not looked for; utilisation under MIG is then not known.'),
      command: command
        .default(['dcgmi'])
        .describe('argv of dcgmi; a host without it, or without its host engine, does without.'),
      stopCommands: commands
        .default([['systemctl', 'stop', 'nvidia-dcgm.service']])
        .describe('argv of what lets go of DCGM’s handles, for agentctl mig apply --stop-dcgm.'),
      startCommands: commands
        // Waiting for a unit that is ordered after this agent would be waiting for ourselves.
        .default([['systemctl', 'start', '--no-block', 'nvidia-dcgm.service']])
        .describe('argv of what starts DCGM again.'),
    })
    .prefault({})
    .describe('How MIG instances are measured.'),
  mps: z
    .strictObject({
      enabled: z.boolean().default(true).describe('false: no card of this node is shared by MPS.'),
      controlCommand: command
        .default(['nvidia-cuda-mps-control'])
        .describe('argv of nvidia-cuda-mps-control.'),
      dir: path
        .default('/run/tangram/mps')
        .describe('Directory of the daemons’ pipe and log directories; at most 54 bytes.'),
      computeMode: z
        .enum(['exclusive', 'keep'])
        .default('exclusive')
        .describe(
          'exclusive: where authority is cut, a shared card admits its daemon’s clients only, and gets its compute mode back after. keep: the mode is left alone.',
        ),
      multiUser: z
        .boolean()
        .default(false)
        .describe(
          'true: one server for the clients of all users, which then share its rights, faults and logs. Needs a driver that knows -multiuser-server.',
        ),
      shm: z
        .enum(['host', 'none'])
        .default('host')
        .describe(
          'host: containers of shared cards see the host’s /dev/shm, which servers before driver 580 need. none: their own.',
        ),
    })
    .prefault({})
    .describe('How cards are shared through MPS.'),
  health: z
    .strictObject({
      xid: z
        .record(
          z.string().regex(/^[1-9]\d{0,4}$/, 'no Xid code; write a number such as 63'),
          z.enum(healthActions),
        )
        .default({})
        .describe(
          'What is done about single Xid codes, instead of what the catalogue says: { 63: ignore, 109: restart-app }.',
        ),
      kernelLog: path
        .default('auto')
        .describe(
          'Where Xids are read: auto (/dev/kmsg, else the journal, else dmesg), none, or a file that grows.',
        ),
      autoReset: z
        .enum(['never', 'idle'])
        .default('never')
        .describe(
          'idle: a card that needs a reset gets it as soon as nothing runs there and authority is cut. never: agentctl heal.',
        ),
    })
    .prefault({})
    .describe('How faults of the cards are seen and mended.'),
  cdi: z
    .strictObject({
      refresh: z
        .union([z.literal('none'), command])
        .default('none')
        .describe(
          'argv that writes CDI’s files anew after each change of MIG instances, such as [nvidia-ctk, cdi, generate, --output=/var/run/cdi/nvidia.yaml]. none: whoever needs it does it.',
        ),
    })
    .prefault({})
    .describe('The Container Device Interface.'),
  docker: z
    .strictObject({
      enabled: z.boolean().default(true).describe('false: the Docker Engine is not used.'),
      socket: path.default('/var/run/docker.sock').describe('Socket of the Docker Engine.'),
    })
    .prefault({})
    .describe('The Docker Engine of this host.'),
  runtime: z
    .enum(['auto', 'docker', 'process'])
    .default('auto')
    .describe('What runs replicas: auto takes Docker where it answers.'),
  policy: path
    .default(policyFile)
    .describe(
      'What may run on this host at all: images, directories, plain processes. No coordinator can change it. A default file that does not exist allows any image, no directories and no plain processes.',
    ),
  stopGrace: duration({ lowMs: 100, highMs: 600_000 })
    .prefault('10s')
    .describe('How long a replica is asked to end before it is made to, such as 10s.'),
  gpu: z
    .strictObject({
      handout: z
        .enum(['toolkit', 'cdi', 'env'])
        .default('toolkit')
        .describe(
          'How a slice reaches a container: toolkit, cdi, or env (variables and mounts only).',
        ),
    })
    .prefault({})
    .describe('How slices reach what runs on them.'),
  labels: z
    .record(z.string().min(1).max(labelLengthMax), z.string().max(labelLengthMax))
    .refine((labels) => Object.keys(labels).length <= labelsMax, `more than ${labelsMax} labels`)
    .default({})
    .describe('Labels of the node that placement constraints may name: zone, rack, …'),
  telemetry: z
    .strictObject({
      interval: duration({ lowMs: 100, highMs: 60_000 })
        .prefault('1s')
        .describe('Time between two samples of all cards, such as 1s.'),
      details: duration({ lowMs: 10_000, highMs: 3_600_000 })
        .prefault('1m')
        .describe('Time between two whole reports (nvidia-smi -q -x) of all cards, such as 1m.'),
    })
    .prefault({})
    .describe('Sampling of the cards and the host.'),
  log: z
    .strictObject({
      level: z.enum(logLevels).default('info').describe('Least severe lines that are written.'),
    })
    .prefault({})
    .describe('JSON lines on standard output.'),
  readyFile: path
    .optional()
    .describe(
      'Written when every door is open: {"node", "metrics", "socket"}; removed at the end.',
    ),
});

/** What the file says, checked, with every default in place and every path absolute. */
export type AgentConfig = Omit<z.output<typeof agentConfigSchema>, 'node' | 'policy'> & {
  readonly node: NodeName;
  /** What the policy file says. */
  readonly policy: NodePolicy;
};

/** Reads the agent's YAML; relative paths are seen from the file's own directory. Throws CONFIG_INVALID, ADDRESS_REFUSED. */
export function readAgentConfig(file: string): AgentConfig {
  return settle(readConfigFile(file, agentConfigSchema), file);
}

/** `readAgentConfig` for text that is already here. `source` names it, and its directory is where paths start. */
export function parseAgentConfig(text: string, source: string): AgentConfig {
  return settle(parseConfig(text, source, agentConfigSchema), source);
}

function settle(found: z.output<typeof agentConfigSchema>, source: string): AgentConfig {
  const base = dirname(resolve(source));
  const at = (relative: string): string => resolve(base, relative);
  const config: AgentConfig = {
    ...found,
    node: found.node ?? nodeFromHostname(),
    policy: readPolicy(at(found.policy), { optional: found.policy === policyFile }),
    stateDir: at(found.stateDir),
    socket: at(found.socket),
    mps: { ...found.mps, dir: at(found.mps.dir) },
    docker: { ...found.docker, socket: at(found.docker.socket) },
    health: {
      ...found.health,
      kernelLog: ['auto', 'none'].includes(found.health.kernelLog)
        ? found.health.kernelLog
        : at(found.health.kernelLog),
    },
    ...(found.readyFile === undefined ? {} : { readyFile: at(found.readyFile) }),
  };
  parseListenAddress(config.http.text);
  if (config.tls === 'off') for (const used of config.coordinator) parseListenAddress(used.text);
  if (config.runtime === 'process' && config.policy.processRuntime === 'deny') {
    throw new AppError(
      'CONFIG_INVALID',
      'runtime: the policy of this node denies plain processes',
      {
        hint: `write processRuntime: allow in ${at(found.policy)}, or leave runtime out`,
      },
    );
  }
  limitPath('socket', config.socket, socketPathBytesMax);
  limitPath('mps.dir', config.mps.dir, mpsDirBytesMax);
  return config;
}

export interface ConfiguredAddress extends ListenAddress {
  readonly text: string;
}

function readAddress(text: string, zero: boolean): Result<ConfiguredAddress> {
  const parsed = parseAddress(text);
  if (!parsed.ok) return parsed;
  if (parsed.value.port === 0 && !zero) {
    return err({
      code: 'ADDRESS_INVALID',
      message: `${JSON.stringify(text)} has no port to dial`,
      hint: 'write host:port, such as 127.0.0.1:7443',
    });
  }
  return ok({ text, ...parsed.value });
}

function limitPath(key: string, found: string, bytesMax: number): void {
  const bytes = Buffer.byteLength(found);
  if (bytes <= bytesMax) return;
  throw new AppError('CONFIG_INVALID', `${key}: ${found} has ${bytes} bytes`, {
    hint: `choose a shorter path, at most ${bytesMax} bytes: the kernel or MPS cuts longer ones off`,
  });
}

function nodeFromHostname(): NodeName {
  const name = hostname().toLowerCase().split('.')[0] ?? '';
  const parsed = parseNodeName(name);
  if (parsed.ok) return parsed.value;
  throw new AppError('CONFIG_INVALID', `the host name ${JSON.stringify(name)} is no node name`, {
    hint: 'give the node a name with the key `node`',
  });
}

/** A string that one of our parsers understands; its problem becomes the issue's text. */
function checked<T>(parse: (text: string) => Result<T>) {
  return z.string().transform((text, context): T => {
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    const { message, hint } = parsed.problem;
    context.issues.push({
      code: 'custom',
      input: text,
      message: hint === undefined ? message : `${message}; ${hint}`,
    });
    return z.NEVER;
  });
}

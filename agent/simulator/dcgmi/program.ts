import { truncated } from '../nvidia-smi/misbehave.ts';
import { noState } from '../nvidia-smi/own-flags.ts';
import { reply, type Reply } from '../nvidia-smi/reply.ts';
import type { SimState } from '../nvidia-smi/state.ts';
import { complain, hang, rest, say, type Surroundings } from '../nvidia-smi/surroundings.ts';
import type { GpuView } from '../nvidia-smi/view.ts';
import { happen, openWorld, type World } from '../nvidia-smi/world.ts';
import { listDevices, listGroups, listHierarchy } from './discovery.ts';
import { monitor, type DmonRequest } from './dmon.ts';
import { entitiesInGroup, entitiesNamed, entitiesOf, type Entity } from './entities.ts';
import { dcgmFields, type DcgmField } from './fields.ts';
import { checkHealth, fetchWatches, watchesNamed, watchesSet } from './health.ts';

const delayDefaultMs = 1_000;
const delayMinMs = 1;

/** One invocation of the `dcgmi` stand-in; answers its exit status. */
export async function runDcgmi(around: Surroundings): Promise<number> {
  const own = ownFlags(around.argv, around.environment['TANGRAM_SIM_STATE']);
  if (own.directory === undefined) {
    const line =
      'dcgmi-sim: no state directory: set TANGRAM_SIM_STATE or begin with --sim-state DIR';
    return complain(around, { lines: [line], exitCode: 2 });
  }
  const world = openWorld(around, own.directory, own.rest[0] === 'dmon');
  const found = world.folder.read();
  if (found === undefined) return complain(around, noState(own.directory));
  const state = happen(world, found);
  if (own.hostengine !== undefined) return say(around.out, switchHostengine(world, own.hostengine));
  const desk = world.desk(state);
  if (desk.has('hang')) {
    await hang(around);
    return 130;
  }
  if (!(await rest(around, desk.value('slow') ?? 0))) return 130;
  const bytes = desk.value('truncate');
  const out = bytes === undefined ? around.out : truncated(around.out, bytes);
  const exitCode = await answer({ ...world, around: { ...around, out } }, state, own.rest);
  return desk.value('exit') ?? exitCode;
}

interface OwnFlags {
  readonly directory: string | undefined;
  readonly hostengine: string | undefined;
  readonly rest: readonly string[];
}

/** The simulator's own flags come first: `--sim-state DIR`, `--sim-hostengine start|stop`. */
function ownFlags(argv: readonly string[], fromEnvironment: string | undefined): OwnFlags {
  let directory = fromEnvironment === '' ? undefined : fromEnvironment;
  let hostengine: string | undefined;
  let at = 0;
  for (; argv[at] === '--sim-state' || argv[at] === '--sim-hostengine'; at += 2) {
    if (argv[at] === '--sim-state') directory = argv[at + 1];
    else hostengine = argv[at + 1] ?? '';
  }
  return { directory, hostengine, rest: argv.slice(at) };
}

/** What `systemctl stop nvidia-dcgm` does on a real host: the host engine lets go of everything. */
function switchHostengine(world: World, word: string): Reply {
  if (word !== 'start' && word !== 'stop') {
    return reply(
      [`dcgmi-sim: --sim-hostengine takes start or stop, not ${JSON.stringify(word)}`],
      2,
    );
  }
  const running = word === 'start';
  return world.folder.update<Reply>((state) => [
    state && { ...state, hostengine: { running, watches: '' } },
    reply([`host engine: ${running ? 'running' : 'stopped'}`]),
  ]);
}

const nobodyThere = reply(
  [
    'Error: unable to establish a connection to the specified host: localhost',
    'Error: Unable to connect to host engine. Host engine connection invalid/disconnected.',
  ],
  235,
);

const buildInfo: readonly string[] = [
  'Version : 3.3.9',
  'Build ID : 1',
  'Build Date : 2024-12-12',
  'Build Type : Release',
  'Commit ID : simulated',
  'Branch Name : rel_dcgm_3_3',
  'CPU Arch : x86_64',
  'Build Platform : simulated',
];

async function answer(world: World, state: SimState, argv: readonly string[]): Promise<number> {
  const { out } = world.around;
  const [command = '', ...words] = argv;
  const running = state.hostengine.running && !world.desk(state).has('dcgm-down');
  if (command === '-v' || command === '--version') {
    // The version needs no host engine, and does not complain without one.
    return say(
      out,
      reply([...buildInfo, ...(running ? ['', 'Hostengine build info:', ...buildInfo] : [])]),
    );
  }
  const options = optionsOf(words);
  if (command === 'dmon' && options.has('-l')) return say(out, listFields());
  if (!running) return say(out, nobodyThere);
  const look = (): readonly GpuView[] => world.views(state, world.desk(state));
  switch (command) {
    case 'discovery':
      if (options.has('-l')) return say(out, listDevices(entitiesOf(state, look())));
      if (options.has('-c')) return say(out, listHierarchy(entitiesOf(state, look())));
      return say(out, usage('discovery', '-l or -c'));
    case 'group':
      return say(
        out,
        options.has('-l') ? listGroups(entitiesOf(state, look())) : usage('group', '-l'),
      );
    case 'health':
      return say(out, health(world, options, { state, look }));
    case 'dmon': {
      const request = dmonRequest(world, options);
      return 'exitCode' in request ? say(out, request) : monitor(world, request);
    }
    default:
      return say(out, usage('dcgmi', 'discovery, dmon, group, health or -v'));
  }
}

function health(
  world: World,
  options: ReadonlyMap<string, string>,
  { state, look }: { readonly state: SimState; readonly look: () => readonly GpuView[] },
): Reply {
  const json = options.has('-j');
  const letters = options.get('-s');
  if (letters !== undefined) {
    const watches = watchesNamed(letters);
    if (watches === undefined) return usage('health', '-s with letters of pmitnd, or a');
    return world.folder.update<Reply>((newest) => [
      newest && { ...newest, hostengine: { ...newest.hostengine, watches } },
      watchesSet,
    ]);
  }
  if (options.has('-f')) return fetchWatches(state.hostengine.watches, json);
  if (options.has('-c')) return checkHealth(look(), state.hostengine.watches, json);
  return usage('health', '-s, -f or -c');
}

function dmonRequest(world: World, options: ReadonlyMap<string, string>): DmonRequest | Reply {
  const ids = options.get('-e');
  if (ids === undefined) {
    return reply(
      [
        'Either field group ID or a list of field IDs must be provided. See dcgmi dmon --help for usage.',
      ],
      255,
    );
  }
  const fields: DcgmField[] = [];
  for (const id of ids.split(',')) {
    const field = dcgmFields.find((each) => String(each.id) === id.trim());
    if (field === undefined) return reply([`Error: Unknown field ID: ${id}`], 255);
    fields.push(field);
  }
  const delayMs = Number(options.get('-d') ?? delayDefaultMs);
  const count = Number(options.get('-c') ?? 0);
  if (!Number.isInteger(delayMs) || delayMs < delayMinMs || !Number.isInteger(count) || count < 0) {
    return usage('dmon', '-d MILLISECONDS and -c COUNT');
  }
  const named = options.get('-i');
  const group = options.get('-g') ?? '0';
  const choose = (all: readonly Entity[]): readonly Entity[] | string => {
    if (named === undefined) {
      const members = entitiesInGroup(all, group);
      return (
        members ?? `Error: Cannot get group info from remote node. Return: The Group is not found`
      );
    }
    const found = entitiesNamed(all, named);
    return typeof found === 'string' ? `Error: Invalid entity: ${found}` : found;
  };
  return {
    fields,
    delayMs,
    samples: count === 0 ? Infinity : count,
    entities: (views) => {
      const newest = world.folder.read();
      return newest === undefined ? [] : choose(entitiesOf(newest, views));
    },
  };
}

/** `dmon -l`: only the fields that `-e` takes here. */
function listFields(): Reply {
  const rule = '_'.repeat(107);
  return reply([
    rule,
    `${'Long Name'.padEnd(77)}${'Short Name'.padEnd(20)}${'Field ID'.padEnd(10)}`,
    rule,
    ...dcgmFields.map(({ id, tag, shortName }) => `${tag.padEnd(77)} ${shortName.padEnd(20)}${id}`),
  ]);
}

const shortNames: Readonly<Record<string, string>> = {
  '--list': '-l',
  '--compute-hierarchy': '-c',
  '--field-id': '-e',
  '--entity-id': '-i',
  '--group-id': '-g',
  '--group': '-g',
  '--delay': '-d',
  '--count': '-c',
  '--check': '-c',
  '--set': '-s',
  '--fetch': '-f',
  '--json': '-j',
};

/** Each option with the word that follows it, '' where none does. */
function optionsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) continue;
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const next = words[at + 1];
    const value =
      equals >= 0 ? word.slice(equals + 1) : next?.startsWith('-') === false ? next : '';
    given.set(shortNames[name] ?? name, value);
  }
  return given;
}

function usage(command: string, wanted: string): Reply {
  return reply([`Error: ${command} needs ${wanted}. Type dcgmi ${command} --help for usage.`], 1);
}

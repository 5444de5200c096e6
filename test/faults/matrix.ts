/** Where a row is tried: `sample`: by `npm test`; `whole`: by `npm run test:faults` only. */
export type Where = 'sample' | 'whole';

/** One test that covers a row, or a part of it. */
export interface Cover {
  readonly file: string;
  /** Part of the test's name. */
  readonly test: string;
}

/** One kind of fault, and what holds while it lasts and after. */
export interface FaultRow {
  readonly number: number;
  readonly fault: string;
  readonly holds: string;
  /** How it is made on one machine. */
  readonly made: string;
  readonly where: Where;
  readonly covers: readonly Cover[];
  /** What is not tried, or tried in another way than on a rack of hosts, and why. */
  readonly besides?: string;
}

const processes = 'test/integration/faults-processes.test.ts';
const cards = 'test/integration/faults-cards.test.ts';
const disk = 'test/integration/faults-disk.test.ts';
const crash = 'test/integration/store-crash.test.ts';
const ha = 'test/integration/ha-etcd.test.ts';
const etcd = 'test/integration/etcd-faults.test.ts';
const network = 'test/faults/network.test.ts';
const load = 'test/faults/load.test.ts';
const docker = 'test/faults/docker.test.ts';
const clock = 'test/faults/clock.test.ts';

const killedAndStopped =
  'a leader that is killed, or stopped and continued, costs seconds, no write and no model';

/** Every kind of fault that the control plane is held to, with real processes wherever that is possible. */
export const faultMatrix: readonly FaultRow[] = [
  {
    number: 1,
    fault: 'agent killed',
    holds:
      'its node is suspect at once; replicas run on, and are adopted: same process, same start, no restart',
    made: 'SIGKILL, then a new agent',
    where: 'sample',
    covers: [
      { file: processes, test: 'row 1: a killed agent' },
      {
        file: 'test/integration/mig-kill.test.ts',
        test: 'an agent that is killed while it cuts a card',
      },
    ],
  },
  {
    number: 2,
    fault: 'agent stopped for seconds',
    holds: 'suspect within 2 s; nothing that was wanted meanwhile is acted on late',
    made: 'SIGSTOP, SIGCONT',
    where: 'sample',
    covers: [{ file: processes, test: 'row 2: an agent that is stopped' }],
  },
  {
    number: 3,
    fault: 'host without power',
    holds:
      'suspect within 2 s, then lost; its replicas are placed elsewhere; on return nothing is too many',
    made: 'network namespace: link down, SIGKILL to all in it',
    where: 'whole',
    covers: [{ file: network, test: 'row 3: a host without power' }],
  },
  {
    number: 4,
    fault: 'coordinator killed (embedded store)',
    holds: 'every acknowledged write is there; generations never go back; replicas do not notice',
    made: 'SIGKILL between and during writes',
    where: 'sample',
    covers: [
      { file: processes, test: 'row 4: a killed coordinator' },
      { file: crash, test: 'every acknowledged write after each of many SIGKILLs' },
    ],
  },
  {
    number: 5,
    fault: 'power cut during a commit',
    holds: 'the store opens, and holds every acknowledged write',
    made: 'LD_PRELOAD recorder of writes and syncs; images with the unsynced ones dropped or torn',
    where: 'sample',
    covers: [
      { file: crash, test: 'has every acknowledged write, whatever became of the unsynced ones' },
    ],
    besides: '`npm run bench -- control-plane` builds 10,000 images',
  },
  {
    number: 6,
    fault: 'leader killed (etcd)',
    holds: 'another leads and commands within seconds; no acknowledged write is lost',
    made: 'SIGKILL; three real members of etcd',
    where: 'sample',
    covers: [{ file: ha, test: killedAndStopped }],
  },
  {
    number: 7,
    fault: 'leader stopped past its term',
    holds: 'its first write is fenced, agents refuse its epoch, and it stands by',
    made: 'SIGSTOP, SIGCONT',
    where: 'sample',
    covers: [
      { file: ha, test: killedAndStopped },
      { file: etcd, test: 'a leader that was paused writes nothing when it goes on' },
    ],
  },
  {
    number: 8,
    fault: 'leader cut off from etcd only',
    holds: 'it steps down by its own clock; the standby leads; agents follow the higher epoch',
    made: 'relays before each member that fall silent',
    where: 'whole',
    covers: [
      {
        file: 'test/faults/leader-partition.test.ts',
        test: 'row 8: it steps down by its own clock',
      },
      { file: etcd, test: 'who is cut off knows that its term is over before another is elected' },
    ],
  },
  {
    number: 9,
    fault: 'coordinator cut off from all agents',
    holds: 'nodes are suspect and none is given up; when it is over everything is as it was',
    made: 'nft drops, on the host of the coordinator',
    where: 'whole',
    covers: [{ file: network, test: 'row 9: a coordinator that is cut off' }],
  },
  {
    number: 10,
    fault: 'one way is cut',
    holds: 'both sides take the other for silent; replicas run on',
    made: 'nft drops incoming packets of one node',
    where: 'whole',
    covers: [{ file: network, test: 'row 10: a node that is heard but hears nothing' }],
    besides:
      'the kernel goes on retransmitting what the coordinator has not acknowledged, so heartbeats arrive for a second longer than when both ways are cut',
  },
  {
    number: 11,
    fault: 'one node cut off for long',
    holds: 'it serves on, is replaced, and gives back what is too many when it returns',
    made: 'nft drops, longer than `lostAfter`',
    where: 'whole',
    covers: [{ file: network, test: 'row 11: a node that is cut off serves on' }],
    besides: 'hours pass in simulations only',
  },
  {
    number: 12,
    fault: 'a link that flaps',
    holds: 'no replica moves',
    made: 'nft, 1 s lost, 1 s not, 8 times',
    where: 'whole',
    covers: [{ file: network, test: 'row 12: a link that flaps' }],
  },
  {
    number: 13,
    fault: 'lost packets; a slow, narrow line',
    holds: 'no node is given up; telemetry is shed, commands are not',
    made: 'nft `numgen`: 5 % each way; the chaos proxy: 100 to 300 ms, 16 kB/s',
    where: 'whole',
    covers: [
      { file: network, test: 'row 13: with 5 % of all packets lost' },
      { file: load, test: 'row 13 and 28: on a narrow, slow line' },
    ],
    besides:
      'kernels without `sch_netem` and `sch_tbf` cannot delay packets: the proxy delays bytes',
  },
  {
    number: 14,
    fault: 'a coordinator that keeps its connection and says nothing; bytes that change on the way',
    holds: 'the agent leaves it and comes back; no replica notices',
    made: 'the chaos proxy: one way held, accepted in silence, bits turned',
    where: 'sample',
    covers: [
      { file: processes, test: 'row 14: an agent leaves a coordinator' },
      { file: processes, test: 'row 14: bytes that were turned' },
    ],
    besides:
      'an agent leaves after five heartbeats (5 s), not 2 s: a coordinator that is busy for two seconds must not lose its fleet for it',
  },
  {
    number: 15,
    fault: 'commands twice, out of order, late',
    holds: 'each is applied once; an older generation or epoch is refused',
    made: 'a coordinator of the test’s own that says what another once said',
    where: 'sample',
    covers: [
      { file: ha, test: killedAndStopped },
      {
        file: 'test/sim/ha.test.ts',
        test: 'a command of a term that is over is refused when it arrives at last',
      },
    ],
  },
  {
    number: 16,
    fault: 'two hosts with the identity of one',
    holds: 'the one that is heard goes on, the other is refused and told why',
    made: 'two agents of one name',
    where: 'whole',
    covers: [{ file: load, test: 'row 16: a second host that says it is the same node' }],
    besides:
      'the newer one does not win while the older one is heard: a clone could otherwise take a node over',
  },
  {
    number: 17,
    fault: 'members of etcd killed',
    holds: 'seconds without its leader, nothing acknowledged without a quorum, nothing lost',
    made: 'SIGKILL to one and to two of three',
    where: 'sample',
    covers: [
      { file: etcd, test: 'loses no acknowledged write when the leader of etcd is killed' },
      { file: etcd, test: 'acknowledges nothing without a quorum' },
    ],
  },
  {
    number: 18,
    fault: 'etcd compacted past a watch, a watch that stalls',
    holds: 'everything is listed anew; no event is missed or repeated',
    made: 'compaction; SIGSTOP to a member',
    where: 'sample',
    covers: [
      { file: etcd, test: 'a watch from a compacted revision says so' },
      { file: etcd, test: 'leaves a member that keeps its connection and says nothing' },
    ],
  },
  {
    number: 19,
    fault: 'full disk, of the coordinator and of an agent',
    holds:
      'nothing is acknowledged or started that cannot be kept; a clear error; both run on, and go on once there is room',
    made: 'tmpfs of 8 MiB, filled',
    where: 'sample',
    covers: [
      { file: disk, test: 'row 19: a coordinator whose disk is full' },
      { file: disk, test: 'row 19: an agent whose disk is full' },
      {
        file: 'test/sim/full-disk.test.ts',
        test: 'a disk that fills up after %i more writes',
      },
    ],
    besides:
      'the agent still looks, reports and serves; it says why it does nothing: `agentctl doctor`, `describe node`, `events`, `/healthz`',
  },
  {
    number: 20,
    fault: 'syncs that take 500 ms or fail',
    holds:
      'slow writes, none lost; after a failed sync nothing is written and the process ends; it starts clean',
    made: 'LD_PRELOAD shim',
    where: 'sample',
    covers: [{ file: disk, test: 'row 20: slow syncs' }],
  },
  {
    number: 21,
    fault: 'store damaged or cut off, its log missing, an older backup put back',
    holds: 'it is refused with what to do; the older one adopts what runs instead of ending it',
    made: 'bytes changed, files cut and removed',
    where: 'sample',
    covers: [{ file: disk, test: 'row 21: a store that is damaged' }],
  },
  {
    number: 22,
    fault: 'an agent’s own records gone or rubbish',
    holds: 'it says so; nothing that runs is ended',
    made: 'rubbish in its file, and the file removed',
    where: 'sample',
    covers: [{ file: disk, test: 'row 22: an agent whose own records' }],
  },
  {
    number: 23,
    fault: 'clocks set by an hour or a day; a certificate that is not valid yet',
    holds: 'no node is lost, no replica restarts; the refusal names the clock',
    made: 'libfaketime, in running processes',
    where: 'whole',
    covers: [
      { file: clock, test: 'row 23: setting the clocks' },
      { file: clock, test: 'row 23: a host whose clock is far behind' },
    ],
  },
  {
    number: 24,
    fault: 'a host that was suspended',
    holds: 'nothing is acted on late; its replicas are found again',
    made: 'SIGSTOP with the wall clock eight hours on; a time namespace ten days on',
    where: 'whole',
    covers: [
      { file: clock, test: 'row 24: an agent that was suspended' },
      { file: clock, test: 'row 24: an agent whose host has been up' },
    ],
  },
  {
    number: 25,
    fault: 'Docker that hangs, fails, is slow or restarts',
    holds: 'no container is taken for dead; what was asked for is done once',
    made: 'a proxy on a socket of the test’s own; the engine itself is left alone',
    where: 'whole',
    covers: [
      { file: docker, test: 'row 25: an engine that $mood' },
      { file: docker, test: 'row 25: what is asked for while the engine hangs' },
    ],
  },
  {
    number: 26,
    fault: 'no such image, a crash loop, too little memory',
    holds: 'tried again ever more slowly; the reason is shown; the slice is free afterwards',
    made: 'real containers',
    where: 'whole',
    covers: [{ file: docker, test: 'row 26: $fault' }],
  },
  {
    number: 27,
    fault:
      'a card lost (Xid 79), instances made and destroyed by somebody else, nvidia-smi that hangs',
    holds:
      'what served from a lost card is served elsewhere; strangers are left alone; what is missing is shown and made on request; the agent lives',
    made: 'the simulator, used by hand beside the agent',
    where: 'sample',
    covers: [
      { file: cards, test: 'row 27: instances that somebody else makes' },
      { file: cards, test: 'row 27: an instance that is taken' },
      { file: cards, test: 'row 27: an nvidia-smi that hangs' },
      { file: cards, test: 'row 27: a card that falls off the bus' },
    ],
    besides: 'with a real card: `test/gpu`',
  },
  {
    number: 28,
    fault: 'too much telemetry, a slow coordinator',
    holds: 'agents keep little and drop the oldest samples, never commands',
    made: 'ten samples a second over 16 kB/s; 150 agents',
    where: 'whole',
    covers: [
      { file: load, test: 'row 13 and 28: on a narrow, slow line' },
      { file: load, test: 'row 29: after a restart' },
    ],
    besides: '5,000 agents: `npm run bench -- control-plane`',
  },
  {
    number: 29,
    fault: 'all agents come back at once',
    holds: 'all are welcomed within seconds, with bounded memory',
    made: 'the coordinator is killed; 150 agents dial in one moment',
    where: 'whole',
    covers: [{ file: load, test: 'row 29: after a restart' }],
    besides: '5,000 agents: `npm run bench -- control-plane`',
  },
  {
    number: 30,
    fault: 'an older or newer version on the other side',
    holds: 'what is compatible works, what is not is refused in words; unknown fields are kept',
    made: 'other protocol versions, records with fields of a later version',
    where: 'sample',
    covers: [
      {
        file: 'test/integration/bad-input.test.ts',
        test: 'an agent of a newer protocol is refused',
      },
      {
        file: 'test/integration/agent-link.test.ts',
        test: 'a refusal and another protocol are told in words',
      },
    ],
    besides: 'there is no released version yet whose programs could run beside these',
  },
  {
    number: 31,
    fault: 'leaks',
    holds: 'memory and open files stay where they are',
    made: 'three minutes at ten samples a second, with changes',
    where: 'whole',
    covers: [{ file: load, test: 'row 31: three minutes' }],
  },
  {
    number: 32,
    fault: 'a million random schedules of faults',
    holds: 'all invariants, after every event',
    made: 'simulation under a seed, in one process',
    where: 'sample',
    covers: [
      { file: 'test/sim/fleet.test.ts', test: 'whatever happens, no slice is held twice' },
      { file: 'test/sim/ha.test.ts', test: 'whatever happens to coordinators' },
    ],
    besides: 'no real processes: that is its point',
  },
];

/** The table of the README. */
export function renderMatrix(rows: readonly FaultRow[]): string {
  const files = ({ covers }: FaultRow): string =>
    [...new Set(covers.map(({ file }) => `\`${file.replace('test/', '')}\``))].join(', ');
  const lines = rows.map((row) => {
    const besides = row.besides === undefined ? '' : ` (${row.besides})`;
    const where = row.where === 'sample' ? 'always' : 'whole run';
    return `| ${row.number} | ${row.fault} | ${row.holds} | ${row.made}${besides} | ${where} | ${files(row)} |`;
  });
  const head = ['| #   | fault | what holds | how it is made | when | where |'];
  return [...head, '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n');
}

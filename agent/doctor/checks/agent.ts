import { doubtful, failing, unused, well, type Diagnosis } from '../diagnosis.ts';
import type { AgentAnswers, Evidence } from '../evidence.ts';

/** What the agent says of itself: its loop, its samples, its runtimes, its cards. */
export function checkAgent({ agent }: Evidence): readonly Diagnosis[] {
  if (agent.kind === 'untold') {
    return [
      failing('agent', agent.reason, 'systemctl start tangram-agent; journalctl -u tangram-agent'),
    ];
  }
  const told = agent.value;
  return [
    well('agent', `${told.version} answers`),
    samples(told),
    round(told),
    runtimes(told),
    kernelLog(told),
    ...told.gpus.map(card),
  ];
}

function samples(told: AgentAnswers): Diagnosis {
  const check = 'samples';
  if (told.gpus.length === 0) return unused(check, 'no card to sample');
  const cards = told.sampledCards === 1 ? '1 card' : `${told.sampledCards} cards`;
  const finding = `${cards}, ${(told.sampleAgeMs / 1_000).toFixed(1)} s old`;
  return told.sampledCards > 0 && !told.samplesStale
    ? well(check, finding)
    : failing(
        check,
        `${finding}: sampling has stalled`,
        'journalctl -u tangram-agent | grep sampling',
      );
}

function round({ roundOutcome: outcome, roundDetail: detail }: AgentAnswers): Diagnosis {
  const check = 'reconcile loop';
  const finding = [outcome === '' ? 'no round has ended yet' : outcome, detail]
    .filter((text) => text !== '')
    .join(': ');
  if (outcome === 'blind' || outcome === 'failed') {
    return failing(check, finding, 'agentctl events; journalctl -u tangram-agent -n 50');
  }
  return outcome === '' ? doubtful(check, finding, 'ask again in a moment') : well(check, finding);
}

function runtimes(told: AgentAnswers): Diagnosis {
  const check = 'runtimes';
  if (told.runtimes.length > 0) {
    return well(check, `${told.runtimes.join(', ')}; slices handed out by ${told.gpuHandout}`);
  }
  return failing(
    check,
    'none answers, so no replica can start',
    'systemctl start docker, or allow plain processes in the policy of this node (processRuntime: allow)',
  );
}

function kernelLog({ kernelLog: log, gpus }: AgentAnswers): Diagnosis {
  const check = 'kernel log';
  if (gpus.length === 0) return unused(check, 'no card to hear of');
  if (log === undefined) return unused(check, 'the agent does not tell where it reads Xids');
  if (log !== null) return well(check, `Xids are read from ${log}`);
  return doubtful(
    check,
    'the agent may read none: Xids are not seen, so most faults of the cards are not either',
    'run the agent as root or with CAP_SYSLOG, or name a file with health.kernelLog',
  );
}

type Card = AgentAnswers['gpus'][number];

function card(gpu: Card): Diagnosis {
  const check = `gpu ${gpu.index}`;
  if (gpu.health !== 'ok') {
    const finding = `${gpu.health}: ${gpu.healthReason}`;
    const advice = `agentctl health ${gpu.index}`;
    return gpu.health === 'failed'
      ? failing(check, finding, advice)
      : doubtful(check, finding, advice);
  }
  if (gpu.outcome === 'failed' || gpu.outcome === 'refused' || gpu.outcome === 'blind') {
    const finding = `${gpu.outcome}: ${gpu.outcomeDetail}`;
    return failing(check, finding, `agentctl describe gpu ${gpu.index}; agentctl events`);
  }
  const may = authorityWords[gpu.authority] ?? gpu.authority;
  return well(check, `${gpu.productName}, ${gpu.mode}, may be ${may}`);
}

const authorityWords: Readonly<Record<string, string>> = {
  observe: 'observed only (agentctl authority raises it)',
  place: 'used as it is cut',
  cut: 'cut and used',
};

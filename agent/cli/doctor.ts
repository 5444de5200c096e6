import { renderTable } from '../../shared/platform/table.ts';
import type { GpuRecord, NodeRecord, TopRecord } from './api/agent-api.ts';

/** `off`: not in use on this node, so neither well nor ill. */
export interface Diagnosis {
  readonly check: string;
  readonly verdict: 'ok' | 'warn' | 'FAIL' | 'off';
  readonly finding: string;
  /** What to do; empty when there is nothing to do. */
  readonly advice: string;
}

const staleMs = 5_000;

/** Judges the agent's own answers: what keeps this node from doing its work, and what to do about it. */
export function diagnose(
  node: NodeRecord,
  gpus: readonly GpuRecord[],
  top: TopRecord,
): readonly Diagnosis[] {
  return [
    { check: 'agent', verdict: 'ok', finding: `${node.agentVersion} answers`, advice: '' },
    driver(node, gpus),
    samples(gpus, top),
    round(node),
    runtimes(node),
    coordinator(node),
    ...gpus.map(card),
  ];
}

function driver(node: NodeRecord, gpus: readonly GpuRecord[]): Diagnosis {
  const check = 'nvidia-smi';
  if (node.driverVersion !== '') {
    const finding = `driver ${node.driverVersion}, ${gpus.length} cards`;
    return { check, verdict: 'ok', finding, advice: '' };
  }
  return {
    check,
    verdict: 'warn',
    finding: 'no driver answers, so no card is known',
    advice: 'run nvidia-smi by hand; on a host without cards set nvidiaSmi.enabled: false',
  };
}

function samples(gpus: readonly GpuRecord[], top: TopRecord): Diagnosis {
  const check = 'samples';
  if (gpus.length === 0) return { check, verdict: 'off', finding: 'no card to sample', advice: '' };
  const finding = `${top.gpus.length} cards, ${(top.ageMs / 1_000).toFixed(1)} s old`;
  const fresh = top.gpus.length > 0 && top.ageMs <= staleMs;
  if (fresh) return { check, verdict: 'ok', finding, advice: '' };
  const advice = 'the agent’s log says why the sampling command ends';
  return { check, verdict: 'FAIL', finding, advice };
}

function round(node: NodeRecord): Diagnosis {
  const { roundOutcome: outcome, roundDetail: detail } = node;
  const finding = [outcome === '' ? 'no round has ended yet' : outcome, detail]
    .filter((text) => text !== '')
    .join(': ');
  const bad = outcome === 'blind' || outcome === 'failed';
  return {
    check: 'reconcile loop',
    verdict: bad ? 'FAIL' : outcome === '' ? 'warn' : 'ok',
    finding,
    advice: bad ? 'agentctl events, and the agent’s log, tell what it tried' : '',
  };
}

function runtimes(node: NodeRecord): Diagnosis {
  const check = 'runtimes';
  if (node.runtimes.length > 0) {
    const finding = `${node.runtimes.join(', ')}; slices handed out by ${node.gpuHandout}`;
    return { check, verdict: 'ok', finding, advice: '' };
  }
  return {
    check,
    verdict: 'FAIL',
    finding: 'none answers, so no replica can start',
    advice: 'start the Docker Engine, or allow plain processes with processRuntime: true',
  };
}

function coordinator(node: NodeRecord): Diagnosis {
  const check = 'coordinator';
  if (node.coordinator === '') {
    return { check, verdict: 'off', finding: 'this node works alone', advice: '' };
  }
  const finding = `${node.coordinator}: ${node.coordinatorDetail}`;
  return node.coordinatorConnected
    ? { check, verdict: 'ok', finding, advice: '' }
    : {
        check,
        verdict: 'FAIL',
        finding,
        advice: 'models run on; start the coordinator, or mend the key `coordinator`',
      };
}

function card(gpu: GpuRecord): Diagnosis {
  const check = `gpu ${gpu.index}`;
  if (gpu.health !== 'ok') {
    const finding = `${gpu.health}: ${gpu.healthReason}`;
    return { check, verdict: gpu.health === 'failed' ? 'FAIL' : 'warn', finding, advice: '' };
  }
  if (gpu.outcome === 'failed' || gpu.outcome === 'refused' || gpu.outcome === 'blind') {
    const finding = `${gpu.outcome}: ${gpu.outcomeDetail}`;
    return { check, verdict: 'FAIL', finding, advice: 'agentctl describe gpu, agentctl events' };
  }
  const finding = `${gpu.productName}, ${gpu.mode}, may be ${authorityWords[gpu.authority] ?? gpu.authority}`;
  return { check, verdict: 'ok', finding, advice: '' };
}

const authorityWords: Readonly<Record<string, string>> = {
  observe: 'observed only (set authority: to place or cut to use it)',
  place: 'used as it is cut',
  cut: 'cut and used',
};

export function renderDiagnosis(found: readonly Diagnosis[]): string {
  return renderTable(
    ['CHECK', 'VERDICT', 'FINDING', 'ADVICE'],
    found.map(({ check, verdict, finding, advice }) => [check, verdict, finding, advice]),
  );
}

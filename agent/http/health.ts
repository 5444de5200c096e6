import { errorChain } from '../../shared/platform/errors.ts';
import type { Clock } from '../../shared/platform/clock.ts';
import type { AgentCore } from '../reconcile/core.ts';
import type { GpuSampler } from '../telemetry/sampler.ts';

/** A loop that has not begun a round for so long is stuck: it looks at least every few seconds. */
const roundAgeMsMax = 120_000;
/** Longer than the sampler's own restarts take. */
const sampleAgeMsMax = 60_000;

export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface HealthDeps {
  readonly core: AgentCore;
  readonly clock: Clock;
  readonly sampler: GpuSampler | null;
}

/** Looks at what is already known; asks no driver, so that it answers while one hangs. */
export function checkHealth({ core, clock, sampler }: HealthDeps): readonly HealthCheck[] {
  return [
    checkLoop(core, clock),
    checkStore(core),
    ...Object.entries(core.metrics().drivers).map(([name, seen]) => ({
      name: `driver ${name}`,
      ok: seen.success,
      detail: seen.success ? `answered in ${Math.round(seen.durationMs)} ms` : 'does not answer',
    })),
    ...(sampler === null ? [] : [checkSampler(sampler)]),
  ];
}

function checkLoop(core: AgentCore, clock: Clock): HealthCheck {
  const round = core.lastRound();
  if (round === null) return { name: 'loop', ok: false, detail: 'no round has ended yet' };
  const ageMs = clock.wallMs() - round.startedAtMs;
  const detail = `last round ${round.outcome}, ${Math.round(ageMs / 1_000)} s ago`;
  return { name: 'loop', ok: ageMs <= roundAgeMsMax, detail };
}

function checkStore(core: AgentCore): HealthCheck {
  try {
    core.events({ limit: 1, subject: null });
    const refusal = core.lastRound()?.refusal ?? null;
    return { name: 'store', ok: refusal === null, detail: refusal ?? 'readable' };
  } catch (error) {
    return { name: 'store', ok: false, detail: errorChain(error) };
  }
}

function checkSampler(sampler: GpuSampler): HealthCheck {
  const latest = sampler.latest();
  const why = sampler.lastError === null ? '' : `: ${sampler.lastError}`;
  if (latest === null) return { name: 'sampler', ok: false, detail: `no sample yet${why}` };
  const detail = `newest sample ${(latest.ageMs / 1_000).toFixed(1)} s old${why}`;
  return { name: 'sampler', ok: latest.ageMs <= sampleAgeMsMax, detail };
}

/** One line a check, the failed ones first. */
export function renderHealth(checks: readonly HealthCheck[]): string {
  const order = [...checks.filter((check) => !check.ok), ...checks.filter((check) => check.ok)];
  return order
    .map(({ name, ok, detail }) => `${ok ? 'ok' : 'FAILED'} ${name}: ${oneLine(detail)}\n`)
    .join('');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../shared/platform/clock.ts';
import { createSchedulerClient } from '../../../shared/wire/services.ts';
import { setup as buildOnce } from '../../setup/build-once.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { prepareState } from './prepared-state.ts';
import { startCoordinator } from './running-coordinator.ts';

const sizes = {
  quick: { nodes: 500, replicas: 5_000 },
  all: { nodes: 5_000, replicas: 50_000 },
} as const;
const [runsQuick, runsAll] = [1, 3];
const targetMs = 2_000;
const callMsMax = 30_000;

/** From the start of the process to its first answer about a model, with a full store; beside it an empty one. */
export async function restartRows(options: BenchOptions): Promise<readonly BenchRow[]> {
  buildOnce();
  const size = options.quick ? sizes.quick : sizes.all;
  const runs = options.quick ? runsQuick : runsAll;
  const stateDir = mkdtempSync(join(tmpdir(), 'tangram-restart-'));
  const emptyDir = mkdtempSync(join(tmpdir(), 'tangram-restart-'));
  try {
    await prepareState({ stateDir, ...size, certificates: false });
    const full: number[] = [];
    const empty: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      empty.push(await timeRestart(emptyDir, null));
      full.push(await timeRestart(stateDir, 'model-0000'));
    }
    const value = median(full);
    return [
      {
        metric: `restart to serving, ${size.nodes} nodes and ${size.replicas} replicas`,
        value,
        unit: 'ms',
        yardstick: `an empty store: ${median(empty).toFixed(0)} ms (medians of ${runs})`,
        target: `<= ${targetMs} with 5000 and 50000`,
        ok: !options.quick && value <= targetMs,
      },
    ];
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
    rmSync(emptyDir, { recursive: true, force: true });
  }
}

/** `model` null: there is none, and the answer says so. */
async function timeRestart(stateDir: string, model: string | null): Promise<number> {
  const coordinator = await startCoordinator(stateDir, 'off');
  const client = createSchedulerClient(coordinator.grpc);
  try {
    // Before it leads, a coordinator says so instead of answering.
    for (;;) {
      const answer = await ask(client, model ?? 'none');
      if (answer === (model ?? 'MODEL_UNKNOWN')) break;
      if (systemClock.monotonicMs() - coordinator.startedAtMs > callMsMax) throw new Error(answer);
    }
    return systemClock.monotonicMs() - coordinator.startedAtMs;
  } finally {
    client.close();
    await coordinator.stop();
    rmSync(join(stateDir, 'ready.json'), { force: true });
  }
}

async function ask(
  client: ReturnType<typeof createSchedulerClient>,
  name: string,
): Promise<string> {
  return new Promise((resolve) => {
    client.getModel({ name }, { deadline: Date.now() + callMsMax }, (error, response) => {
      if (error === null) resolve(response?.model?.name ?? '');
      else resolve(String(error.metadata.get('tangram-code')[0] ?? error.details));
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}

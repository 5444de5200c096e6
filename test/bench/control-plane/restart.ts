import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../shared/platform/clock.ts';
import { createSchedulerClient } from '../../../shared/wire/services.ts';
import { setup as buildOnce } from '../../setup/build-once.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { readUsage } from '../measured-process.ts';
import { prepareState } from './prepared-state.ts';
import { startCoordinator, type RunningCoordinator } from './running-coordinator.ts';
import { scrapeRows } from './scrapes.ts';

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
    const full: Restart[] = [];
    const empty: Restart[] = [];
    const scrapes: BenchRow[] = [];
    const what = `${size.nodes} nodes and ${size.replicas} replicas`;
    for (let run = 0; run < runs; run += 1) {
      empty.push(await restart(emptyDir, null));
      const last = run === runs - 1;
      full.push(
        await restart(stateDir, 'model-0000', async ({ http }) => {
          if (last) scrapes.push(...(await scrapeRows(http, what)));
        }),
      );
    }
    const value = median(full.map((each) => each.wallMs));
    const cpuMs = median(full.map((each) => each.cpuMs));
    const emptyMs = median(empty.map((each) => each.wallMs));
    return [
      {
        metric: `restart to serving, ${what}`,
        value,
        unit: 'ms',
        yardstick: `${cpuMs.toFixed(0)} ms of CPU; an empty store: ${emptyMs.toFixed(0)} ms (medians of ${runs})`,
        target: `<= ${targetMs} with 5000 and 50000`,
        ok: !options.quick && value <= targetMs,
      },
      ...scrapes,
    ];
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
    rmSync(emptyDir, { recursive: true, force: true });
  }
}

interface Restart {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** `model` null: there is none, and the answer says so. `then` is done once it serves. */
async function restart(
  stateDir: string,
  model: string | null,
  then: (serving: RunningCoordinator) => Promise<void> = async () => undefined,
): Promise<Restart> {
  const coordinator = await startCoordinator(stateDir, 'off');
  const client = createSchedulerClient(coordinator.grpc);
  try {
    // Before it leads, a coordinator says so instead of answering.
    for (;;) {
      const answer = await ask(client, model ?? 'none');
      if (answer === (model ?? 'MODEL_UNKNOWN')) break;
      if (systemClock.monotonicMs() - coordinator.startedAtMs > callMsMax) throw new Error(answer);
    }
    const wallMs = systemClock.monotonicMs() - coordinator.startedAtMs;
    const cpuMs = readUsage(coordinator.child).cpuSeconds * 1_000;
    await then(coordinator);
    return { wallMs, cpuMs };
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

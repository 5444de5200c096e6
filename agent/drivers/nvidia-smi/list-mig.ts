import type { MigGeometry } from '../../../shared/domain/mig-profile.ts';
import { ok, type Result } from '../../../shared/domain/result.ts';
import { parseGpuList, type ListedGpu } from '../../formats/listings/gpu-list.ts';
import { parseComputeInstances, parseGpuInstances } from '../../formats/mig/mig-instances.ts';
import { parseMigPlacements } from '../../formats/mig/mig-placements.ts';
import { parseMigProfiles } from '../../formats/mig/mig-profiles.ts';
import { parseToolFailure, toolError } from './error-output.ts';
import { assembleGeometries } from './geometry.ts';
import { joinMigInstances } from './mig-join.ts';
import type { MigInstanceRow } from './nvidia-smi.ts';
import { readable, unreadableOutput, type Tool } from './tool.ts';

/** The three listings are three moments: when they disagree the card was being changed, and we look again. */
const looksMax = 3;
const betweenLooksMs = 200;

/** While the GPU instances stay as they are, their compute instances and UUIDs are looked at again after this. */
const lookAgainMs = 30_000;

/**
 * Every MIG instance of every card, with its compute instances and its UUID.
 * Invariants: `-lgi` is asked every time; what the other two listings told stands only for the very same GPU
 * instances, only when each had a device, only for `lookAgainMs`, and never across a change of ours.
 */
export class MigLister {
  readonly #tool: Tool;
  #changes = 0;
  #known: {
    readonly gpuInstances: string;
    readonly rows: readonly MigInstanceRow[];
    readonly monotonicMs: number;
  } | null = null;

  constructor(tool: Tool) {
    this.#tool = tool;
  }

  async list(signal: AbortSignal): Promise<readonly MigInstanceRow[]> {
    const tool = this.#tool;
    const changes = this.#changes;
    for (let look = 1; ; look += 1) {
      const gpuInstances = await listing(tool, ['mig', '-lgi'], parseGpuInstances, signal);
      if (gpuInstances.length === 0) return [];
      const now = JSON.stringify(gpuInstances);
      const known = this.#knownFor(now);
      if (known !== null) return known;
      const computeInstances = await listing(tool, ['mig', '-lci'], parseComputeInstances, signal);
      const gpus = await listing(tool, ['-L'], listedGpus, signal);
      const joined = joinMigInstances(gpuInstances, computeInstances, gpus);
      if (joined.ok) {
        const whole = joined.value.every((row) => row.uuid !== null);
        if (whole && changes === this.#changes) {
          const monotonicMs = tool.clock.monotonicMs();
          this.#known = { gpuInstances: now, rows: joined.value, monotonicMs };
        }
        return joined.value;
      }
      if (look >= looksMax) throw unreadableOutput('the MIG instances', joined.problem);
      await tool.clock.sleep(betweenLooksMs, signal);
    }
  }

  /** Runs a change of the instances; what was listed before its end is not relied on. */
  async whileChanging<T>(change: () => Promise<T>): Promise<T> {
    this.#forget();
    try {
      return await change();
    } finally {
      this.#forget();
    }
  }

  #knownFor(gpuInstances: string): readonly MigInstanceRow[] | null {
    const known = this.#known;
    if (known === null || known.gpuInstances !== gpuInstances) return null;
    const ageMs = this.#tool.clock.monotonicMs() - known.monotonicMs;
    return ageMs <= lookAgainMs ? known.rows : null;
  }

  #forget(): void {
    this.#changes += 1;
    this.#known = null;
  }
}

/** What each card offers, by its index. Empty where no card has MIG, or where MIG is off on a driver before 550. */
export async function readGeometries(
  tool: Tool,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, MigGeometry>> {
  const profiles = await listing(tool, ['mig', '-lgip'], parseMigProfiles, signal);
  if (profiles.length === 0) return new Map();
  const placements = await listing(tool, ['mig', '-lgipp'], parseMigPlacements, signal);
  return assembleGeometries(profiles, placements);
}

function listedGpus(stdout: string): Result<readonly ListedGpu[]> {
  const list = parseGpuList(stdout);
  return list.ok ? ok(list.value.gpus) : list;
}

/** An empty listing exits with a code, and is an empty list. */
async function listing<T>(
  tool: Tool,
  args: readonly string[],
  parse: (stdout: string) => Result<readonly T[]>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const shown = `nvidia-smi ${args.join(' ')}`;
  const result = await tool.run(args, 'query', signal);
  const parsed = parse(result.stdout);
  if (result.exitCode === 0) return readable(parsed, shown);
  if (parsed.ok && saysNothingIsThere(result.stdout)) return parsed.value;
  if (parseToolFailure(result.stdout, result.exitCode).kind === 'no-device') return [];
  throw toolError(`cannot run ${shown}`, result.stdout, result.exitCode);
}

function saysNothingIsThere(stdout: string): boolean {
  return (
    stdout.trim() === '' ||
    /^(No (GPU|compute) instances found|No MIG-(enabled|supported) devices found)/m.test(stdout) ||
    /instance profiles:/.test(stdout)
  );
}

import { Argument } from 'commander';
import { parseGpuUuid, type GpuUuid } from '../../../shared/domain/ids.ts';
import { renderTable } from '../../../shared/platform/table.ts';
import { problemError } from '../../../shared/wire/unary.ts';
import type { GpuRecord } from '../api/agent-api.ts';
import { agree, findGpu, toJson, type AddCommand, type Json } from '../cli-deps.ts';

type Wanted = 'observe' | 'place' | 'cut' | 'default';

const meanings: Readonly<Record<Wanted, string>> = {
  observe: 'it is looked at and nothing else',
  place: 'models may use what is there; its layout and mode stay',
  cut: 'models may use it, and its MIG layout, MPS daemon and mode may be changed',
  default: 'what the configuration says',
};

/** `agentctl authority`. */
export const addAuthority: AddCommand = (program, deps, api) => {
  program
    .command('authority')
    .description('what may be done to each card: observe, place or cut')
    .argument('[gpu]', 'index, UUID, or the beginning of one; `all` for every card')
    .addArgument(
      new Argument('[level]', 'what may be done from now on, across restarts').choices(
        Object.keys(meanings),
      ),
    )
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'machine-readable')
    .addHelpText('after', `\n${explain()}`)
    .action(
      async (
        gpu: string | undefined,
        level: Wanted | undefined,
        options: Json & { readonly yes?: true; readonly dryRun?: true },
      ) => {
        const agent = api();
        const gpus = await agent.gpus();
        const chosen = gpu === undefined || gpu === 'all' ? gpus : [findGpu(gpus, gpu)];
        const set = new Map<string, string>();
        if (level !== undefined) {
          const names = chosen.map((each) => `GPU ${each.index}`).join(', ');
          const plan = `set ${names} to ${level}: ${meanings[level]}`;
          if (options.dryRun === true) {
            deps.out(`would ${plan}\n`);
            return;
          }
          await agree(deps, { yes: options.yes === true, plan });
          for (const each of chosen) {
            const wanted = level === 'default' ? null : level;
            set.set(each.uuid, await agent.local.setAuthority(uuidOf(each), wanted));
          }
        }
        const told = (set.size === 0 ? chosen : await settled(agent.gpus, set)).map(
          ({ index, uuid, productName, authority }) => ({ index, uuid, productName, authority }),
        );
        deps.out(options.json ? toJson(told) : render(told));
      },
    );

  /** The views follow with the next round of the agent, which comes at once. */
  async function settled(
    read: () => Promise<readonly GpuRecord[]>,
    set: ReadonlyMap<string, string>,
  ): Promise<readonly GpuRecord[]> {
    for (let tries = 0; ; tries += 1) {
      const now = (await read()).filter(({ uuid }) => set.has(uuid));
      if (tries >= triesMax) return now;
      if (now.every(({ uuid, authority }) => authority === set.get(uuid))) return now;
      await deps.clock.sleep(againMs, deps.signal);
    }
  }
};

const againMs = 100;
const triesMax = 30;

function uuidOf(gpu: GpuRecord): GpuUuid {
  const parsed = parseGpuUuid(gpu.uuid);
  if (!parsed.ok) throw problemError(parsed.problem);
  return parsed.value;
}

function explain(): string {
  return Object.entries(meanings)
    .map(([level, meaning]) => `  ${level.padEnd(8)} ${meaning}`)
    .join('\n');
}

function render(
  gpus: readonly Pick<GpuRecord, 'index' | 'uuid' | 'productName' | 'authority'>[],
): string {
  return renderTable(
    ['GPU', 'UUID', 'PRODUCT', 'AUTHORITY'],
    gpus.map((gpu) => [String(gpu.index), gpu.uuid, gpu.productName, gpu.authority]),
  );
}

import { InvalidArgumentError, type Command } from 'commander';
import { isAppError } from '../../shared/platform/errors.ts';
import type { CoordinatorClient } from './client.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { renderEventLine, renderEvents } from './render-events.ts';
import { renderError } from '../../shared/platform/command-line.ts';
import { exitCodes } from './run.ts';

const followPeriodMs = 1_000;
const followBatch = 1_000;

interface EventsOptions extends Json {
  readonly subject: string;
  readonly limit: number;
  readonly follow?: true;
}

/** `events`, `logs`, `version`. */
export function addRecords(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('events')
    .description('what happened, newest last')
    .option('--subject <subject>', 'models/NAME, nodes/NAME or replicas/ID', '')
    .option('-n, --limit <count>', 'how many', lineCount, 50)
    .option('--follow', 'go on as things happen')
    .option('--json', 'machine-readable; with --follow one object a line')
    .action(async (options: EventsOptions) => {
      if (options.follow) await follow(deps, api(), options);
      else {
        const events = await api().listEvents(options.subject, options.limit);
        deps.out(options.json ? toJson({ events }) : renderEvents(events));
      }
    });
  program
    .command('logs')
    .description('the last lines that a replica, or every replica of a model, wrote')
    .argument('<replica-or-model>')
    .option('--tail <lines>', 'how many lines', lineCount, 100)
    .option('--json', 'machine-readable')
    .action(async (name: string, { tail, json }: Json & { readonly tail: number }) =>
      printLogs(deps, api(), { name, tail, json: json === true }),
    );
  program
    .command('version')
    .description('of this program and of the coordinator')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => printVersion(deps, api(), json === true));
}

async function follow(
  deps: CliDeps,
  client: CoordinatorClient,
  options: EventsOptions,
): Promise<void> {
  let lastId = -1;
  let limit = options.limit;
  while (!deps.signal.aborted) {
    const events = await client.listEvents(options.subject, limit);
    for (const event of events.filter((each) => Number(each.id) > lastId)) {
      deps.out(options.json ? `${JSON.stringify(event)}\n` : renderEventLine(event));
      lastId = Number(event.id);
    }
    limit = followBatch;
    // An interrupt is how following ends, not an error.
    await deps.clock.sleep(followPeriodMs, deps.signal).catch(() => undefined);
  }
}

async function printLogs(
  deps: CliDeps,
  client: CoordinatorClient,
  asked: { readonly name: string; readonly tail: number; readonly json: boolean },
): Promise<void> {
  const ofModel = await replicasOf(client, asked.name);
  const single = ofModel === null;
  const answers: { replica: string; text: string; error: string }[] = [];
  for (const replica of ofModel ?? [asked.name]) {
    try {
      answers.push({ replica, text: await client.readLogs(replica, asked.tail), error: '' });
    } catch (error) {
      // One replica that cannot be asked must not hide what the others wrote.
      if (single) throw error;
      answers.push({ replica, text: '', error: renderError(error).trim() });
      deps.setExitCode(exitCodes.failure);
    }
  }
  if (asked.json) {
    deps.out(toJson({ replicas: answers }));
    return;
  }
  if (answers.length === 0) deps.note(`model ${asked.name} has no replica with a place\n`);
  for (const { replica, text, error } of answers) {
    if (answers.length > 1) deps.out(`==> ${replica} <==\n`);
    if (error !== '') deps.note(`${error}\n`);
    deps.out(text === '' || text.endsWith('\n') ? text : `${text}\n`);
  }
}

/** null: no model is called that, so it is a replica's id. */
async function replicasOf(
  client: CoordinatorClient,
  name: string,
): Promise<readonly string[] | null> {
  try {
    const model = await client.getModel(name);
    return (model.status?.replicas ?? []).map((replica) => replica.replica);
  } catch (error) {
    if (isAppError(error, 'MODEL_UNKNOWN') || isAppError(error, 'REQUEST_INVALID')) return null;
    throw error;
  }
}

async function printVersion(
  deps: CliDeps,
  client: CoordinatorClient,
  json: boolean,
): Promise<void> {
  const cluster = await client.getCluster().catch((error: unknown) => {
    deps.note(renderError(error));
    deps.setExitCode(exitCodes.unreachable);
    return null;
  });
  if (json) {
    deps.out(toJson({ client: deps.version, coordinator: cluster }));
    return;
  }
  deps.out(`tangram      ${deps.version}\n`);
  if (cluster !== null) {
    deps.out(
      `coordinator  ${cluster.version}, cluster ${cluster.clusterId}, epoch ${cluster.epoch}\n`,
    );
  }
}

function lineCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,5}$/.test(text) && count >= 1 && count <= 10_000) return count;
  throw new InvalidArgumentError('Give a whole number from 1 to 10000.');
}

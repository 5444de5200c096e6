import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDurationMs } from '../../shared/domain/units.ts';
import { verifyAuditFile } from '../audit/verify-file.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import {
  renderApiTokens,
  renderAudit,
  renderUsers,
  renderVerdict,
  renderWhoAmI,
  type AuditVerdict,
} from './render-access.ts';
import { writeUserContext } from './user-context.ts';
import { exitCodes, needsYes } from './run.ts';

const roles = ['viewer', 'operator', 'admin', 'scheduler'] as const;
const dayMs = 86_400_000;

interface Rights extends Json {
  readonly role: (typeof roles)[number];
  readonly namespaces: readonly string[];
}

interface Confirmed {
  readonly yes?: true;
}

/** `whoami`, `user`, `api-token`, `audit`. */
export function addAccess(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('whoami')
    .description('who the coordinator takes you for, and what you may do')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const answer = await api().whoAmI();
      deps.out(json ? toJson(answer) : renderWhoAmI(answer));
    });
  addUsers(program, deps, api);
  addApiTokens(program, deps, api);
  addAudit(program, deps, api);
}

function addUsers(program: Command, deps: CliDeps, api: Api): void {
  const group = program.command('user').description('people who may use the cluster');
  withRights(group.command('create').description('make a name known').argument('<name>'))
    .option('--context <file>', 'also make a key and a certificate, and write them there')
    .action(async (name: string, rights: Rights & { readonly context?: string }) => {
      if (rights.context !== undefined) {
        deps.host.checkWritable(rights.context);
        // Before there is a user: where TLS is off nothing can be issued.
        await api().getAuthority();
      }
      const user = await api().createUser({ name, ...encodeRights(rights) });
      deps.out(rights.json ? toJson(user) : renderUsers([user]));
      if (rights.context !== undefined) {
        await writeUserContext(deps, api, { name, file: rights.context });
      }
    });
  group
    .command('certificate')
    .description(
      'make a new key and certificate for somebody who is known; earlier ones stay valid',
    )
    .argument('<name>')
    .requiredOption('--context <file>', 'where to write them, with all that tangram needs')
    .action(async (name: string, { context }: { readonly context: string }) => {
      deps.host.checkWritable(context);
      await writeUserContext(deps, api, { name, file: context });
    });
  group
    .command('list')
    .description('everybody who is known')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const users = await api().listUsers();
      deps.out(json ? toJson({ users }) : renderUsers(users));
    });
  withRights(
    group
      .command('set-role')
      .description('change what somebody may do, at once')
      .argument('<name>'),
  ).action(async (name: string, rights: Rights) => {
    const user = await api().setUserRole({ name, ...encodeRights(rights) });
    deps.out(rights.json ? toJson(user) : renderUsers([user]));
  });
  group
    .command('delete')
    .description('forget somebody: certificates of that name are of no use from then on')
    .argument('<name>')
    .option('--yes', 'do not ask')
    .action(async (name: string, options: Confirmed) => {
      if (!(await confirmed(deps, options, `delete the user ${name}`))) return;
      await api().deleteUser(name);
      deps.out(`user ${name} is deleted; open streams end within seconds\n`);
    });
}

function addApiTokens(program: Command, deps: CliDeps, api: Api): void {
  const group = program.command('api-token').description('secrets with which programs call');
  withRights(
    group
      .command('create')
      .description('make a token; its secret is shown this once')
      .argument('[for]', 'what it is for, in your words', ''),
  )
    .option('--ttl <duration>', 'for how long it counts', durationIn, 30 * dayMs)
    .action(async (description: string, options: Rights & { readonly ttl: number }) => {
      const answer = await api().createApiToken({
        description,
        ...encodeRights(options),
        ttlSeconds: Math.ceil(options.ttl / 1_000),
      });
      deps.out(options.json ? toJson(answer) : `${answer.secret}\n`);
      if (!options.json)
        deps.note('kept nowhere: store it now; send it as authorization: Bearer\n');
    });
  group
    .command('list')
    .description('tokens, without their secrets')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const tokens = await api().listApiTokens();
      deps.out(json ? toJson({ tokens }) : renderApiTokens(tokens, deps.clock.wallMs()));
    });
  group
    .command('revoke')
    .description('let nobody in with a token any more')
    .argument('<id>', 'as in list')
    .option('--yes', 'do not ask')
    .action(async (id: string, options: Confirmed) => {
      if (!(await confirmed(deps, options, `revoke the API token ${id}`))) return;
      await api().revokeApiToken(id);
      deps.out(`API token ${id} is revoked; open streams end within seconds\n`);
    });
}

function addAudit(program: Command, deps: CliDeps, api: Api): void {
  const group = program.command('audit').description('who changed what, and who was denied');
  group
    .command('list')
    .description('the newest records, oldest of them first')
    .option('--caller <caller>', 'only of user/NAME, token/ID, agent/NODE', '')
    .option('-n, --limit <count>', 'how many', countIn, 50)
    .option('--json', 'machine-readable')
    .action(async (options: Json & { readonly caller: string; readonly limit: number }) => {
      const records = await api().listAuditRecords(options.caller, options.limit);
      deps.out(options.json ? toJson({ records }) : renderAudit(records));
    });
  group
    .command('verify')
    .description(
      'compute every hash anew; exit code 1 and the first bad record if it is not intact',
    )
    .option('--file <audit.db>', 'of a coordinator that is stopped, or a copy; asks nobody')
    .option('--json', 'machine-readable')
    .action(async ({ file, json }: Json & { readonly file?: string }) => {
      const verdict = file === undefined ? await api().verifyAudit() : verdictOf(file);
      deps.out(json ? toJson(verdict) : renderVerdict(verdict));
      if (!verdict.intact) deps.setExitCode(exitCodes.failure);
    });
}

function verdictOf(file: string): AuditVerdict {
  const { intact, records, firstBad, problem, head } = verifyAuditFile(file);
  return {
    intact,
    records: String(records),
    firstBad: String(firstBad ?? 0),
    problem,
    headNumber: String(head.number),
    headHash: head.hash,
  };
}

function withRights(command: Command): Command {
  return command
    .addOption(
      new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory(true),
    )
    .option('--namespaces <names>', 'only models of these, such as team-a,team-b', namesIn, [])
    .option('--json', 'machine-readable');
}

function encodeRights({ role, namespaces }: Rights) {
  const words = {
    viewer: 'ROLE_VIEWER',
    operator: 'ROLE_OPERATOR',
    admin: 'ROLE_ADMIN',
    scheduler: 'ROLE_SCHEDULER',
  } as const;
  return { role: words[role], namespaces: [...namespaces] };
}

async function confirmed(deps: CliDeps, { yes }: Confirmed, what: string): Promise<boolean> {
  if (yes) return true;
  if (!deps.interactive) throw needsYes(what);
  if (await deps.confirm(`${what}?`)) return true;
  deps.setExitCode(exitCodes.failure);
  return false;
}

function namesIn(text: string): readonly string[] {
  return text.split(',').filter((name) => name !== '');
}

function durationIn(text: string): number {
  const parsed = parseDurationMs(text);
  if (parsed.ok && parsed.value >= 1_000) return parsed.value;
  throw new InvalidArgumentError('Give a duration such as 12h or 30d, at least 1s.');
}

function countIn(text: string): number {
  const count = Number(text);
  if (/^\d{1,4}$/.test(text) && count >= 1 && count <= 1_000) return count;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
}

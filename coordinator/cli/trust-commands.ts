import { InvalidArgumentError, Option, type Command } from 'commander';
import { AppError } from '../../shared/platform/errors.ts';
import { toJson, type Api, type CliDeps, type Json } from './deps.ts';
import { renderAuthority, renderJoinLine, renderTokenNote, renderTokens } from './render-trust.ts';
import { durationIn } from './replay-commands.ts';
import { needsYes } from './run.ts';

interface CreateOptions extends Json {
  readonly ttl: number;
  readonly uses: number;
  readonly nodePattern: string;
  readonly label: Readonly<Record<string, string>>;
}

const hourMs = 3_600_000;

/** `token`, `cert`, `ca`. */
export function addTrust(program: Command, deps: CliDeps, api: Api): void {
  addTokens(program, deps, api);
  addCertificates(program, deps, api);
  addAuthority(program, deps, api);
}

function addTokens(program: Command, deps: CliDeps, api: Api): void {
  const token = program.command('token').description('tokens with which hosts join the cluster');
  token
    .command('create')
    .description('make one, and print the line to paste on the host')
    .option('--ttl <duration>', 'how long it lasts, at most 30d', durationIn, hourMs)
    .option('--uses <n>', 'how many nodes may join with it', wholeNumber, 1)
    .option('--node-pattern <pattern>', "names of the nodes, such as 'gpu-*'", '*')
    .addOption(
      new Option('--label <key=value>', 'added to the labels of the node; may be repeated')
        .argParser(addLabel)
        .default({}, 'none'),
    )
    .option('--json', 'machine-readable')
    .action(async ({ ttl, uses, nodePattern, label, json }: CreateOptions) => {
      const ttlSeconds = Math.ceil(ttl / 1_000);
      const made = await api().createJoinToken({ ttlSeconds, uses, nodePattern, labels: label });
      deps.out(json ? toJson(made) : renderJoinLine(made));
      if (!json) deps.note(renderTokenNote(made));
    });
  token
    .command('list')
    .description('those that are live, without their secrets')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => {
      const tokens = await api().listJoinTokens();
      deps.out(json ? toJson({ tokens }) : renderTokens(tokens));
    });
  token
    .command('revoke')
    .description('nobody joins with it any more; who has joined stays')
    .argument('<token>', 'its id, as tangram token list shows it')
    .action(async (id: string) => {
      await api().revokeJoinToken(id);
      deps.out(`token ${id} revoked\n`);
    });
}

function addCertificates(program: Command, deps: CliDeps, api: Api): void {
  program
    .command('cert')
    .description('certificates of nodes and users')
    .command('revoke')
    .description(
      'end the trust in what was issued to a node, or to a user; its streams end at once',
    )
    .argument('[node]')
    .option('--user <name>', 'a user instead of a node')
    .option('--serial <hex>', 'one certificate, by its serial number')
    .option('-y, --yes', 'do not ask')
    .action(
      async (
        node: string | undefined,
        { user, serial, yes }: { user?: string; serial?: string; yes?: true },
      ) => {
        const named = [node, user, serial].filter((each) => each !== undefined);
        const [name] = named;
        if (named.length !== 1 || name === undefined) {
          throw new AppError('REQUEST_INVALID', 'name one node, --user or --serial');
        }
        const what =
          node === undefined ? (user === undefined ? 'serial' : 'user') : ('node' as const);
        if (!(await agreed(deps, yes, `revoke the certificates of ${what} ${name}`))) return;
        await api().revokeCertificates({ what, [what]: name });
        deps.out(
          `certificates of ${what} ${name} revoked${what === 'node' ? '; what runs there runs on, and a fresh token lets it join again' : ''}\n`,
        );
      },
    );
}

function addAuthority(program: Command, deps: CliDeps, api: Api): void {
  const ca = program.command('ca').description('the authority that certificates rest on');
  const show = (authority: Awaited<ReturnType<ReturnType<Api>['getAuthority']>>, json?: true) =>
    deps.out(json ? toJson({ authority }) : renderAuthority(authority, deps.clock.wallMs()));
  ca.command('status')
    .description('its roots, and the nodes that do not rest on the newest yet')
    .option('--json', 'machine-readable')
    .action(async ({ json }: Json) => show(await api().getAuthority(), json));
  ca.command('rotate')
    .description('make a new root: trusted at once, issuing after the overlap')
    .option(
      '--overlap <duration>',
      'for how long both are told to agents first',
      durationIn,
      hourMs,
    )
    .option('-y, --yes', 'do not ask')
    .option('--json', 'machine-readable')
    .action(async ({ overlap, yes, json }: { overlap: number; yes?: true } & Json) => {
      if (!(await agreed(deps, yes, 'make a new root'))) return;
      show(await api().rotateAuthority(Math.ceil(overlap / 1_000)), json);
      deps.note('once it issues and no node is behind: tangram ca retire\n');
    });
  ca.command('retire')
    .description('end the trust in every root before the one that issues')
    .option('--force', 'also while nodes rest on one: they must join again')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'machine-readable')
    .action(async ({ force, yes, json }: { force?: true; yes?: true } & Json) => {
      if (!(await agreed(deps, yes, 'end the trust in the older roots'))) return;
      show(await api().retireAuthority(force === true), json);
    });
}

async function agreed(deps: CliDeps, yes: true | undefined, what: string): Promise<boolean> {
  if (yes) return true;
  if (!deps.interactive) throw needsYes(what);
  if (await deps.confirm(`${what[0]?.toUpperCase()}${what.slice(1)}?`)) return true;
  deps.note('nothing was done\n');
  deps.setExitCode(1);
  return false;
}

function wholeNumber(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a whole number');
}

function addLabel(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError('give key=value, such as zone=eu-1');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

import { parseArgs } from 'node:util';
import { AppError } from '../../shared/platform/errors.ts';

/** What was asked of `npm start -- …`. */
export interface StartOptions {
  /** null: the host's own cards. */
  readonly simulate: string | null;
  /** Do not ask before touching real cards. */
  readonly yes: boolean;
  readonly runtime: 'auto' | 'docker' | 'process';
  /** null: a free one. */
  readonly grpcPort: number | null;
  readonly joinPort: number | null;
  readonly httpPort: number | null;
  readonly metricsPort: number | null;
}

const defaultCards = '2xA100-40GB,L40S';

/** What `npm start -- --help` prints. */
export const startHelp = `usage: npm start -- [options]

Starts a coordinator and one agent on this machine, and three sample models on its cards.

  --simulate CARDS          simulated cards (default: ${defaultCards})
  --real                    this host's own idle NVIDIA cards: shows the plan and asks
  --yes                     do not ask
  --runtime KIND            auto (Docker if an engine answers), docker or process
  --grpc-port PORT          the coordinator's API (default: a free port)
  --join-port PORT          where hosts would join (default: a free port)
  --http-port PORT          the coordinator's metrics and discovery (default: a free port)
  --metrics-port PORT       the agent's metrics (default: a free port)
  --help                    this text

State is in .tangram/ of this folder: another start resumes it, and removing the folder forgets it.
Exit codes: 0 ended by Ctrl-C, 1 failure, 2 wrong usage.
`;

const runtimes = ['auto', 'docker', 'process'] as const;

/** Answers 'help', or the options. Throws REQUEST_INVALID. */
export function parseStartOptions(argv: readonly string[]): StartOptions | 'help' {
  const values = readFlags(argv);
  if (values.help === true) return 'help';
  if (values.real === true && values.simulate !== undefined) {
    throw wrong('--real and --simulate exclude each other', 'give one of them');
  }
  const runtime = runtimes.find((each) => each === (values.runtime ?? 'auto'));
  if (runtime === undefined) {
    throw wrong(`--runtime ${JSON.stringify(values.runtime)} is not known`, runtimes.join(', '));
  }
  return {
    simulate: values.real === true ? null : (values.simulate ?? defaultCards),
    yes: values.yes === true,
    runtime,
    grpcPort: port('--grpc-port', values['grpc-port']),
    joinPort: port('--join-port', values['join-port']),
    httpPort: port('--http-port', values['http-port']),
    metricsPort: port('--metrics-port', values['metrics-port']),
  };
}

function readFlags(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        simulate: { type: 'string' },
        real: { type: 'boolean' },
        yes: { type: 'boolean', short: 'y' },
        runtime: { type: 'string' },
        'grpc-port': { type: 'string' },
        'join-port': { type: 'string' },
        'http-port': { type: 'string' },
        'metrics-port': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw wrong(message, 'npm start -- --help lists the options');
  }
}

function port(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 65_535) return value;
  throw wrong(`${flag} ${JSON.stringify(text)} is no port`, 'a number from 1 to 65535');
}

function wrong(message: string, hint: string): AppError {
  return new AppError('REQUEST_INVALID', message, { hint });
}

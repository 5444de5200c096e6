import type { Clock } from '../../shared/platform/clock.ts';
import type { UserContext } from '../../shared/pki/user-context.ts';
import type { CoordinatorClient } from './client.ts';
import type { Host } from './host.ts';

/** All that a command touches outside itself. */
export interface CliDeps {
  readonly version: string;
  /** `addresses`: `host:port` of every coordinator that is known, at least one. */
  /** The context file that is named, else the user's own; null: there is none. Throws CONFIG_INVALID. */
  readonly readContext: (named: string | undefined) => UserContext | null;
  readonly connect: (
    addresses: readonly string[],
    context: UserContext | null,
  ) => CoordinatorClient;
  /** The answer. */
  readonly out: (text: string) => void;
  /** Progress, questions and problems. */
  readonly note: (text: string) => void;
  /** A file's text; `-` is standard input. A folder answers the paths of the manifests in it. */
  readonly readManifest: (path: string) => ManifestText;
  /** A person is there to be asked. */
  readonly interactive: boolean;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly host: Host;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly setExitCode: (code: number) => void;
}

export type ManifestText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'folder'; readonly paths: readonly string[] };

/** A command's access to the coordinator that the options name; opened when first used. */
export type Api = () => CoordinatorClient;

export interface Json {
  readonly json?: true;
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

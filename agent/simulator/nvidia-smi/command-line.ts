import type { MigCommand } from './mig-change.ts';
import type { ModeCommand } from './mode-change.ts';
import type { MonitorRequest } from './render-monitor.ts';
import type { NvlinkQuestion } from './render-nvlink.ts';
import type { Reply } from './reply.ts';

/** What a command line asks for. */
export type Request =
  | { readonly kind: 'table' }
  | { readonly kind: 'list' }
  | { readonly kind: 'version' }
  | { readonly kind: 'help' }
  | { readonly kind: 'help-query'; readonly topic: 'gpu' | 'compute-apps' }
  | { readonly kind: 'help-mig' }
  | {
      readonly kind: 'query';
      readonly xml: boolean;
      readonly display: readonly string[] | undefined;
    }
  | { readonly kind: 'csv'; readonly topic: 'gpu' | 'compute-apps'; readonly csv: CsvOptions }
  | { readonly kind: 'topology' }
  | { readonly kind: 'nvlink'; readonly what: NvlinkQuestion }
  | ({ readonly kind: 'monitor' } & MonitorRequest)
  | { readonly kind: 'modes'; readonly command: ModeCommand }
  | { readonly kind: 'mig'; readonly command: MigCommand };

export interface CsvOptions {
  readonly fields: readonly string[];
  readonly header: boolean;
  readonly units: boolean;
}

export interface Loop {
  readonly periodMs: number;
  /** Infinity: until it is told to end. */
  readonly samples: number;
}

export interface CommandLine {
  readonly request: Request;
  readonly selection: readonly string[] | undefined;
  /** undefined: once. */
  readonly loop: Loop | undefined;
  readonly file: string | undefined;
}

export type Parsed =
  | { readonly ok: true; readonly value: CommandLine }
  | { readonly ok: false; readonly reply: Reply };

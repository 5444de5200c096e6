import { err, ok, type Problem, type Result } from '../../../shared/domain/result.ts';
import type { Format } from '../format.ts';
import { refusalOfLine } from '../refusals/refusal.ts';
import { emptyListing } from './mig-table.ts';
import { headLines, isAside, isCut, notThisFormat, truncated } from '../text/saved-output.ts';
import { linesOf } from '../text/text.ts';

interface GpuInstanceChange {
  readonly gpuIndex: number;
  readonly gpuInstanceId: number;
}

interface ComputeInstanceChange extends GpuInstanceChange {
  readonly computeInstanceId: number;
}

/** What was made, by the name and id of its profile. */
type Made<T> = T & { readonly profileName: string; readonly profileId: number };

/** What a command that changes MIG instances or the MIG mode says it did. */
interface MigChanges {
  readonly gpuInstancesCreated: readonly Made<GpuInstanceChange>[];
  readonly computeInstancesCreated: readonly Made<ComputeInstanceChange>[];
  readonly gpuInstancesDestroyed: readonly GpuInstanceChange[];
  readonly computeInstancesDestroyed: readonly ComputeInstanceChange[];
  readonly modesSet: readonly { readonly gpu: string; readonly enabled: boolean }[];
  /** The change waits for a reset or a reboot; the tool still exits with 0. */
  readonly modesPending: readonly PendingMode[];
  readonly failures: readonly MigFailure[];
}

interface PendingMode {
  /** As the tool names it, by bus id. */
  readonly gpu: string;
  readonly enabled: boolean;
  /** NVML's words: `In use by another client`, `Not Supported` (a VM may not reset the card). */
  readonly reason: string;
}

interface MigFailure {
  readonly words: string;
  /** NVML's words alone: `Insufficient Resources`. */
  readonly reason: string;
}

/** A change that was not refused. `pending` is bad news about a card, not a refusal. */
interface MigOutcome extends Omit<MigChanges, 'failures'> {
  readonly listing: null;
  readonly pending: boolean;
  /** Why the first card waits; null where none does. */
  readonly reason: string | null;
  /** Who holds the cards, as far as the tool says: `one or more other processes`. */
  readonly blockedBy: string | null;
  /** What makes it effective, in the tool's words. */
  readonly remedies: readonly string[];
}

/** `mig -cgi`, `-cci`, `-dci`, `-dgi` and `-mig 0|1`; the strings are those of the binary, 450 to 580. */
export const migChangesFormat: Format<MigOutcome> = {
  kind: 'mig',
  command: 'nvidia-smi mig -cgi | -cci | -dgi | -dci, nvidia-smi -mig 0|1',
  recognises: recognisesMigChanges,
  parse: parseOutcome,
};

const busId = String.raw`[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]`;
const id = String.raw`\s{1,3}(\d{1,4})`;
const profile = String.raw` using profile (?:MIG )?(\S{1,60}) \(ID\s{1,3}(\d{1,4})\)`;
const created = new RegExp(`^Successfully created GPU instance ID${id} on GPU${id}(?:${profile})?`);
const computeCreated = new RegExp(
  `^Successfully created compute instance(?: ID${id})? on GPU${id} GPU instance ID${id}(?:${profile})?`,
);
const destroyed = new RegExp(`^Successfully destroyed GPU instance ID${id} from GPU${id}`);
const computeDestroyed = new RegExp(
  `^Successfully destroyed compute instance ID${id} from GPU${id} GPU instance ID${id}`,
);
const modeSet = new RegExp(`^(Enabled|Disabled) MIG Mode for GPU (${busId})$`);
const pendingLine = new RegExp(
  `^Warning: MIG mode is in pending (enable|disable) state for GPU (${busId}):\\s?([A-Z][A-Za-z ]{1,60})$`,
);
const heldLine = /is currently being used by ([^(.]{1,120})/;
const remedyLine = /^Reboot the system\b/;
const unable =
  /^Unable to (?:create|destroy|query|display|list|enable|disable|set|reset)\b.{0,200}\b(?:instances?|MIG Mode)\b.{0,200}: ([^:]{1,80})$/i;
const failed =
  /^(?:Failed to (?:create|destroy|display|list|query) (?:GPU|compute) |No (?:GPU|compute) instances? found)[^:]{0,80}: ([^:]{1,80})$/;

/** Reads what such a command printed. Never fails: unknown lines say nothing. */
export function parseMigChanges(stdout: string): MigChanges {
  const lines = linesOf(stdout).map((line) => line.trim());
  const matches = (pattern: RegExp): RegExpExecArray[] =>
    lines.map((line) => pattern.exec(line)).filter((match) => match !== null);
  return {
    gpuInstancesCreated: matches(created).map((match) => ({
      gpuIndex: Number(match[2]),
      gpuInstanceId: Number(match[1]),
      profileName: match[3] ?? '',
      profileId: Number(match[4] ?? -1),
    })),
    computeInstancesCreated: matches(computeCreated).map((match) => ({
      gpuIndex: Number(match[2]),
      gpuInstanceId: Number(match[3]),
      // Drivers before 510 do not name it: the default instance has id 0.
      computeInstanceId: Number(match[1] ?? 0),
      profileName: match[4] ?? '',
      profileId: Number(match[5] ?? -1),
    })),
    gpuInstancesDestroyed: matches(destroyed).map((match) => ({
      gpuIndex: Number(match[2]),
      gpuInstanceId: Number(match[1]),
    })),
    computeInstancesDestroyed: matches(computeDestroyed).map((match) => ({
      gpuIndex: Number(match[2]),
      gpuInstanceId: Number(match[3]),
      computeInstanceId: Number(match[1]),
    })),
    modesSet: matches(modeSet).map((match) => ({
      gpu: match[2] ?? '',
      enabled: match[1] === 'Enabled',
    })),
    modesPending: matches(pendingLine).map((match) => ({
      gpu: match[2] ?? '',
      enabled: match[1] === 'enable',
      reason: match[3] ?? '',
    })),
    failures: [...matches(unable), ...matches(failed)].map((match) => ({
      words: match[0],
      reason: (match[1] ?? '').trim(),
    })),
  };
}

/** `No MIG-enabled devices found.`: MIG is off everywhere; `No MIG-supported …`: no card could have it. */
const noMigDevices = /^No MIG-(?:enabled|supported) devices found/;
/** What a reply may begin with; an empty listing belongs to the listing. */
const openers: readonly RegExp[] = [
  /^Successfully (?:created|destroyed) (?:GPU|compute) instance\b.{0,40}? (?:on|from) GPU\b/,
  modeSet,
  pendingLine,
  unable,
  /^Failed to (?:create|destroy|display|list|query) (?:GPU|compute) instance/,
  noMigDevices,
];

function recognisesMigChanges(text: string): boolean {
  const first = headLines(text)
    .find((line) => !isAside(line))
    ?.trim();
  return first !== undefined && openers.some((opener) => opener.test(first));
}

function parseOutcome(text: string): Result<MigOutcome> {
  const refused = migRefusal(text);
  if (refused !== null) return err(refused);
  const { failures: _none, ...changes } = parseMigChanges(text);
  const lines = linesOf(text);
  const last = lines.length - 1;
  if (isCut(text, lines, last) && !isWhole((lines[last] ?? '').trim())) {
    return err(truncated(`line ${last + 1}`));
  }
  if (Object.values(changes).every((each) => each.length === 0)) {
    return err(notThisFormat(text, 'reply of a MIG command'));
  }
  const [first] = changes.modesPending;
  return ok({
    listing: null,
    ...changes,
    pending: first !== undefined,
    reason: first?.reason ?? null,
    blockedBy: first === undefined ? null : (heldLine.exec(text)?.[1]?.trim() ?? null),
    remedies: lines.map((line) => line.trim()).filter((line) => remedyLine.test(line)),
  });
}

const wholeEndings: readonly RegExp[] = [
  /\(ID\s{1,3}\d{1,4}\)$/,
  new RegExp(`${destroyed.source}$`),
  new RegExp(`${computeDestroyed.source}$`),
  modeSet,
  new RegExp(`${remedyLine.source}.{0,200} ${busId}$`),
  /^All done\.$|effective\.$/,
];

/** A last line without its end is whole where it ends as the tool's sentences do. */
function isWhole(line: string): boolean {
  return wholeEndings.some((ending) => ending.test(line));
}

/** The refusal in the reply of any MIG command, with what was done before it and stays; null: none. */
export function migRefusal(text: string): Problem | null {
  const lines = linesOf(text).map((line) => line.trim());
  const nothingThere = lines.find((line) => noMigDevices.test(line));
  if (nothingThere !== undefined) return problemOf(nothingThere, '');
  const { failures, gpuInstancesCreated, gpuInstancesDestroyed } = parseMigChanges(text);
  const first = failures.find((failure) => !emptyListing.test(failure.words));
  if (first === undefined) return null;
  const kept = [
    ...gpuInstancesCreated.map((each) => `created ${each.profileName} ${instance(each)}`),
    ...gpuInstancesDestroyed.map((each) => `destroyed ${instance(each)}`),
  ];
  return problemOf(
    first.words,
    kept.length === 0 ? '' : `. Done before that, and not undone: ${kept.join(', ')}`,
  );
}

function instance(change: GpuInstanceChange): string {
  return `(GPU ${change.gpuIndex}, instance ${change.gpuInstanceId})`;
}

function problemOf(words: string, kept: string): Problem {
  const refusal = refusalOfLine(words);
  return {
    code: refusal?.code ?? 'REFUSED',
    message: `${words.replace(/\s+/g, ' ')}${kept}`,
    hint: refusal?.hint ?? 'look at nvidia-smi mig -lgip and -lgi',
  };
}

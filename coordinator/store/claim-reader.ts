import type { Claim, ClaimHolder } from '../../shared/domain/claim.ts';
import {
  parseAllocationName,
  parseClaimId,
  parseGpuUuid,
  parseModelName,
  parseNodeName,
  parseReplicaId,
  parseSliceId,
} from '../../shared/domain/ids.ts';
import type { Workload } from '../../shared/domain/model.ts';
import type { Result } from '../../shared/domain/result.ts';

/** What the copies of one version of a model have in common. */
interface Common {
  readonly workload: Workload;
  readonly processes: number;
  readonly superseded: boolean;
}

/** A record of `claims/<id>`. */
type Read = Common & { readonly claim: Claim };

/** Beyond it all are forgotten: a cluster has fewer versions of models under way. */
const commonMax = 4_096;

/** Cannot stand inside a JSON string, where quotes are escaped, and a claim has no such key. */
const seam = ',"workload":{';

/**
 * Reads the values of very many claims: a start reads all there are. Knows only what this version writes, in the order in
 * which it writes it; everything else is null, and the codec judges it. Copies of one model share one workload in memory.
 */
export class ClaimReader {
  readonly #common = new Map<string, Common>();

  /** `text`: a whole value with its versions. */
  read(text: string): Read | null {
    const at = text.indexOf(seam);
    if (at < 0 || !text.startsWith(opening)) return null;
    const common = this.#common.get(text.slice(at));
    if (common === undefined) return null;
    const claim = parseObject(text.slice(opening.length, at));
    return isClaim(claim) ? { claim, ...common } : null;
  }

  /** Told of a value that the codec has read, so that the next like it is read here. */
  learn(text: string, { workload, processes, superseded }: Read): void {
    const at = text.indexOf(seam);
    const common: Common = { workload, processes, superseded };
    const rest = text.slice(at);
    // Exactly what we write: nothing in it, no key that comes twice, can change how the claim before it is read.
    if (at < 0 || rest !== `,${JSON.stringify(common).slice(1)}}`) return;
    if (this.#common.size >= commonMax) this.#common.clear();
    this.#common.set(rest, common);
  }
}

const opening = '{"schemaVersion":1,"leastReader":1,"value":{"claim":';

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether `value` is a claim and nothing more. The shape in `value-shapes.ts` says the same, slower and in words. */
function isClaim(value: unknown): value is Claim {
  if (!isRecord(value)) return false;
  const { id, holder, node, slices, cpuMillis, memoryMib, state, apartFrom, createdAtMs } = value;
  return (
    hasKeys(value, apartFrom === undefined ? 8 : 9) &&
    passes(parseClaimId, id) &&
    isHolder(holder) &&
    passes(parseNodeName, node) &&
    Array.isArray(slices) &&
    slices.every(isSlice) &&
    Number.isSafeInteger(cpuMillis) &&
    Number.isSafeInteger(memoryMib) &&
    (state === 'held' || state === 'reclaiming') &&
    (apartFrom === undefined || isApart(apartFrom)) &&
    Number.isSafeInteger(createdAtMs)
  );
}

function isApart(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => passes(parseModelName, name));
}

function isHolder(value: unknown): value is ClaimHolder {
  if (!isRecord(value)) return false;
  if (value['kind'] === 'allocation') {
    return hasKeys(value, 2) && passes(parseAllocationName, value['allocation']);
  }
  return (
    value['kind'] === 'replica' &&
    hasKeys(value, 4) &&
    passes(parseReplicaId, value['replica']) &&
    passes(parseModelName, value['model']) &&
    Number.isSafeInteger(value['modelVersion'])
  );
}

function isSlice(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasKeys(value, 5) &&
    passes(parseSliceId, value['id']) &&
    Number.isSafeInteger(value['incarnation']) &&
    passes(parseNodeName, value['node']) &&
    passes(parseGpuUuid, value['gpu']) &&
    isRecord(value['shape']) &&
    isSliceShape(value['shape'])
  );
}

function isSliceShape(shape: Readonly<Record<string, unknown>>): boolean {
  if (!Number.isSafeInteger(shape['memoryMib'])) return false;
  switch (shape['kind']) {
    case 'whole':
    case 'timeshare':
      return hasKeys(shape, 2);
    case 'mps':
      return hasKeys(shape, 3) && Number.isSafeInteger(shape['smPercent']);
    case 'mig':
      return (
        hasKeys(shape, 6) &&
        Number.isSafeInteger(shape['giProfileId']) &&
        Number.isSafeInteger(shape['start']) &&
        typeof shape['profile'] === 'string' &&
        Number.isSafeInteger(shape['size'])
      );
    default:
      return false;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasKeys(value: object, count: number): boolean {
  let keys = 0;
  for (const _key in value) keys += 1;
  return keys === count;
}

function passes<T extends string>(parse: (text: string) => Result<T>, value: unknown): boolean {
  return typeof value === 'string' && parse(value).ok;
}

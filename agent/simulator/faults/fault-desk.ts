import type {
  CardFaultKind,
  Fault,
  NumberFaultKind,
  PlainFaultKind,
  ProfileFaultKind,
} from './fault.ts';
import type { FaultList } from './fault-list.ts';

/** How often each fault struck, by revision and text. */
export type SpentFaults = Readonly<Record<string, number>>;

/** More than any fault strikes: what a reset writes down for a fault that it mended. */
const mendedUses = 1_000_000_000;

/** What a reset of the card puts right. */
const mendedByReset: readonly string[] = [
  'lost',
  'needs-reset',
  'row-remap-pending',
  'ecc',
  'recovery',
  'mig-pending',
];

/**
 * The faults in force during one invocation. Asking with `strikes` uses a counted fault up; `has` only looks.
 *
 * Invariants: a fault strikes at most `usesMax` times until the control file is edited; what was used up here is
 * told by `spent`, and whoever holds the state's lock keeps it.
 */
export interface FaultDesk {
  readonly faults: readonly Fault[];
  has(kind: PlainFaultKind): boolean;
  /** The value of `slow=`, `truncate=` or `exit=`. */
  value(kind: NumberFaultKind): number | undefined;
  onCard(kind: CardFaultKind, gpuIndex: number): boolean;
  strikesCard(kind: CardFaultKind, gpuIndex: number): boolean;
  strikesProfile(
    kind: ProfileFaultKind,
    profile: { readonly giProfileId: number; readonly name: string },
  ): boolean;
  /** Counts one use of `fault`. */
  use(fault: Fault): void;
  /** A reset of the card mends what a reset can mend. */
  mend(gpuIndex: number): void;
  spent(): SpentFaults;
}

export function openFaultDesk(list: FaultList, before: SpentFaults): FaultDesk {
  const key = (fault: Fault): string => `${list.revision} ${fault.text}`;
  // What was counted for another revision of the file is over.
  const known = new Set(list.faults.map(key));
  const uses = new Map(Object.entries(before).filter(([each]) => known.has(each)));
  const inForce = (fault: Fault): boolean => (uses.get(key(fault)) ?? 0) < fault.usesMax;
  const use = (fault: Fault): void => {
    if (Number.isFinite(fault.usesMax)) uses.set(key(fault), (uses.get(key(fault)) ?? 0) + 1);
  };
  const mended = (fault: Fault): boolean => (uses.get(key(fault)) ?? 0) >= mendedUses;
  const active = (): readonly Fault[] =>
    list.faults.filter((fault) => inForce(fault) && !mended(fault));
  const onCard = (kind: CardFaultKind, gpuIndex: number): Fault | undefined =>
    active().find(
      (fault) => fault.kind === kind && 'gpuIndex' in fault && fault.gpuIndex === gpuIndex,
    );
  const struck = (fault: Fault | undefined): boolean => {
    if (fault !== undefined) use(fault);
    return fault !== undefined;
  };
  return {
    get faults() {
      return active();
    },
    has: (kind) => active().some((fault) => fault.kind === kind),
    value: (kind) => {
      const found = active().find((fault) => fault.kind === kind);
      return found !== undefined && 'value' in found ? found.value : undefined;
    },
    onCard: (kind, gpuIndex) => onCard(kind, gpuIndex) !== undefined,
    strikesCard: (kind, gpuIndex) => struck(onCard(kind, gpuIndex)),
    strikesProfile: (kind, { giProfileId, name }) =>
      struck(
        active().find(
          (fault) =>
            fault.kind === kind &&
            'profile' in fault &&
            ['*', String(giProfileId), name].includes(fault.profile),
        ),
      ),
    use,
    mend: (gpuIndex) => {
      for (const fault of list.faults) {
        if (!('gpuIndex' in fault) || fault.gpuIndex !== gpuIndex) continue;
        if (mendedByReset.includes(fault.kind)) uses.set(key(fault), mendedUses);
      }
    },
    spent: () => Object.fromEntries(uses),
  };
}

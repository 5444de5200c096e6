import type { Problem } from '../../shared/domain/result.ts';
import type { KeyPath } from '../../shared/manifest/yaml-place.ts';
import type { EventEntry } from './scenario-schema.ts';

/** The key that says what happens, and the text behind it. */
export interface Action {
  readonly kind: ActionKey;
  readonly value: string;
}

type ActionKey = 'deploy' | 'scale' | 'remove' | 'jobs' | 'lose' | 'drain' | 'fail';
type DetailKey = 'replicas' | 'for' | 'ratePerHour' | 'life' | 'patience';

/** Which details each action must have, and may have. */
const details: Readonly<
  Record<ActionKey, { readonly must: readonly DetailKey[]; readonly may: readonly DetailKey[] }>
> = {
  deploy: { must: [], may: ['replicas'] },
  scale: { must: ['replicas'], may: [] },
  remove: { must: [], may: [] },
  jobs: { must: ['ratePerHour', 'life', 'for'], may: ['patience'] },
  lose: { must: [], may: ['for'] },
  drain: { must: [], may: ['for'] },
  fail: { must: [], may: ['for'] },
};

const actionKeys = Object.keys(details) as readonly ActionKey[]; // its own keys
const detailKeys: readonly DetailKey[] = ['replicas', 'for', 'ratePerHour', 'life', 'patience'];

/** What an event says happens; null: it does not say one thing. Everything wrong with its form is told. */
export function checkEvent(
  entry: EventEntry,
  tell: (key: KeyPath, problem: Problem) => void,
): Action | null {
  const say = (key: KeyPath, message: string, hint: string): void =>
    tell(key, { code: 'SCENARIO_INVALID', message, hint });
  checkWhen(entry, say);
  const actions = actionKeys.flatMap((kind) => {
    const value = entry[kind];
    return value === undefined ? [] : [{ kind, value }];
  });
  const [action, second] = actions;
  if (action === undefined) {
    say([], 'it does not say what happens', `write one of ${actionKeys.join(', ')}`);
    return null;
  }
  if (second !== undefined) {
    const both = `both ${action.kind} and ${second.kind}`;
    say([second.kind], `one event cannot be ${both}`, 'write two events');
    return null;
  }
  const { must, may } = details[action.kind];
  const missing = must.filter((key) => entry[key] === undefined);
  if (missing.length > 0) {
    say(
      [action.kind],
      `${missing.join(', ')} is missing`,
      `${action.kind} needs ${must.join(', ')}`,
    );
    return null;
  }
  for (const key of detailKeys) {
    if (entry[key] === undefined || must.includes(key) || may.includes(key)) continue;
    const known = [...must, ...may];
    const hint = known.length === 0 ? 'leave it out' : `it has ${known.join(', ')}`;
    say([key], `${action.kind} has no ${key}`, hint);
  }
  return action;
}

/** Whether `value` is a whole number from 0 to `most`. */
export function isWhole(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}

function checkWhen(
  { at, after, delay }: EventEntry,
  say: (key: KeyPath, message: string, hint: string) => void,
): void {
  if (at === undefined && after === undefined) {
    say([], 'it does not say when', 'write at, such as at: 1h, or after with the name of an event');
  }
  if (at !== undefined && after !== undefined) {
    say(['at'], 'it has both at and after', 'leave one out');
  }
  if (delay !== undefined && after === undefined) {
    say(['delay'], 'delay counts from another event', 'write at, or name that event with after');
  }
}

import type { Namespaces, Role } from './caller.ts';
import { namespaceIn, reaches } from './caller.ts';
import type { Directory } from './records.ts';

/** A decoded message, of whatever type: rules read a few fields of it by name. */
export type Message = Readonly<Record<string, unknown>>;

/** What a request touches, as far as namespaces go. */
export type Touch =
  | { readonly kind: 'nothing' }
  /** Everybody's models: only for callers of all namespaces. */
  | { readonly kind: 'cluster' }
  /** `each`: the caller must have every one of them; `some`: one is enough, which is for reads. */
  | { readonly kind: 'each' | 'some'; readonly namespaces: readonly string[] };

/** Takes out of an answer what its reader may not see; null: the whole message. One for each call, with its own memory. */
export type AnswerFilter = (answer: Message) => Message | null;

/** Everything that is decided about one rpc before its service hears of it. */
export interface MethodRule {
  /** `anybody`: also who proves nothing. */
  readonly who: 'anybody' | readonly Role[];
  /** Whether this request changes something: those are audited. */
  readonly changes: (request: Message) => boolean;
  /** `models/x`, `nodes/y`: for the audit log. Empty: it has no target. */
  readonly target: (request: Message) => string;
  /** What an answer says was made, for a request that could not name it. Empty: nothing. */
  readonly made: (answer: Message) => string;
  readonly touches: (request: Message, directory: Directory) => Touch;
  /** The node that an agent's message speaks for; null: it does not say. */
  readonly speaksFor: (message: Message) => string | null;
  /** Absent: everything in an answer may be seen by who may call. */
  readonly filter?: (
    namespaces: Namespaces,
    directory: Directory,
    request: Message,
  ) => AnswerFilter;
}

type Optional = Partial<Omit<MethodRule, 'who' | 'changes'>>;

/** An rpc that changes nothing. */
export function reading(who: MethodRule['who'], more: Optional = {}): MethodRule {
  return { ...plain, who, ...more };
}

/** An rpc that changes something, unless the request only asks what would happen. */
export function changing(who: MethodRule['who'], more: Optional = {}): MethodRule {
  return { ...plain, who, changes: (request) => request['validateOnly'] !== true, ...more };
}

const plain: Omit<MethodRule, 'who'> = {
  changes: () => false,
  target: () => '',
  made: () => '',
  touches: () => ({ kind: 'nothing' }),
  speaksFor: () => null,
};

/** A text field; '' for what is absent or no text. */
export function textIn(message: Message, field: string): string {
  const value = message[field];
  return typeof value === 'string' ? value : '';
}

/** A message in a field; null for what is absent. */
export function messageIn(message: Message, field: string): Message | null {
  const value = message[field];
  // A decoded message is an object with the fields of its type.
  return typeof value === 'object' && value !== null ? (value as Message) : null;
}

export const cluster = (): Touch => ({ kind: 'cluster' });

/** `models/<what a field says>`. */
export function named(kind: string, field: string): (request: Message) => string {
  return (request) => {
    const name = textIn(request, field);
    return name === '' ? '' : `${kind}/${name}`;
  };
}

/** The namespace of the model that a field names. An unknown one touches nothing: the service says that it is unknown. */
export function modelIn(field: string): MethodRule['touches'] {
  return (request, directory) => ofModels('each', [textIn(request, field)], directory);
}

/** The namespace that a declaration asks for, and the one that the model is in now: a move needs both. */
export const declaredModel: MethodRule['touches'] = (request, directory) => {
  const model = messageIn(request, 'model');
  if (model === null) return { kind: 'nothing' };
  const present = directory.model(textIn(model, 'name'));
  const wanted = namespaceIn(labelsIn(model));
  return {
    kind: 'each',
    namespaces: present === undefined ? [wanted] : [wanted, present.namespace],
  };
};

export function ofModels(
  kind: 'each' | 'some',
  names: readonly (string | undefined)[],
  directory: Directory,
): Touch {
  const found = names.flatMap((name) => (name === undefined ? [] : (directory.model(name) ?? [])));
  return found.length === 0
    ? { kind: 'nothing' }
    : { kind, namespaces: [...new Set(found.map((model) => model.namespace))] };
}

/** Keeps the items of a repeated field that `visible` says yes to. */
export function keeping(field: string, visible: (item: Message) => boolean): AnswerFilter {
  return (answer) => {
    const items = answer[field];
    // A repeated field of messages is an array of objects.
    return Array.isArray(items)
      ? { ...answer, [field]: (items as Message[]).filter(visible) }
      : answer;
  };
}

/**
 * Keeps the events of a watch that are about what `visible` says yes to. What its reader may have seen and sees no more
 * is told as deleted, once. Who goes on from a revision has seen what we do not know, so it is told of every deletion.
 */
export function keepingEvents(
  field: string,
  visible: (item: Message) => boolean,
  request: Message,
): AnswerFilter {
  const resumed = textIn(request, 'resumeRevision') !== '';
  const seen = new Set<string>();
  const gone = new Set<string>();
  const ends = (name: string): boolean => {
    const known = seen.delete(name) || (resumed && !gone.has(name));
    gone.add(name);
    return known;
  };
  return (event) => {
    const item = messageIn(event, field);
    if (item === null) {
      const deleted = textIn(event, 'deleted');
      return deleted === '' || ends(deleted) ? event : null;
    }
    const name = textIn(item, 'name');
    if (!visible(item)) {
      return ends(name) ? { revision: event['revision'], event: 'deleted', deleted: name } : null;
    }
    seen.add(name);
    gone.delete(name);
    return event;
  };
}

/** Whether a wire model is in one of the namespaces. */
export function modelVisible(namespaces: Namespaces, model: Message): boolean {
  return reaches(namespaces, namespaceIn(labelsIn(model)));
}

/** The labels of a wire model or allocation. */
export function labelsIn(model: Message): Readonly<Record<string, string>> {
  // `map<string, string> labels`.
  return (messageIn(model, 'labels') ?? {}) as Readonly<Record<string, string>>;
}

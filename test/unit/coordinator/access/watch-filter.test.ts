import { expect, test } from 'vitest';
import { methodTable } from '../../../../coordinator/access/method-table.ts';
import type { Directory } from '../../../../coordinator/access/records.ts';
import type { Message } from '../../../../coordinator/access/method-rule.ts';

const nobody: Directory = {
  model: () => undefined,
  allocation: () => undefined,
  modelOfReplica: () => undefined,
  modelsOfPlan: () => undefined,
  modelsOfChange: () => undefined,
};

/** What a caller of the namespace `a` is told of these events, in short. */
function told(
  method: string,
  field: string,
  resumeRevision: string,
  events: readonly string[],
): readonly string[] {
  const filter = methodTable[method]?.filter?.(['a'], nobody, { resumeRevision });
  if (filter === undefined) throw new Error(`${method} has no filter`);
  return events.flatMap((event) => {
    const seen = filter(eventOf(field, event));
    return seen === null ? [] : [shortly(field, seen)];
  });
}

/** `x@a`: x, in the namespace a; `-x`: x was deleted. */
function eventOf(field: string, text: string): Message {
  if (text === 'synced' || text === 'bookmark') return { [text]: true, revision: '1-1-1' };
  if (text.startsWith('-')) return { deleted: text.slice(1), revision: '1-1-1' };
  const [name = '', namespace = ''] = text.split('@');
  return { [field]: { name, labels: { namespace } }, revision: '1-1-1' };
}

function shortly(field: string, event: Message): string {
  const item = event[field] as { name: string } | undefined;
  if (item !== undefined) return item.name;
  if (typeof event['deleted'] === 'string') return `-${event['deleted']}`;
  return event['synced'] === true ? 'synced' : 'bookmark';
}

const watches = [
  ['tangram.v1.SchedulerService/WatchModels', 'model'],
  ['tangram.v1.AllocationService/WatchAllocations', 'allocation'],
] as const;

const cases: readonly {
  readonly name: string;
  readonly resume: string;
  readonly events: readonly string[];
  readonly want: readonly string[];
}[] = [
  {
    name: 'from the beginning: its own, and the end of what it saw',
    resume: '',
    events: ['x@a', 'y@b', 'synced', '-y', 'z@b', 'x@a', '-x'],
    want: ['x', 'synced', 'x', '-x'],
  },
  {
    name: 'what leaves its namespace is gone, once',
    resume: '',
    events: ['x@a', 'synced', 'x@b', 'x@b', '-x'],
    want: ['x', 'synced', '-x'],
  },
  {
    name: 'from a revision: a deletion of what it saw before',
    resume: '1-0-0',
    events: ['-x', 'bookmark'],
    want: ['-x', 'bookmark'],
  },
  {
    name: 'from a revision: what has left its namespace meanwhile, once, and what came back',
    resume: '1-0-0',
    events: ['x@b', 'x@b', 'bookmark', 'x@b', 'x@a', 'x@b', '-x'],
    want: ['-x', 'bookmark', 'x', '-x'],
  },
];

for (const [method, field] of watches) {
  test.for(cases)(`${field}s, $name`, ({ resume, events, want }) => {
    expect(told(method, field, resume, events)).toEqual(want);
  });
}

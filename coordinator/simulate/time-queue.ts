/** What happens later, in order of time; what was added first comes first among equals. A binary heap. */
export class TimeQueue<T> {
  private readonly heap: Entry<T>[] = [];
  private added = 0;

  add(at: number, item: T): void {
    const { heap } = this;
    const entry = { at, order: this.added, item };
    this.added += 1;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      const above = heap[parent];
      if (above === undefined || !before(entry, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = entry;
  }

  /** The time of what comes next; Infinity when nothing does. */
  nextAt(): number {
    return this.heap[0]?.at ?? Infinity;
  }

  /** Takes what comes next. */
  take(): T | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first?.item;
    this.sink(last);
    return first.item;
  }

  private sink(entry: Entry<T>): void {
    const { heap } = this;
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      if (left === undefined) break;
      const [next, at] =
        right !== undefined && before(right, left) ? [right, 2 * place + 2] : [left, 2 * place + 1];
      if (!before(next, entry)) break;
      heap[place] = next;
      place = at;
    }
    heap[place] = entry;
  }
}

interface Entry<T> {
  readonly at: number;
  readonly order: number;
  readonly item: T;
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Returns entries in the order of their times; those of the same time in order of arrival. */
export interface TimeQueue<T> {
  readonly size: number;
  add(atMs: number, entry: T): void;
  /** Removes and yields, one after the other, what is due by `untilMs`. */
  due(untilMs: number): Generator<T>;
}

interface Entry<T> {
  readonly atMs: number;
  readonly order: number;
  readonly value: T;
}

/** A binary heap. */
export function createTimeQueue<T>(): TimeQueue<T> {
  const heap: Entry<T>[] = [];
  let added = 0;
  return {
    get size() {
      return heap.length;
    },
    add(atMs, value) {
      heap.push({ atMs, order: added++, value });
      rise(heap);
    },
    *due(untilMs) {
      for (let first = heap[0]; first !== undefined && first.atMs <= untilMs; first = heap[0]) {
        const last = heap.pop();
        if (last !== undefined && heap.length > 0) sink(heap, last);
        yield first.value;
      }
    },
  };
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function rise<T>(heap: Entry<T>[]): void {
  let place = heap.length - 1;
  const entry = heap[place] as Entry<T>;
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = heap[above] as Entry<T>;
    if (!isBefore(entry, parent)) break;
    heap[place] = parent;
    place = above;
  }
  heap[place] = entry;
}

function sink<T>(heap: Entry<T>[], entry: Entry<T>): void {
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, heap[below] as Entry<T>)) below++;
    const child = heap[below];
    if (child === undefined || !isBefore(child, entry)) break;
    heap[place] = child;
    place = below;
  }
  heap[place] = entry;
}

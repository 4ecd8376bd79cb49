import type { Window } from '../domain/queries.ts';

/** Times, each of a group: values at one index belong together. */
export interface Moments {
  readonly atMs: Float64Array;
  readonly groups: Int32Array;
}

/**
 * Puts moments in order, each time in the same memory. Made for very many that are spread over a time, as those
 * of jobs are: each goes to one of many short parts of that time, in which it then takes few moves.
 */
export class MomentSorter {
  /** At first how many the part before has, then where the next one of a part goes. */
  #next = new Uint32Array(0);
  #sorted: Moments = openMoments(0);

  /** Those in the window, ascending. They are good until the next call. */
  sorted({ atMs, groups }: Moments, { fromMs, toMs }: Window): Moments {
    const parts = atMs.length;
    const partsPerMs = parts / (toMs - fromMs);
    this.#clear(parts);
    const [next, sorted] = [this.#next, this.#sorted];
    for (let at = 0; at < parts; at += 1) {
      const afterMs = (atMs[at] as number) - fromMs;
      if (!(afterMs >= 0 && afterMs < toMs - fromMs)) continue;
      const part = (afterMs * partsPerMs) >>> 0;
      next[part + 1] = (next[part + 1] as number) + 1;
    }
    // By rounding, the last moments may be in a part more.
    for (let part = 1; part <= parts + 1; part += 1)
      next[part] = (next[part] as number) + (next[part - 1] as number);
    const size = next[parts + 1] as number;
    for (let at = 0; at < parts; at += 1) {
      const afterMs = (atMs[at] as number) - fromMs;
      if (!(afterMs >= 0 && afterMs < toMs - fromMs)) continue;
      const part = (afterMs * partsPerMs) >>> 0;
      const place = next[part] as number;
      next[part] = place + 1;
      sorted.atMs[place] = atMs[at] as number;
      sorted.groups[place] = groups[at] as number;
    }
    const found = { atMs: sorted.atMs.subarray(0, size), groups: sorted.groups.subarray(0, size) };
    moveWithinParts(found);
    return found;
  }

  #clear(parts: number): void {
    if (this.#next.length < parts + 2) {
      this.#next = new Uint32Array(2 * parts + 2);
      this.#sorted = openMoments(2 * parts);
    } else this.#next.fill(0, 0, parts + 2);
  }
}

function openMoments(size: number): Moments {
  return { atMs: new Float64Array(size), groups: new Int32Array(size) };
}

export function isAscending(values: Float64Array): boolean {
  for (let at = 1; at < values.length; at += 1)
    if ((values[at] as number) < (values[at - 1] as number)) return false;
  return true;
}

/** Moves each one before those that are later. */
function moveWithinParts({ atMs, groups }: Moments): void {
  for (let at = 1; at < atMs.length; at += 1) {
    const time = atMs[at] as number;
    if ((atMs[at - 1] as number) <= time) continue;
    const group = groups[at] as number;
    let place = at;
    for (; place > 0 && (atMs[place - 1] as number) > time; place -= 1) {
      atMs[place] = atMs[place - 1] as number;
      groups[place] = groups[place - 1] as number;
    }
    atMs[place] = time;
    groups[place] = group;
  }
}

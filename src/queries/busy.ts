import type { Moments } from './moments.ts';

/*
 * How much happened at the same time.
 */

/** What ran in each part of a time: of each row, and of all together in one more row, the last. */
export interface Busy {
  readonly rows: number;
  /** Of one part after the other, each with all its rows. */
  readonly busyMs: Float64Array;
  /** The most at the same time. */
  readonly peaks: Int32Array;
}

/** Which row each group counts in, and how many rows there are. */
export interface Rows {
  readonly ofGroup: ArrayLike<number>;
  readonly count: number;
}

/** Only all together count. */
export const NO_ROWS: Rows = { ofGroup: [], count: 0 };

/** What happens from the first of the edges until before the last. */
export interface Changes {
  readonly starts: Moments;
  readonly ends: Moments;
  /** What runs at the first edge: how many of each row, and all together. */
  readonly running: Int32Array;
  /** Each part is from one of them until before the next. */
  readonly edges: Float64Array;
  readonly rows: Rows;
}

/** How much ran in each part. */
export function countBusy(changes: Changes): Busy {
  const { running, edges } = changes;
  const cells = running.length * (edges.length - 1);
  const busy = { rows: running.length, busyMs: new Float64Array(cells), peaks: new Int32Array(cells) };
  const next = { start: 0, end: 0 };
  for (let part = 0; part + 1 < edges.length; part += 1) {
    endUntil(edges[part] as number, changes, next);
    countPart(part, changes, next, busy);
  }
  return busy;
}

/** Of starts and ends, which are the next ones. */
interface Next {
  start: number;
  end: number;
}

/** What ends when a part begins does not run in it. */
function endUntil(atMs: number, { ends, running, rows }: Changes, next: Next): void {
  for (; next.end < ends.atMs.length && (ends.atMs[next.end] as number) <= atMs; next.end += 1) {
    running[rows.count] = (running[rows.count] as number) - 1;
    const row = rows.ofGroup[ends.groups[next.end] as number];
    if (row !== undefined) running[row] = (running[row] as number) - 1;
  }
}

function countPart(part: number, changes: Changes, next: Next, { busyMs, peaks }: Busy): void {
  const { starts, ends, running, edges, rows } = changes;
  const [beginMs, edgeMs] = [edges[part] as number, edges[part + 1] as number];
  const first = part * running.length;
  for (let row = 0; row < running.length; row += 1) {
    busyMs[first + row] = (running[row] as number) * (edgeMs - beginMs);
    peaks[first + row] = running[row] as number;
  }
  const last = first + rows.count;
  let [all, most, allMs] = [running[rows.count] as number, peaks[last] as number, busyMs[last] as number];
  for (;;) {
    const startMs = next.start < starts.atMs.length ? (starts.atMs[next.start] as number) : edgeMs;
    const endMs = next.end < ends.atMs.length ? (ends.atMs[next.end] as number) : edgeMs;
    if (startMs >= edgeMs && endMs >= edgeMs) break;
    // Of what happens at one moment, ends come first: so no count is one that lasts for no time.
    const by = startMs < endMs ? 1 : -1;
    const group = by > 0 ? starts.groups[next.start++] : ends.groups[next.end++];
    const leftMs = by * (edgeMs - Math.min(startMs, endMs));
    all += by;
    allMs += leftMs;
    if (all > most) most = all;
    const row = rows.ofGroup[group as number];
    if (row === undefined) continue;
    const now = (running[row] as number) + by;
    running[row] = now;
    busyMs[first + row] = (busyMs[first + row] as number) + leftMs;
    if (now > (peaks[first + row] as number)) peaks[first + row] = now;
  }
  running[rows.count] = all;
  peaks[last] = most;
  busyMs[last] = allMs;
}

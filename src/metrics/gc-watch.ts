import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { GaugeReading } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';

export interface GcWatch {
  /** The pauses since the start, and the longest since the call before. */
  readings(): GaugeReading[];
  close(): void;
}

type GcEntry = PerformanceEntry & { readonly detail: { readonly kind: number } };

const KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};
const OTHER = 'other';

/** Watches the garbage collector of the thread it is opened on, named `thread` in the labels. */
export function watchGc(thread: string): GcWatch {
  const sums = new Map([...Object.values(KINDS), OTHER].map((kind) => [kind, { count: 0, ms: 0 }]));
  let longestMs = 0;

  function add(entries: readonly PerformanceEntry[]): void {
    for (const { duration, detail } of entries as readonly GcEntry[]) {
      const sum = sums.get(KINDS[detail.kind] ?? OTHER);
      if (sum === undefined) continue;
      sum.count += 1;
      sum.ms += duration;
      longestMs = Math.max(longestMs, duration);
    }
  }

  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return {
    readings() {
      add(observer.takeRecords());
      const longest = { metric: SELF.gcPauseMax.name, labels: [thread], value: longestMs / 1000 };
      longestMs = 0;
      return [
        longest,
        ...Array.from(sums).flatMap(([kind, { count, ms }]) => [
          { metric: SELF.gcPauses.name, labels: [thread, kind], value: count },
          { metric: SELF.gcPauseSeconds.name, labels: [thread, kind], value: ms / 1000 },
        ]),
      ];
    },
    close: () => observer.disconnect(),
  };
}

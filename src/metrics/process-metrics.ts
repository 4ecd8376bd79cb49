import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { GaugeReading, Metric } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { residentBytes } from '../logger/resident-bytes.ts';

/** The resolution of the event loop's delay. */
const DELAY_RESOLUTION_MS = 10;

export interface ProcessMetrics {
  /**
   * Current values; the longest event loop delay and the longest garbage collection are since the previous
   * call.
   */
  readings(): GaugeReading[];
  close(): void;
}

/**
 * Measures the thread it is opened on, named `thread` in the labels. With ant-watcher's `version`, which only
 * one thread passes, it also measures the whole process.
 */
export function openProcessMetrics({
  thread,
  version,
}: {
  thread: string;
  version?: string;
}): ProcessMetrics {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  const gc = watchGc(thread);
  return {
    readings() {
      const delayMs = Math.max(0, delay.max / 1e6 - DELAY_RESOLUTION_MS);
      delay.reset();
      const heap = getHeapStatistics();
      return [
        ...(version === undefined ? [] : processReadings(version)),
        reading(SELF.heapUsed, [thread], heap.used_heap_size),
        reading(SELF.heapLimit, [thread], heap.heap_size_limit),
        ...gc.readings(),
        reading(SELF.eventLoopDelay, [thread], delayMs / 1000),
      ];
    },
    close() {
      delay.disable();
      gc.close();
    },
  };
}

function processReadings(version: string): GaugeReading[] {
  const { user, system } = process.cpuUsage();
  return [
    reading(SELF.buildInfo, [version, process.version], 1),
    reading(SELF.cpuSeconds, [], (user + system) / 1e6),
    reading(SELF.residentMemory, [], residentBytes()),
    reading(SELF.startTime, [], performance.timeOrigin / 1000),
  ];
}

function reading(metric: Metric, labels: readonly string[], value: number): GaugeReading {
  return { metric: metric.name, labels, value };
}

export interface GcWatch {
  /** The pauses since the start, and the longest since the previous call. */
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
function watchGc(thread: string): GcWatch {
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

import { type Metric, metric } from './metric.ts';

/** Metrics of the process, under the names that all clients of Prometheus use. */
export const PROCESS_METRICS = {
  cpuSeconds: metric('process_cpu_seconds_total', 'counter', [], 'Total user and system CPU time spent.'),
  residentMemory: metric('process_resident_memory_bytes', 'gauge', [], 'Resident memory size.'),
  openFds: metric('process_open_fds', 'gauge', [], 'Number of open file descriptors.'),
  maxFds: metric('process_max_fds', 'gauge', [], 'Maximum number of open file descriptors.'),
  startTime: metric(
    'process_start_time_seconds',
    'gauge',
    [],
    'When the process started, in seconds since the epoch.',
  ),
  heapUsed: metric('nodejs_heap_size_used_bytes', 'gauge', ['thread'], 'JavaScript heap in use, by thread.'),
  heapLimit: metric(
    'nodejs_heap_size_limit_bytes',
    'gauge',
    ['thread'],
    'Maximum size of the JavaScript heap, by thread.',
  ),
  gcPauses: metric(
    'nodejs_gc_pauses_total',
    'counter',
    ['thread', 'kind'],
    'Garbage collection pauses by thread and kind: minor, major, incremental, weakcb, other.',
  ),
  gcPauseSeconds: metric(
    'nodejs_gc_pause_seconds_total',
    'counter',
    ['thread', 'kind'],
    'Total time of garbage collection pauses.',
  ),
  gcPauseMax: metric(
    'nodejs_gc_pause_max_seconds',
    'gauge',
    ['thread'],
    'Longest garbage collection pause since the last scrape, by thread.',
  ),
  eventLoopDelay: metric(
    'nodejs_eventloop_lag_max_seconds',
    'gauge',
    ['thread'],
    'Longest event loop lag since the last scrape, by thread.',
  ),
} as const satisfies Record<string, Metric>;

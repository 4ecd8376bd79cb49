import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread, threadName } from 'node:worker_threads';

/*
 * Loaded into a measured service (`--import`), on each of its threads: records whenever the event
 * loop was blocked. It checks every millisecond, so its values are about a millisecond too long.
 */

const LEAST_MS = 3;

export interface Pause {
  /** The main one, or the name of a worker. */
  readonly thread: string;
  /** When it ended, since the epoch. */
  readonly endMs: number;
  readonly ms: number;
  /** The CPU time of the thread itself in that time; the rest it waited for a core. */
  readonly cpuMs: number;
}

const file = process.env['BENCH_PAUSES_FILE'];
if (file !== undefined) {
  let lastMs = performance.now();
  let lastCpuMs = threadCpuMs();
  setInterval(() => {
    const nowMs = performance.now();
    const cpuMs = threadCpuMs();
    const pause = { ms: nowMs - lastMs, cpuMs: cpuMs - lastCpuMs };
    lastMs = nowMs;
    lastCpuMs = cpuMs;
    if (pause.ms < LEAST_MS) return;
    const line: Pause = { thread: isMainThread ? 'main' : (threadName ?? ''), endMs: Date.now(), ...pause };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }, 1).unref();
}

/** Where the service has to write them. */
export function watchedEnvironment(path: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${import.meta.url}`, BENCH_PAUSES_FILE: path };
}

/** Those of a thread that began after a time, the longest first. */
export function readPauses(path: string, thread: string, sinceMs: number): readonly Pause[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Pause => JSON.parse(line))
    .filter((pause) => pause.thread === thread && pause.endMs - pause.ms >= sinceMs)
    .sort((a, b) => b.ms - a.ms);
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

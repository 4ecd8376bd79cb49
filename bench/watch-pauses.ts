import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/*
 * Loaded into a measured service (`--import`), on each of its threads: records whenever the event
 * loop was blocked. It checks every millisecond, so its values are about a millisecond too long.
 */

const LEAST_MS = 3;

export interface Pause {
  readonly thread: 'main' | 'engine';
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
    const line: Pause = { thread: isMainThread ? 'main' : 'engine', endMs: Date.now(), ...pause };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }, 1).unref();
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

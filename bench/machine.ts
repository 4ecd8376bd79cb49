import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { cpuMsOf, MS_PER_TICK } from './process-usage.ts';
import { medianOf, numberText } from './report.ts';
import { openFolder } from './servers.ts';

/*
 * What the figures were measured on, and how undisturbed.
 */

const SYNCS = 50;
const PAGE = Buffer.alloc(4096);

/** One line about the machine; syncs a file a few times to measure the disk. */
export function describeMachine(): string {
  const model = cpus()[0]?.model ?? 'an unknown processor';
  return `Node.js ${process.version}; ${availableParallelism()} cores (${model}), which the service shares with the sender; a write that is synced to the disk takes ${numberText(medianOf(syncTimesMs()), 2)} ms.`;
}

function syncTimesMs(): number[] {
  using folder = openFolder();
  const file = openSync(join(folder.path, 'synced'), 'w');
  const times = Array.from({ length: SYNCS }, () => {
    const startMs = performance.now();
    writeSync(file, PAGE);
    fdatasyncSync(file);
    return performance.now() - startMs;
  });
  closeSync(file);
  return times;
}

/**
 * Starts watching how much of the machine other programs use. The returned function gives their share of
 * all cores since then, 0 to 1. All processes started by this one must have exited by then, except
 * `child`.
 */
export function watchOthers(child: number): () => number {
  const othersMs = (): number => busyMs() - ownMs() - detachedMs - cpuMsOf(child);
  const start = { othersMs: othersMs(), nowMs: performance.now() };
  return () => {
    const elapsedMs = (performance.now() - start.nowMs) * cpus().length;
    return Math.max(0, othersMs() - start.othersMs) / elapsedMs;
  };
}

let detachedMs = 0;

/** CPU time of processes of the bench that are not its children, once they have ended. */
export function noteDetached(cpuMs: number): void {
  detachedMs += cpuMs;
}

/** Of all cores, including what a hypervisor took. */
function busyMs(): number {
  const fields =
    readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = fields;
  return (user + nice + system + interrupts + softInterrupts + stolen) * MS_PER_TICK;
}

/** Of this process and of those it started that have exited. */
function ownMs(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) * MS_PER_TICK;
}

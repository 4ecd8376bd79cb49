import { globSync, readFileSync } from 'node:fs';

/*
 * What a process used, according to Linux.
 */

/** The kernel shows CPU time to programs in hundredths of a second. */
export const MS_PER_TICK = 10;

/** CPU time of all threads of a process since its start, user and system. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // After the program's name, which may contain anything: state is field 3, utime 14, stime 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/**
 * The same of the threads that are there, exactly, and, in hundredths, of the processes that it started and that have
 * ended.
 */
export function exactCpuMsOf(pid: number): number {
  const threads = globSync(`/proc/${pid}/task/*/schedstat`).map((file) => readFileSync(file, 'utf8'));
  const ownMs = threads.reduce((sum, text) => sum + Number(text.split(' ', 1)[0]) / 1e6, 0);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ownMs + (Number(fields[13]) + Number(fields[14])) * MS_PER_TICK;
}

/** Resident memory of a process, now and at its peak. */
export function residentBytesOf(pid: number): { readonly now: number; readonly highest: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { now: kibibytes('VmRSS') * 1024, highest: kibibytes('VmHWM') * 1024 };
}

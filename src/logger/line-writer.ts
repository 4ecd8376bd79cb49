import { writeSync } from 'node:fs';

/** Where finished lines go; each ends with a line feed. */
export interface LineDestination {
  write(line: string): void;
}

const RETRY_MS = 2;

/**
 * Writes every line with one system call before it returns, so that lines of two threads never mix (in a pipe: as long as
 * the reader keeps up) and the last line before an exit is not lost. A full pipe makes it wait, like any blocking
 * write. A line that cannot be written at all (the reader is gone, the disk is full) must not stop the service: it is
 * left out, and the next one that can be written is preceded by the count of those lost.
 */
export function openLineWriter(fd: number, write: typeof writeSync = writeSync): LineDestination {
  let lost = 0;
  return {
    write(line) {
      try {
        if (lost > 0) writeAll(fd, `${JSON.stringify(lostLines(lost))}\n`, write);
        lost = 0;
        writeAll(fd, line, write);
      } catch {
        lost++;
      }
    },
  };
}

function lostLines(count: number): object {
  return { level: 'warn', time: new Date().toISOString(), msg: 'Log lines were lost', count };
}

function writeAll(fd: number, text: string, write: typeof writeSync): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(write(fd, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

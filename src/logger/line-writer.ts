import { writeSync } from 'node:fs';

/** Where finished lines go; each ends with a line feed. */
export interface LineDestination {
  write(line: string): void;
}

const RETRY_MS = 2;
/** A pipe that stays full for a second is assumed to have no reader. */
const MOST_RETRIES = 500;

/**
 * Writes every line with one system call before it returns, so that lines of two threads never mix (in a
 * pipe: as long as the reader keeps up) and the last line before an exit is not lost. A full pipe makes it
 * wait, for a second at most. A line that cannot be written (the reader is gone or stands still, the disk is
 * full) must not stop the service: it is left out, and the next one that can be written is preceded by the
 * count of those lost.
 */
export function openLineWriter(fd: number, write: typeof writeSync = writeSync): LineDestination {
  let lost = 0;
  /** Whether a partly written line could not be completed. */
  let isCut = false;

  function put(text: string): void {
    const whole = Buffer.from(text);
    let rest = whole;
    // Who did not read for a second is not waited for again with each line.
    let retries = lost > 0 ? 0 : MOST_RETRIES;
    while (rest.length > 0) {
      try {
        rest = rest.subarray(write(fd, rest));
      } catch (error) {
        if (!isFull(error) || retries === 0) {
          isCut ||= rest.length < whole.length;
          throw error;
        }
        retries -= 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }

  return {
    write(line) {
      try {
        if (isCut) put('\n');
        isCut = false;
        if (lost > 0) put(`${JSON.stringify(lostLines(lost))}\n`);
        lost = 0;
        put(line);
      } catch {
        lost++;
      }
    },
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

function lostLines(count: number): object {
  return { level: 'warn', time: new Date().toISOString(), msg: 'Log lines were lost', count };
}

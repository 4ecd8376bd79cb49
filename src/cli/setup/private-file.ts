import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { AntError } from '../../domain/errors.ts';

/** Only its owner may read it. */
const MODE = 0o600;

/**
 * A new file, made at once: what is written into it is told only once, so there must be no doubt that it can be.
 * Without a text it is removed at the end.
 */
export class PrivateFile implements Disposable {
  readonly path: string;
  readonly #descriptor: number;
  #isWritten = false;

  /** Throws `usage` if there is one, or if it can't be made. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#descriptor = openSync(path, 'wx', MODE);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === undefined) throw cause;
      const isThere = code === 'EEXIST';
      throw new AntError('usage', isThere ? `setup: ${path} already exists` : `setup: ${message}`, {
        cause,
        hint: isThere ? 'name another file, or remove it' : 'name a file in a folder that can be written',
      });
    }
  }

  write(text: string): void {
    writeSync(this.#descriptor, text);
    this.#isWritten = true;
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
    if (!this.#isWritten) rmSync(this.path, { force: true });
  }
}

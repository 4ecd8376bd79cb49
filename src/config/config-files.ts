import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** The bytes of a file, or the system's code for why it can't be read, such as `ENOENT`. */
type Content = Buffer | string;

/**
 * The files that the configuration was read from, and digests of what was in them then: they hold secrets. Not those
 * that can be read only once, such as a pipe.
 */
export class ConfigFiles {
  readonly #digests = new Map<string, string>();

  /** Reads a file, and remembers it by its absolute path. */
  read(path: string): Content {
    const content = readNow(path);
    if (typeof content === 'string' || statSync(path, { throwIfNoEntry: false })?.isFile())
      this.#digests.set(path, digestOf(content));
    return content;
  }

  /** What is remembered is read anew: files that are not read any more do not count. */
  forget(): void {
    this.#digests.clear();
  }

  /** A digest of all files that have changed since they were read; null: none has. */
  async changes(): Promise<string | null> {
    const changed: string[] = [];
    for (const [path, before] of this.#digests) {
      const now = digestOf(await readFile(path).catch(failureOf));
      if (now !== before) changed.push(path, now);
    }
    return changed.length === 0 ? null : digestOf(Buffer.from(changed.join('\n')));
  }
}

function readNow(path: string): Content {
  try {
    return readFileSync(path);
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}

function digestOf(content: Content): string {
  return typeof content === 'string' ? content : createHash('sha256').update(content).digest('base64');
}

import {
  type BigIntStats,
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { type LogProgress, logBytesOf } from './log-progress.ts';

/**
 * Where the file is that is open. `moved`: its path leads elsewhere or nowhere, but it has a name. `removed`:
 * it has no name any more, so it is gone when the process ends. `overwritten`: somebody else has written into
 * it, or cut its log short. `log_removed`: its log is not beside it.
 */
export type FileState = 'in_place' | 'moved' | 'removed' | 'overwritten' | 'log_removed';

const HEADER_BYTES = 100;
/** What NFS and FUSE make of a file that is deleted while it is open: it is gone when it is closed. */
const KEPT_WHILE_OPEN = /\/\.(?:nfs|fuse_hidden)[0-9a-f]+$/;

const CHANGE_COUNTER = 24;
/** The counter, the size, what is free; and of which version that is (https://www.sqlite.org/fileformat.html). */
const CHANGING = [
  [24, 40],
  [92, 100],
] as const;

/** What the file was like when we had written to it. */
interface OwnWrite {
  readonly mtimeNs: bigint;
  readonly size: bigint;
  readonly header: Buffer;
  /** Of its log; null: not known. */
  readonly progress: LogProgress | null;
}

interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * The file of a database that is open, as the file system shows it. SQLite itself goes on with a file that
 * was removed or replaced, and nobody would notice until the next start.
 */
export class OpenFile {
  /** Absolute. */
  readonly path: string;
  readonly #file: number;
  readonly #linked: boolean;
  readonly #progress: () => LogProgress | null;
  /** What we made of the file. Null: it could not be read. */
  #own: OwnWrite | null = null;
  /** Null until there is one. */
  #log: (Identity & { readonly size: bigint }) | null = null;
  #logPath: string;

  /**
   * Call it when SQLite has opened the file, and `close` when SQLite has closed it, not before: a process
   * that closes any descriptor of a file loses its locks of it. `progress` is that of its log.
   */
  constructor(path: string, progress: () => LogProgress | null = () => null) {
    this.path = resolve(path);
    this.#progress = progress;
    this.#file = openSync(this.path, 'r');
    this.#logPath = `${realpathSync(this.path)}-wal`;
    // Some file systems count no links.
    this.#linked = this.#stat().nlink > 0n;
    this.note();
  }

  look(): FileState {
    try {
      return this.#look();
    } catch {
      return 'moved'; // As where a file server no longer knows it.
    }
  }

  #look(): FileState {
    const own = this.#stat();
    if (this.#linked && own.nlink === 0n) return 'removed';
    const found = statAt(this.path);
    if (found === null || !isSame(found, own))
      return KEPT_WHILE_OPEN.test(this.whereabouts ?? '') ? 'removed' : 'moved';
    if (this.#isForeign(own)) return 'overwritten';
    return this.#lookAtLog();
  }

  /** Whatever was changed until now was changed by us. */
  note(): void {
    try {
      const { mtimeNs, size } = this.#stat();
      if (this.#own === null || !this.#isOwn({ mtimeNs, size }))
        this.#own = { mtimeNs, size, header: this.#header(), progress: this.#progress() };
    } catch {
      this.#own = null;
    }
    const found = statAt(this.#logPath);
    if (found !== null && (this.#log === null || isSame(found, this.#log))) this.#log = identityOf(found);
  }

  /** SQLite has made a new one. */
  forgetLog(): void {
    this.#log = null;
  }

  /** When it was last written to, by whomever. */
  get changedNs(): bigint {
    return this.#stat().mtimeNs;
  }

  /** Where it is now, if the system says so. */
  get whereabouts(): string | null {
    try {
      return readlinkSync(`/proc/self/fd/${this.#file}`);
    } catch {
      return null;
    }
  }

  /** Removes the log, if it is still ours, and its index. */
  removeLog(): void {
    if (!this.#isOwnLog()) return;
    rmSync(this.#logPath);
    this.#removeIndex();
  }

  /**
   * Empties the log, if it is still ours, and answers where its content was kept; null: it had none. SQLite
   * would write it into whatever the file contains now.
   */
  setLogAside(suffix: string): string | null {
    if (!this.#isOwnLog() || statSync(this.#logPath).size === 0) return null;
    const aside = `${this.#logPath}${suffix}`;
    copyFileSync(this.#logPath, aside);
    truncateSync(this.#logPath);
    this.#removeIndex();
    return aside;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Whether somebody else has written into it, or touched it, since the last `look` or `note`. */
  get isTouched(): boolean {
    try {
      return this.#own !== null && !this.#isOwn(this.#stat());
    } catch {
      return false;
    }
  }

  #isOwn({ mtimeNs, size }: Pick<BigIntStats, 'mtimeNs' | 'size'>): boolean {
    return mtimeNs === this.#own?.mtimeNs && size === this.#own.size;
  }

  #isForeign(found: BigIntStats): boolean {
    const { mtimeNs, size } = found;
    if (this.#own === null || this.#isOwn(found)) return false;
    if (size < this.#own.size) return true;
    // It may have been touched only, or another program has written the log into it, as any that uses it may.
    const header = this.#header();
    const progress = this.#progress();
    if (!header.equals(this.#own.header)) {
      const mayBeLog = hasMoved(this.#own.progress, progress) && isLaterHeader(header, this.#own.header);
      if (!mayBeLog) return true;
    }
    this.#own = { mtimeNs, size, header, progress };
    return false;
  }

  #lookAtLog(): FileState {
    if (this.#log === null) return 'in_place';
    let found = statAt(this.#logPath);
    if (found === null) {
      // Its folder may have another name by now, to which the path leads.
      this.#findLog();
      found = statAt(this.#logPath);
    }
    if (found === null || !isSame(found, this.#log)) return 'log_removed';
    if (found.size >= this.#log.size) return 'in_place';
    // Another program may have made it empty when all of it was in the database.
    const progress = this.#progress();
    if (progress === null || found.size < logBytesOf(progress.frames)) return 'overwritten';
    this.#log = identityOf(found);
    return 'in_place';
  }

  /** Whoever still reads by it keeps it; whoever comes makes a new one. */
  #removeIndex(): void {
    rmSync(this.#logPath.replace(/-wal$/, '-shm'), { force: true });
  }

  #isOwnLog(): boolean {
    const found = statAt(this.#logPath);
    return found !== null && this.#log !== null && isSame(found, this.#log);
  }

  /** SQLite has it beside the file itself, not beside a link to it. */
  #findLog(): void {
    try {
      this.#logPath = `${realpathSync(this.path)}-wal`;
    } catch {
      // The path has just ceased to lead there: the next look sees it.
    }
  }

  #stat(): BigIntStats {
    return fstatSync(this.#file, { bigint: true });
  }

  #header(): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(this.#file, header, 0, HEADER_BYTES, 0);
    return header;
  }
}

/** Whether the log may have been moved into the file in between. */
function hasMoved(before: LogProgress | null, now: LogProgress | null): boolean {
  if (before === null || now === null) return false;
  return now.frames === 0 || now.frames < before.frames || now.checkpointed !== before.checkpointed;
}

/** Whether the header differs only in what each write changes, and is not older. */
function isLaterHeader(found: Buffer, own: Buffer): boolean {
  const [rest, ownRest] = [found, own].map((header) => {
    const copy = Buffer.from(header);
    for (const [from, to] of CHANGING) copy.fill(0, from, to);
    return copy;
  });
  return (
    rest !== undefined &&
    ownRest !== undefined &&
    rest.equals(ownRest) &&
    found.readUInt32BE(CHANGE_COUNTER) >= own.readUInt32BE(CHANGE_COUNTER)
  );
}

/** Null where nothing can be found, for whatever reason: the next process would not find it either. */
function statAt(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function identityOf({ dev, ino, size }: BigIntStats) {
  return { dev, ino, size };
}

function isSame(a: Identity, b: Identity): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Logger } from '../../domain/contracts.ts';
import { AntError, isStoreDamage } from '../../domain/errors.ts';
import { type Monotonic, monotonicMs } from '../../timing/monotonic.ts';
import { BUSY_MS, type Watch } from './database.ts';
import type { FileState, OpenFile } from './open-file.ts';
import { rescue } from './rescue.ts';

export interface FileWatchOptions {
  readonly database: DatabaseSync;
  readonly file: OpenFile;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly clock: Clock;
  readonly monotonic?: Monotonic;
}

/** Nobody restores a file with longer pauses. */
const QUIET_MS = 2000;
const LOG_REMOVED = 'the log of the database was removed, and another program has the database open';
const LOG_REMOVED_HINT = 'Close the other program: the service then goes on by itself. Nothing is lost.';
const SAVE_AGAIN_AFTER_MS = 10_000;

const EVENTS = {
  moved: 'database_moved',
  removed: 'database_removed',
  overwritten: 'database_overwritten',
} as const;

/**
 * Sees to it that nothing is accepted into a file that the next process would not find, and that nothing is
 * lost that was accepted before it went away.
 */
export class FileWatch implements Watch {
  readonly #options: FileWatchOptions;
  readonly #monotonic: Monotonic;
  #reported: FileState = 'in_place';
  /** Where the content of the removed file is now. */
  #savedAt: string | null = null;
  #saving: Promise<void> | null = null;
  #saveAfterMs = Number.NEGATIVE_INFINITY;
  /** Known from the damage, whatever the file looks like. */
  #isOverwritten = false;
  #changedNs = 0n;
  #quietSinceMs = 0;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#monotonic = options.monotonic ?? monotonicMs;
  }

  /**
   * Throws `store_unavailable` while nothing can be stored, and `store_replaced` when nothing ever can again.
   */
  check(): void {
    const problem = this.#problemOf(this.#look());
    if (problem !== null) throw problem;
  }

  /** To be called when SQLite may have written into the file. */
  note(): void {
    this.#options.file.note();
  }

  /** What looks like damage may be the work of another program, which is then to blame. */
  explain(error: unknown): unknown {
    if (!isStoreDamage(error)) return error;
    this.#isOverwritten ||= this.#options.file.isTouched || this.#look() === 'overwritten';
    return this.#isOverwritten ? this.#problemOf('overwritten') : error;
  }

  /**
   * To be called before the database is closed: leaves the files so that nothing is lost or damaged by that.
   */
  async release(): Promise<void> {
    const { file, database } = this.#options;
    const state = this.#look();
    if (state === 'removed') await this.#saveAtLast();
    // It may no longer be beside its log.
    else if (state === 'moved') database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    else if (state === 'overwritten') file.setLogAside(this.#suffix());
  }

  #look(): FileState {
    return this.#isOverwritten ? 'overwritten' : this.#options.file.look();
  }

  #problemOf(state: FileState): AntError | null {
    this.#report(state);
    switch (state) {
      case 'in_place':
        return null;
      case 'moved':
        return this.#moved();
      case 'removed':
        return this.#removed();
      case 'overwritten':
        return this.#overwritten();
      case 'log_removed':
        return this.#renewLog() ? null : unavailable(LOG_REMOVED, LOG_REMOVED_HINT);
    }
  }

  /** Once for each time that it happens. */
  #report(state: FileState): void {
    if (state === this.#reported) return;
    const { logger, file } = this.#options;
    const fields = { path: file.path };
    if (state === 'in_place') logger.warn('database_back', fields);
    else if (state === 'log_removed') logger.warn('database_log_removed', fields);
    else logger.error(EVENTS[state], { ...fields, nowAt: file.whereabouts });
    this.#reported = state;
  }

  #moved(): AntError {
    const { path, whereabouts } = this.#options.file;
    const where = whereabouts === null || whereabouts === path ? '' : `: that is now ${whereabouts}`;
    return unavailable(
      `${path} is no longer the file that is open${where}. Put it back at its path`,
      'The service then goes on by itself. If you stop it before, the file is whole, wherever it is.',
    );
  }

  #removed(): AntError {
    const { path } = this.#options.file;
    if (this.#savedAt !== null) {
      const [message, hint] =
        this.#savedAt === path
          ? ['All that was in it is there again.', 'Start the service again: nothing is lost.']
          : [
              `All that was in it is in ${this.#savedAt}.`,
              `Start the service again with what is at ${path} now; or move ${this.#savedAt} there before, to go on from it.`,
            ];
      return replaced(`${path} was removed while it was open. ${message}`, hint);
    }
    if (this.#monotonic() >= this.#saveAfterMs) this.#saving ??= this.#save();
    return unavailable(`${path} was removed while it is open; what is in it is being saved`);
  }

  async #save(): Promise<void> {
    const { database, file, logger } = this.#options;
    try {
      this.#savedAt = await rescue(database, file, this.#suffix());
      logger.warn('database_saved', { path: this.#savedAt });
    } catch (err) {
      logger.error('database_not_saved', { path: file.path, err });
      this.#saveAfterMs = this.#monotonic() + SAVE_AGAIN_AFTER_MS;
    } finally {
      this.#saving = null;
    }
  }

  async #saveAtLast(): Promise<void> {
    await this.#saving;
    if (this.#savedAt === null) await this.#save();
    if (this.#savedAt === null) throw unavailable(`${this.#options.file.path} was removed, and is lost`);
  }

  /**
   * Nobody can tell what in it is ours any more. It is left alone from now on, with all that was put there.
   */
  #overwritten(): AntError {
    const { file } = this.#options;
    const { path, changedNs } = file;
    if (changedNs !== this.#changedNs) this.#quietSinceMs = this.#monotonic();
    this.#changedNs = changedNs;
    if (this.#monotonic() - this.#quietSinceMs < QUIET_MS)
      return unavailable(`${path} is being overwritten by another program`);
    const aside = file.setLogAside(this.#suffix());
    return replaced(
      `${path} was overwritten by another program while it was open.`,
      `It was not touched any more: start the service again with what it contains now.${aside === null ? '' : ` Its former log is ${aside}.`} Stop the service before you restore a backup.`,
    );
  }

  /** Writes what is in the log, which is still open, into the database, and begins a new one beside it. */
  #renewLog(): boolean {
    const { database, file } = this.#options;
    try {
      // Whoever reads may go on for long, and is asked again at each delivery.
      database.exec('PRAGMA busy_timeout = 0');
      if (modeAfter(database, 'delete') !== 'delete') return false;
      file.forgetLog();
      modeAfter(database, 'wal');
    } catch {
      return false;
    } finally {
      database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      file.note();
    }
    this.#reported = 'in_place';
    return true;
  }

  #suffix(): string {
    return `.saved-${new Date(this.#options.clock()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  }
}

function modeAfter(database: DatabaseSync, mode: 'delete' | 'wal'): unknown {
  return database.prepare(`PRAGMA journal_mode = ${mode}`).get()?.['journal_mode'];
}

function unavailable(message: string, hint?: string): AntError {
  return new AntError('store_unavailable', message, hint === undefined ? {} : { hint });
}

function replaced(message: string, hint: string): AntError {
  return new AntError('store_replaced', message, { hint });
}

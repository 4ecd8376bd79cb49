import type { ErrorMeaning } from './error-meaning.ts';
import { REFUSALS } from './refusals.ts';

/*
 * Every error code that a user can meet: in an answer of a listener, in a log line, on the standard error
 * output of a command. A code is never reused for another meaning. docs/errors.md is made of this table.
 */

export const ERROR_CODES = {
  usage: {
    remedy: 'reject',
    exitCode: 2,
    about: 'The command line is wrong.',
    action: '`ant-watcher help` lists the commands, `ant-watcher help COMMAND` their arguments.',
  },
  config_invalid: {
    remedy: 'reject',
    exitCode: 2,
    status: 400,
    about: 'The configuration has problems; each is listed with a hint.',
    action: 'Fix what is listed; `ant-watcher check-config` shows whether anything is left.',
  },
  command_failed: {
    remedy: 'reject',
    exitCode: 1,
    about: 'A command could not do its work.',
    action: 'The message says why.',
  },
  listen_failed: {
    remedy: 'reject',
    exitCode: 1,
    about: 'A listening address could not be bound.',
    action: 'Stop the program that has the address, or choose another.',
  },
  store_locked: {
    remedy: 'reject',
    exitCode: 1,
    about: 'Another process uses the same database file.',
    action: 'Stop the other ant-watcher, or give each its own `storage.url`.',
  },
  store_damaged: {
    remedy: 'reject',
    exitCode: 1,
    about: 'The database file is damaged, or does not belong to ant-watcher. Nothing is written to it.',
    action:
      'Check it with `ant-watcher doctor`, then restore a backup, or move the file away to start with an empty database. If the file is not ours, point `storage.url` at another.',
  },
  store_replaced: {
    remedy: 'reject',
    exitCode: 1,
    about:
      'The database file was removed, replaced or overwritten while the service used it, or another ant-watcher has taken it over. What it contained was saved if it would have been lost; the message says where.',
    action:
      'Start the service again: it uses what is at the path now. Stop it before you move, replace or restore the database.',
  },
  store_too_new: {
    remedy: 'reject',
    exitCode: 1,
    about: 'The database was written, or upgraded, by a newer version.',
    action: 'Start the newer version again, or point `storage.url` at another database.',
  },
  store_unsupported: {
    remedy: 'reject',
    exitCode: 1,
    about: 'The database server, or the database on it, is not one that ant-watcher can use.',
    action: 'The message says why, and the hint what to use.',
  },
  store_refused: {
    remedy: 'reject',
    exitCode: 1,
    about:
      'At the start, the database server refused the login, or could not be trusted: waiting does not change that.',
    action: 'The message says why, and the hint what to set, here or at the server.',
  },
  store_unavailable: {
    remedy: 'retry',
    exitCode: 1,
    status: 503,
    about: 'The store could not be opened, read or written.',
    action:
      'With SQLite, check the free space on the disk and the permissions of the folder, and whether the database is still at its path. With PostgreSQL, check whether the database server can be reached, is no standby, has room, and gives the user its rights; the hint in the log says which. The service resumes by itself. At the start it ends the process; with PostgreSQL, after a minute.',
  },
  backup_unsupported: {
    remedy: 'reject',
    exitCode: 1,
    status: 409,
    about: "This store can't be backed up.",
    action: 'A store in memory has no file to restore: set `storage.url` to `sqlite:PATH`.',
  },
  internal_error: {
    remedy: 'reject',
    exitCode: 1,
    status: 500,
    about: 'The request failed because of a fault in the service.',
    action:
      'It is a bug: please report the log line about it. If it ended the process, restart it; nothing that was accepted is lost.',
  },
  ...REFUSALS,
} as const satisfies Record<string, ErrorMeaning>;

type CodesWith<Field extends keyof ErrorMeaning> = {
  [Code in keyof typeof ERROR_CODES]: (typeof ERROR_CODES)[Code] extends Required<Pick<ErrorMeaning, Field>>
    ? Code
    : never;
}[keyof typeof ERROR_CODES];

/** The codes that a command can end with. */
export type ErrorCode = CodesWith<'exitCode'>;
/** The codes that an HTTP answer can carry. */
export type HttpErrorCode = CodesWith<'status'>;

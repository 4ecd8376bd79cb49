/**
 * Every error that ant-watcher raises on purpose, by code. A code is never reused for another meaning.
 * `remedy`: `retry` may succeed later by itself; `reject` needs a change first.
 */
export const ERROR_CODES = {
  config_invalid: {
    remedy: 'reject',
    exitCode: 2,
    about: 'The configuration has problems; each is listed with a hint.',
  },
  usage: { remedy: 'reject', exitCode: 2, about: 'The command line is wrong.' },
  store_unavailable: {
    remedy: 'retry',
    exitCode: 1,
    about: 'The store could not be opened, read or written.',
  },
  store_locked: { remedy: 'reject', exitCode: 1, about: 'Another process uses the same database file.' },
  store_damaged: {
    remedy: 'reject',
    exitCode: 1,
    about: 'The database file is damaged, or is not one of ant-watcher.',
  },
  store_too_new: { remedy: 'reject', exitCode: 1, about: 'The database was written by a newer version.' },
  listen_failed: { remedy: 'reject', exitCode: 1, about: 'A listening address could not be bound.' },
  command_failed: { remedy: 'reject', exitCode: 1, about: 'A command could not do its work.' },
} as const satisfies Record<string, { remedy: 'retry' | 'reject'; exitCode: 1 | 2; about: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An expected failure: a code, what happened and where, and what to do about it. Anything else thrown is a bug. */
export class AntError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AntError';
    this.code = code;
    this.hint = options.hint;
  }

  get remedy(): 'retry' | 'reject' {
    return ERROR_CODES[this.code].remedy;
  }

  get exitCode(): 1 | 2 {
    return ERROR_CODES[this.code].exitCode;
  }
}

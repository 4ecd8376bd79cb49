import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/**
 * An expected failure: a code, what happened and where, and what to do about it. Anything else thrown is a
 * bug.
 */
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

/** Whether waiting helps because the error passes by itself, such as an unavailable store. */
export function isTemporary(error: unknown): error is AntError {
  return error instanceof AntError && error.remedy === 'retry';
}

/** Whether the store is damaged. */
export function isStoreDamage(error: unknown): error is AntError {
  return error instanceof AntError && error.code === 'store_damaged';
}

/** Whether nothing can be stored any more. This ends the process, wherever it is found. */
export function isStoreLoss(error: unknown): error is AntError {
  return isStoreDamage(error) || (error instanceof AntError && error.code === 'store_replaced');
}

/** A bug that has already been logged where it happened. */
export class ReportedBug extends Error {
  override readonly name = 'ReportedBug';
}

/** The process's exit status after that error. A bug counts as `internal_error`. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof AntError ? error.exitCode : ERROR_CODES.internal_error.exitCode;
}

import type { HttpErrorCode } from '../../domain/error-codes.ts';

/** Thrown where a request is wrong: with a message for people. */
export class ClientMistake extends Error {
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

import type { ReceiverProcess } from '../domain/sample.ts';
import type { SendOutcome } from '../domain/send-outcome.ts';

/** What became of a request. */
export interface Sending {
  /** How many of the first entries were in it. */
  readonly count: number;
  readonly outcome: SendOutcome;
}

/** Something that accepts entries. Sending the same entries again does no harm. */
export interface Receiver<Entry> {
  /**
   * Sends the first of the entries in one request: as many as it holds. Never rejects for anything that a
   * receiver or the network does; on `signal` it gives up with `retry`.
   */
  send(entries: readonly Entry[], signal?: AbortSignal): Promise<Sending>;
  /** Asks which process answers, where that matters. Never rejects, like `send`. */
  process?(signal?: AbortSignal): Promise<ReceiverProcess>;
  /** Aborts what is under way (with `retry`) and closes the connection. */
  close(): Promise<void>;
}

/** A receiver with its name in the outbox. */
export interface Named<R> {
  readonly sink: string;
  readonly receiver: R;
}

import type { ReceiverProcess, Sample, SendOutcome } from '../domain/sample.ts';

/** A database that accepts samples. Sending the same samples again does no harm. */
export interface Receiver {
  /**
   * Sends the samples in one request. Never rejects for anything that a receiver or the network does; on
   * `signal` it gives up with `retry`. Accepts only valid samples (`sample-problem.ts`): receivers drop
   * others silently.
   */
  send(samples: readonly Sample[], signal?: AbortSignal): Promise<SendOutcome>;
  /**
   * Sends a whole exposition (text 0.0.4 as `Engine.scrape` gives it), every value as of `atMs`, in as many
   * requests as it takes; the first that fails ends it and is the outcome. Otherwise as `send`.
   */
  snapshot(exposition: Uint8Array, atMs: number, signal?: AbortSignal): Promise<SendOutcome>;
  /** Asks which process answers. Never rejects, like `send`. */
  process(signal?: AbortSignal): Promise<ReceiverProcess>;
  /** Aborts what is under way (with `retry`) and closes the connection. */
  close(): Promise<void>;
}

import type { SendOutcome } from '../domain/send-outcome.ts';
import type { HttpFailure, HttpResponse } from './exchange.ts';

/** One request: its body, and what is added to the query of the receiver's URL. */
export interface Payload {
  readonly body: Uint8Array;
  readonly query?: Readonly<Record<string, string>>;
}

/** How many of the first entries go into one request; or what is wrong with the first, which then counts alone. */
export interface Fit {
  readonly count: number;
  /** Null: nothing. Contains no value of the entry. */
  readonly problem: string | null;
}

/** How a protocol puts entries into requests, and what its answers mean. */
export interface WireFormat<Entry> {
  /** The headers that describe the bodies. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gets at least one entry, and takes at least one. */
  fit(entries: readonly Entry[]): Fit;
  encode(entries: readonly Entry[]): Promise<Payload>;
  outcomeOf(answer: HttpResponse | HttpFailure): SendOutcome;
  /**
   * A request without entries, which every right receiver takes. One that refuses it refuses the protocol, the
   * encoding or us, and not the entries.
   */
  encodeEmpty?(): Promise<Payload>;
}

import type { SendOutcome } from '../domain/send-outcome.ts';
import type { HttpFailure, HttpResponse } from './exchange.ts';

/** One request: its body, and what is added to the query of the receiver's URL. */
export interface Payload {
  readonly body: Uint8Array;
  readonly query?: Readonly<Record<string, string>>;
}

/** A request with so many of the first entries; or what is wrong with the first one, without any of its values. */
export type Encoded =
  | { readonly count: number; readonly payload: Payload; readonly problem: null }
  | { readonly problem: string };

/** How a protocol puts entries into requests, and what its answers mean. */
export interface WireFormat<Entry> {
  /** The headers that describe the bodies. */
  readonly headers: Readonly<Record<string, string>>;
  /** Puts the first entries into a request: as many as it holds, at least one. */
  encode(entries: readonly Entry[]): Promise<Encoded>;
  outcomeOf(answer: HttpResponse | HttpFailure): SendOutcome;
  /**
   * A request without entries, which every right receiver takes. One that refuses it refuses the protocol, the
   * encoding or us, and not the entries.
   */
  encodeEmpty?(): Promise<Payload>;
}

/**
 * The result of a request to a receiver, and so what to do with its content. Reasons are for people: one
 * line, without secrets, of limited length.
 */
export type SendOutcome =
  /** The receiver has accepted everything, but for so many that it will never accept and does not name. */
  | { readonly kind: 'sent'; readonly rejected?: { readonly count: number; readonly reason: string } }
  /**
   * It is unknown whether it arrived, or the receiver can't accept it now: send the same again, not before
   * `retryAfterMs` if the receiver asks for that.
   */
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly retryAfterMs: number | null;
      readonly hint?: string;
      /** Nothing listens there: the process may have ended. */
      readonly isAway?: true;
      /** It may also be what was sent: when it goes on, look for an entry that is bad. */
      readonly mayBeContent?: true;
    }
  /** Send it in smaller parts. */
  | { readonly kind: 'too_large'; readonly reason: string }
  /** The receiver will never accept some of the entries. It may have accepted others of the request. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /**
   * A configuration error (address, credentials, certificate) that affects everything: keep the entries, and
   * report it.
   */
  | { readonly kind: 'refused'; readonly reason: string; readonly hint?: string };

import type { Delivery } from './delivery.ts';
import type { Unfinished } from './unfinished.ts';

/*
 * Asking GitHub about one job or run of which nothing was heard for long.
 */

/** What came of asking. */
export type InquiryResult =
  /** To be accepted. */
  | { readonly kind: 'news'; readonly deliveries: readonly Delivery[] }
  /** It is as we know, which is to be accepted too: GitHub has confirmed it. */
  | { readonly kind: 'same'; readonly deliveries: readonly Delivery[] }
  /** We may not see it, or not even its repository: that tells nothing. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAtMs: number | null };

export interface GitHubInquiry {
  about(known: Unfinished): Promise<InquiryResult>;
  /** How many requests that took so far. */
  readonly requests: number;
}

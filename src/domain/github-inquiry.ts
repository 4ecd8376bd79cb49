import type { Delivery } from './delivery.ts';
import type { Unexplained } from './reason-delivery.ts';
import type { Unfinished } from './unfinished.ts';

/*
 * Asking GitHub about one job or run: of which nothing has been heard for long, or why it failed.
 */

/** The result of asking. */
export type InquiryResult =
  /** Deliveries to accept. */
  | { readonly kind: 'changed'; readonly deliveries: readonly Delivery[] }
  /** As we know it. Accept this too: GitHub has confirmed it. */
  | { readonly kind: 'same'; readonly deliveries: readonly Delivery[] }
  /** We may not see it, or not even its repository, so the answer says nothing. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAtMs: number | null };

export interface GitHubInquiry {
  about(known: Unfinished): Promise<InquiryResult>;
  /** How many requests it has taken so far. */
  readonly requests: number;
}

/** The result of asking for the annotations of a job. */
export type AnnotationsResult =
  /** A delivery to accept: what they say, or that there will never be any. */
  | { readonly kind: 'answered'; readonly delivery: Delivery }
  /** We may not see those of its repository. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAtMs: number | null };

export interface GitHubAnnotations {
  about(job: Unexplained): Promise<AnnotationsResult>;
}

/** The sets of metrics under names of others: each is at `/metrics/compat/NAME`, if `metrics.compat` names it. */
export const COMPAT_NAMES = ['otel'] as const;

export type CompatName = (typeof COMPAT_NAMES)[number];

/** What an operator decides about them. */
export interface CompatOptions {
  /** Those that are counted. */
  readonly sets: readonly CompatName[];
}

import type { BranchPattern } from '../domain/branch-pattern.ts';

/** The sets of metrics under names of others: each is at `/metrics/compat/NAME`, if `metrics.compat` names it. */
export const COMPAT_NAMES = ['arc', 'cpanato', 'promhippie', 'live-actions', 'otel'] as const;

export type CompatName = (typeof COMPAT_NAMES)[number];

/** What an operator decides about them. */
export interface CompatOptions {
  /** Those that are counted. */
  readonly sets: readonly CompatName[];
  /** Branches that are labels by their own names, the rest being `other`; empty: all are classes. */
  readonly branches: readonly BranchPattern[];
  /** Whether names of jobs keep their matrix values. */
  readonly fullJobNames: boolean;
}

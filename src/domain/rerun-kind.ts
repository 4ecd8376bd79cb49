/**
 * What an attempt after the first repeated: all jobs, or only a part of them, which is what failed or a single job; or
 * nobody can tell.
 */
export const RERUN_KINDS = ['all', 'failed', 'unknown'] as const;
export type RerunKind = (typeof RERUN_KINDS)[number];

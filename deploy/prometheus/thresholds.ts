/**
 * What counts as too long, too much or too late in the alert rules and on the boards: one table, so that a graph turns
 * red where the alert fires. Adjust them to what is normal for you and run `npm run docs`.
 */
export const THRESHOLDS = {
  /** A job has been waiting for a runner for this long. */
  queuedSeconds: 1800,
  /** The event samples or the processing of deliveries are this far behind. */
  behindSeconds: 300,
} as const;

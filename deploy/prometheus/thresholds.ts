/**
 * What counts as too long, too much or too late in the alert rules and on the boards: one table, so that a graph turns
 * red where the alert fires. Adjust them to what is normal for you and run `npm run docs`. Times are in seconds, money
 * in US dollars, shares between 0 and 1.
 */
export const THRESHOLDS = {
  /** A job has been waiting for a runner for this long. */
  queuedSeconds: 1800,
  /** The 95th percentile of the queue time of an hour. */
  queueP95Seconds: 600,
  /** So many jobs in an hour make a percentile that means something. */
  queueMinJobs: 20,
  /** The 95th percentile of the queue time is so many times that of the same hour a week ago… */
  queueTimesUsual: 2,
  /** …and at least this, because nobody minds three seconds instead of one. */
  queueUnusualSeconds: 120,
  /** Runs on the default branch have failed so many times in a row. */
  failuresInARow: 3,
  /** A workflow that has not run for this long is no longer anybody's concern. */
  abandonedSeconds: 7 * 86_400,
  /** A workflow that runs has not succeeded for this long. */
  noSuccessSeconds: 7 * 86_400,
  /** Share of the runs on the default branch that failed in six hours. */
  failureShare: 0.5,
  /** So many runs in six hours make a share that means something. */
  failureMinRuns: 10,
  /** So many jobs of a repository lost their runner, or could not start, within an hour. */
  lostJobs: 3,
  /** Share of the online runners of a group that are busy. */
  saturation: 0.95,
  /** A group of runners has had no free one for this long. */
  noFreeRunnerSeconds: 1800,
  /** Busy runners matter only once a job has been waiting for this long. */
  busyQueuedSeconds: 600,
  /** A job has been waiting for this long although a runner with its label is free. */
  idleQueuedSeconds: 900,
  /** Cost of a day in relation to the average day of the week before. */
  costTimesUsual: 2,
  /** A day that costs less is never unusual. */
  costUnusualDollars: 10,
  /** Share of the cost of a week that was wasted: failed and repeated, or cancelled. */
  wastedShare: 0.3,
  /** A week that wastes less is not worth a message. */
  wastedDollars: 50,
  /** What GitHub billed was last read this long ago. */
  billingReportSeconds: 86_400,
  /** The event samples or the processing of deliveries are this far behind. */
  behindSeconds: 300,
  /** So many webhooks in two hours a week ago make silence at the same time remarkable. */
  usualDeliveries: 20,
  /** So many requests refused for one reason within an hour. */
  refusals: 3,
  /** Age of the list of GitHub's addresses. */
  hookRangesSeconds: 86_400,
  /** A certificate expires within this time. */
  certificateSeconds: 7 * 86_400,
  /** The clock of the machine is wrong by this much. */
  clockSeconds: 60,
  /** Share of the allowed file descriptors that are open. */
  openFiles: 0.9,
  /** Share of the memory limit; a board turns red there. The alert follows `ant_watcher_memory_pressure`. */
  memoryShare: 0.9,
  /** The process has started more often than this within an hour. */
  restarts: 3,
  /** The repository that is furthest behind has been read up to this long ago. */
  recoverySeconds: 3600,
  /** Share of the requests to GitHub that are left. */
  rateLimitLeft: 0.1,
  /** Share of GitHub's attempts to deliver that failed within an hour… */
  hookFailureShare: 0.05,
  /** …of at least so many failed ones. */
  hookMinFailures: 5,
  /** The oldest sample has been waiting for its receiver for this long. */
  receiverAwaySeconds: 900,
} as const;

/** The environments whose failed deployments are alerted on, as a regular expression of RE2. */
export const PRODUCTION = '(?i)prod.*';

/*
 * What the words and numbers of the page and the read API mean: shown behind each `?` of the page, and
 * repeated in docs/meaning.md.
 */

export interface Definition {
  readonly term: string;
  readonly text: string;
}

/** By id. */
export const DEFINITIONS = {
  queued: {
    term: 'Queued',
    text: 'Jobs that wait for a runner. Those that wait for an approval, a concurrency group or another job are not queued.',
  },
  waiting: {
    term: 'Waiting',
    text: 'Jobs that are held back: by an approval (a protected environment) or a concurrency limit.',
  },
  in_progress: { term: 'Running', text: 'Jobs that a runner works on.' },
  stale: {
    term: 'Stale',
    text: 'Unfinished work that is most likely over, although GitHub has never reported its end: a job queued for over 24 hours, anything over 35 days old, and what GitHub does not know when asked. It counts as nothing else.',
  },
  oldest_wait: {
    term: 'Oldest wait',
    text: 'How long the job has waited that has been queued for longest.',
  },
  wait_now: {
    term: 'Waits now',
    text: 'How long the jobs that are queued at this moment have waited so far. They will wait longer.',
  },
  queue_time: {
    term: 'Queue time',
    text: 'From the creation of a job to its start on a runner. GitHub creates a job when the jobs that it needs are done; behind an approval the time begins with the release. It belongs to the time when the job started.',
  },
  total_queue_time: { term: 'Total queue time', text: 'The sum of the queue times of all jobs.' },
  duration: {
    term: 'Duration',
    text: 'Of a job: from its start on a runner to its end. Of a run: from the start of the attempt to its end. Percentiles are of those that succeeded.',
  },
  percentile: {
    term: 'p50, p95, p99',
    text: 'Half of the values (95, 99 of 100) are at most this. It is one of the values, the nearest rank: nothing is interpolated, sampled or estimated.',
  },
  max: { term: 'Max', text: 'The longest of all.' },
  count: {
    term: 'Jobs',
    text: 'Jobs that started in this window, each once. The count says how much a percentile is worth.',
  },
  change: {
    term: 'Change',
    text: 'Against the window of the same length just before this one. There is none where one of the two has no value, or where that window is no longer kept.',
  },
  jobs: {
    term: 'Jobs',
    text: 'Jobs that ended in this window. Each execution counts once; the legs of a matrix each count.',
  },
  runs: { term: 'Runs', text: 'Run attempts that ended in this window. A re-run is an attempt of its own.' },
  pass_rate: {
    term: 'Pass rate',
    text: 'Successes, of all that succeeded, failed, timed out or could not start. Cancelled, skipped and neutral ones count in neither.',
  },
  consecutive_failures: {
    term: 'Failures in a row',
    text: 'On the default branch, since the latest success. Cancelled and skipped runs neither add to them nor end them.',
  },
  reruns: { term: 'Re-runs', text: 'Attempts after the first.' },
  rerun_kind: {
    term: 'Kind of re-run',
    text: 'Whether all jobs ran again, or only a part of them: what failed, or a single job. Known ten minutes after the end; not at all where no job shows it, as in a run of one job.',
  },
  strip: {
    term: 'Last 60 runs',
    text: 'From old to new. The height is the duration, the colour and the sign the conclusion.',
  },
  total_time: { term: 'Total time', text: 'Time on runners, of all jobs together.' },
  flaky: {
    term: 'Flaky',
    text: 'A job that failed or timed out in one attempt and succeeded in a later attempt of the same run, which is the same commit.',
  },
  flaky_rate: { term: 'Flaky rate', text: 'Flaky jobs, of all that ended in this window.' },
  wasted: {
    term: 'Wasted time',
    text: 'Time on runners of jobs that failed and ran again in a later attempt of the same run, or were cancelled.',
  },
  cause: {
    term: 'Cause',
    text: 'step: one of its steps failed. timeout: it ran into a time limit. runner_lost: it failed without a failed step, because its runner went away. startup: it failed before a runner took it. rejected: a gate was not opened. unknown: GitHub no longer says.',
  },
  reason: {
    term: 'Reason',
    text: 'What the annotations of the job say: out of disk, out of memory, runner lost, timeout, cancelled by a newer run, the exit code, or nothing that is known. Empty: they were not read; github.annotations has GitHub asked for them.',
  },
  failed_jobs: {
    term: 'Failures',
    text: 'Jobs that failed in this window. A job that was stopped at its time limit is one, even if GitHub calls it cancelled.',
  },
  failing_for: {
    term: 'Failing for',
    text: 'Since the end of the first run of the default branch that failed after the latest success.',
  },
  new_failure: { term: 'New', text: 'It did not fail in the window before.' },
  demand: {
    term: 'Demand',
    text: 'How many jobs waited and ran at the same time: exact, from the times of each job.',
  },
  cost: {
    term: 'Cost',
    text: "An estimate in US dollars: GitHub's list price at the end of each job, or your own of prices.rules. Each job is rounded up to a minute. Included minutes and discounts are not known.",
  },
  wasted_cost: {
    term: 'Wasted',
    text: 'What was spent on jobs that were cancelled, that failed and ran again in a later attempt of the same run, and that only failed. Each job is in one of the three. The counter has the first two: a failure that did not run again has found something.',
  },
  billed_time: {
    term: 'Billed time',
    text: 'Time on runners that have a price, each job rounded up to a whole minute. Many short jobs are billed for far more than they ran.',
  },
  rounding: {
    term: 'Rounded up',
    text: 'Billed time that no job used, because each job is rounded up to a whole minute; and its part of the billed time.',
  },
  billed: {
    term: 'Billed by GitHub',
    text: "By GitHub's own report, of all products. Minutes of Actions of whole days are compared with our estimate, which knows no included minutes, discounts or credits.",
  },
  unpriced: { term: 'Unpriced', text: 'Time on runners whose price is not known: set it in prices.rules.' },
  online: {
    term: 'Online',
    text: 'Self-hosted runners that are connected to GitHub, with those that are busy.',
  },
  busy: { term: 'Busy', text: 'Self-hosted runners that run a job.' },
  idle: { term: 'Idle', text: 'Self-hosted runners that are online and run no job.' },
  offline: {
    term: 'Offline',
    text: 'Self-hosted runners that GitHub knows, but that are not connected to it.',
  },
  idle_while_waiting: {
    term: 'Jobs wait while runners are idle',
    text: 'Labels whose jobs have been queued for more than a minute, while a runner group that has run jobs with the same labels for the same owner in this window has idle runners. Runners are counted once a minute.',
  },
  jobs_by_hour: {
    term: 'Jobs that run, by hour of the week',
    text: 'Average: the time that all jobs ran in this hour, divided by how long the hour has lasted in all weeks that are known. Peak: the most jobs at the same moment. Exact, from the start and the end of each job.',
  },
  last_idle: {
    term: 'Last idle',
    text: 'When a runner of the group was last seen online and without a job.',
  },
  saturation: { term: 'Saturation', text: 'Busy runners, of those that are online.' },
  utilisation: {
    term: 'Utilisation',
    text: 'The part of the time of all runners that is spent on jobs.',
  },
  replay: {
    term: 'Replay',
    text: 'The recorded jobs, each at the time when it became queued and with the duration that it had, given to this many runners: first come, first served.',
  },
  busy_at_most: {
    term: 'Busy at most',
    text: 'The most of these jobs that ran at the same time: at least so many runners there were.',
  },
  needed: {
    term: 'Needed',
    text: 'The fewest runners whose p95 of the queue time, in the replay, is at most the target.',
  },
  critical_path: {
    term: 'Critical path',
    text: "The jobs that made the run take as long as it did. It is inferred: GitHub's events do not say which job needs which, so a job follows the one of its attempt that ended last, at most a minute before it was created.",
  },
  steps: {
    term: 'Steps',
    text: 'The parts of a job, as GitHub reports them when it has ended. They are kept for storage.steps_retention.',
  },
  step_duration: {
    term: 'Duration of a step',
    text: 'Of steps that succeeded. The longest and the total are of all that ran, however they ended; one that has no end lasted until its job ended.',
  },
  run_queue: {
    term: 'Until the first job started',
    text: 'From the start of the attempt to the start of its first job on a runner, whatever it waited for: a runner, an approval, a concurrency limit.',
  },
  approval_time: { term: 'Approval', text: 'From the creation of a job to its release by the approval.' },
  deployments: {
    term: 'Deployments',
    text: 'Those that were created in this window, by jobs with an environment and by other tools. Failed: it had a failure or an error, also if it was repaired later; the part is of those that succeeded or failed.',
  },
  deployment_duration: {
    term: 'Duration of a deployment',
    text: 'From its creation to its first success, failure or error; percentiles are of those that succeeded. The wait for an approval is part of it.',
  },
  from_run: {
    term: 'From the run',
    text: 'From the start of the run attempt to the success of the deployment that it made.',
  },
  as_of: { term: 'As of', text: 'The last change that the numbers include.' },
  delivery: {
    term: 'Delivery',
    text: 'One event from GitHub, as a webhook or fetched from its API. Accepted: new and stored. Duplicate: seen before. Of no use: an event that is not counted. Rejected: refused, such as for a wrong signature.',
  },
  delivery_lag: {
    term: 'From GitHub, p95',
    text: 'How long 95 of 100 deliveries took at most from the event at GitHub to their arrival: the upper bound of the bucket of ant_watcher_delivery_lag_seconds.',
  },
  unprocessed: {
    term: 'Not processed',
    text: 'Deliveries that are stored, but not counted yet: they wait, or are tried again after a failure. Most are counted as they are stored.',
  },
  recovery_lag: {
    term: 'Recovery is behind by',
    text: 'How long ago the time is up to which GitHub itself was asked what has happened. What a webhook has lost since then is not known yet.',
  },
  freshness: {
    term: 'Freshness',
    text: 'Fresh: everything that has arrived is counted. Late: deliveries wait to be processed, or recovery is behind. Blind: nothing can be accepted, or nothing has ever arrived.',
  },
} as const satisfies Readonly<Record<string, Definition>>;

export type DefinitionId = keyof typeof DEFINITIONS;

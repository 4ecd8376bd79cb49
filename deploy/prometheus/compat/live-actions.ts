import { DOMAIN } from '../../../src/domain/catalogue.ts';
import type { OldNames } from './old-names.ts';
import { oldHistogram, oldValue, orZero } from './old-names.ts';
import { FIRST_LABEL } from './renamed.ts';

/* Names and labels of https://github.com/gateixeira/live-actions/blob/d90ee48/pkg/metrics/metrics.go. */

/** There are no others. */
const STATUSES = ['in_progress', 'queued'];

/** Of live-actions. */
export const LIVE_ACTIONS: OldNames = {
  name: 'live-actions',
  exporter: 'gateixeira/live-actions',
  notes: [
    'Not here: its metrics of itself, live_actions_…. label is the first of the labels that a job asked for. Buckets have',
    'the bounds of ant-watcher, among which are all of the old ones, unless metrics.duration_buckets is set.',
  ],
  rules: [
    ...STATUSES.map((status) =>
      orZero(
        oldValue({
          record: 'github_runners_jobs',
          about: `Jobs that are ${status} now, 0 without any. Those that wait for an approval are not among them.`,
          from: DOMAIN.activeJobs,
          labels: {},
          where: { status },
          fixed: { job_status: status },
        }),
      ),
    ),
    oldValue({
      record: 'github_runners_jobs_by_label',
      about: 'The same by label.',
      from: DOMAIN.activeJobs,
      labels: { label: FIRST_LABEL, job_status: 'status' },
      where: { status: STATUSES },
    }),
    ...oldHistogram({
      record: 'github_runners_queue_duration_seconds',
      about:
        'Queue time by label, exact. There, also of jobs that were cancelled before they started, and with the time behind an approval.',
      from: DOMAIN.jobQueue,
      labels: { label: FIRST_LABEL },
    }),
    oldValue({
      record: 'github_runners_job_conclusions_total',
      about: 'Completed jobs by conclusion, each once. There, those that a re-run carried over count again.',
      from: DOMAIN.jobs,
      labels: { conclusion: 'conclusion' },
    }),
  ],
};

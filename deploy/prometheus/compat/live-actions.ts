import { DOMAIN } from '../../../src/domain/catalogue.ts';
import type { OldNames } from './old-names.ts';
import { oldHistogram, oldValue } from './old-names.ts';
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
    oldValue({
      record: 'github_runners_jobs',
      about: 'Jobs that run or are queued now. Those that wait for an approval are neither.',
      from: DOMAIN.activeJobs,
      labels: { job_status: 'status' },
      where: { status: STATUSES },
    }),
    oldValue({
      record: 'github_runners_jobs_by_label',
      about: 'The same by label.',
      from: DOMAIN.activeJobs,
      labels: { label: FIRST_LABEL, job_status: 'status' },
      where: { status: STATUSES },
    }),
    ...oldHistogram({
      record: 'github_runners_queue_duration_seconds',
      about: 'Queue time by label, exact.',
      from: DOMAIN.jobQueue,
      labels: { label: FIRST_LABEL },
    }),
    oldValue({
      record: 'github_runners_job_conclusions_total',
      about: 'Completed jobs by conclusion, each once.',
      from: DOMAIN.jobs,
      labels: { conclusion: 'conclusion' },
    }),
  ],
};

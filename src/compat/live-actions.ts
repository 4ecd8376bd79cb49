import { DOMAIN } from '../domain/catalogue.ts';
import { type CompatSet, counter, durations, gauge, withZeros } from './old-metric.ts';

/* Names and labels of https://github.com/gateixeira/live-actions/blob/d90ee48/pkg/metrics/metrics.go. */

const BOUNDS_MS = [1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600].map((seconds) => seconds * 1000);
/** There are no others. */
const STATUSES = ['in_progress', 'queued'];

/** Of live-actions. */
export const LIVE_ACTIONS: CompatSet = {
  name: 'live-actions',
  exporter: 'gateixeira/live-actions',
  counted: [
    durations(
      'github_runners_queue_duration_seconds',
      'From the creation of a job, or its release by an approval, to its start on a runner.',
      BOUNDS_MS,
      { fact: 'job_started', add: 'queueMs', labels: { label: 'firstLabel' } },
    ),
    counter('github_runners_job_conclusions_total', 'Completed jobs, each once.', {
      fact: 'job_completed',
      labels: { conclusion: 'conclusion' },
    }),
  ],
  gauges: [
    withZeros(
      gauge('github_runners_jobs', 'Jobs that wait for a runner, and that run; 0 without any.', {
        of: DOMAIN.activeJobs,
        where: { status: STATUSES },
        labels: { job_status: 'status' },
      }),
      STATUSES.map((status) => [status]),
    ),
    gauge('github_runners_jobs_by_label', 'The same by label.', {
      of: DOMAIN.activeJobs,
      where: { status: STATUSES },
      labels: { label: 'firstLabel', job_status: 'status' },
    }),
  ],
};

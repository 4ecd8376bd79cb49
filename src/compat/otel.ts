import { DOMAIN } from '../domain/catalogue.ts';
import { FAILURES } from '../domain/lifecycle/execution.ts';
import { DURATION_BUCKETS_MS } from '../domain/metric.ts';
import { type CompatSet, counter, durations, gauge, type OldLabels } from './old-metric.ts';

/*
 * Names and labels of https://opentelemetry.io/docs/specs/semconv/cicd/cicd-metrics/ as Prometheus has them, with `_` for
 * each dot and with units and `_total` at the end. Its durations have the buckets of `metrics.duration_buckets`.
 */

const REPOSITORY: OldLabels = { vcs_owner_name: 'owner', vcs_repository_name: 'repo' };
const PIPELINE: OldLabels = { cicd_pipeline_name: 'workflow', ...REPOSITORY };

/** The conventions of OpenTelemetry for CI/CD. */
export const OTEL: CompatSet = {
  name: 'otel',
  exporter: "OpenTelemetry's conventions for CI/CD",
  counted: [
    durations(
      'cicd_pipeline_run_duration_seconds',
      'Of run attempts: pending, from the start to the start of the first job; executing, from there to the end. Counted ten minutes after the end is known.',
      DURATION_BUCKETS_MS,
      {
        fact: 'run_started',
        add: 'queueMs',
        labels: PIPELINE,
        fixed: { cicd_pipeline_run_state: 'pending' },
      },
      {
        fact: 'run_started',
        add: 'executionMs',
        labels: { ...PIPELINE, cicd_pipeline_result: 'result', error_type: 'failure' },
        fixed: { cicd_pipeline_run_state: 'executing' },
      },
    ),
    counter('cicd_pipeline_run_errors_total', 'Run attempts that failed, each once.', {
      fact: 'run_completed',
      labels: { ...PIPELINE, error_type: 'conclusion' },
      where: { conclusion: FAILURES },
    }),
    counter(
      'cicd_system_errors_total',
      'Jobs that failed because their runner was lost, or because they could not be started.',
      systemError('runner', 'runner_lost'),
      systemError('controller', 'startup'),
    ),
  ],
  gauges: [
    gauge(
      'cicd_pipeline_run_active',
      'Run attempts that are not completed.',
      active('pending', ['requested', 'queued', 'pending', 'waiting']),
      active('executing', ['in_progress']),
    ),
    gauge(
      'cicd_worker_count',
      'Self-hosted runners, where they can be read.',
      worker('available', { status: ['online'], busy: ['false'] }),
      worker('busy', { status: ['online'], busy: ['true'] }),
      worker('offline', { status: ['offline'] }),
    ),
  ],
};

function systemError(component: string, cause: string) {
  return {
    fact: 'job_failed',
    labels: { ...PIPELINE, error_type: 'cause' },
    fixed: { cicd_system_component: component },
    where: { cause: [cause] },
  } as const;
}

function active(state: string, status: readonly string[]) {
  return {
    of: DOMAIN.activeRuns,
    where: { status },
    labels: PIPELINE,
    fixed: { cicd_pipeline_run_state: state },
  };
}

function worker(
  state: string,
  where: { readonly status: readonly string[]; readonly busy?: readonly string[] },
) {
  const labels: OldLabels = { owner: 'runnersOwner', runner_group: 'runnerGroup' };
  return { of: DOMAIN.runners, where, labels, fixed: { cicd_worker_state: state } };
}

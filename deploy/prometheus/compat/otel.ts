import { DOMAIN } from '../../../src/domain/catalogue.ts';
import type { RecordingRule } from '../rule.ts';
import type { OldNames } from './old-names.ts';
import { oldHistogram, oldValue } from './old-names.ts';
import { type OldLabels, OWNER, SHORT_NAME } from './renamed.ts';

/*
 * Names and labels of https://opentelemetry.io/docs/specs/semconv/cicd/cicd-metrics/ as Prometheus has them, with `_` for
 * each dot and with units and `_total` at the end.
 */

const REPOSITORY: OldLabels = { vcs_owner_name: OWNER, vcs_repository_name: SHORT_NAME };
const PIPELINE: OldLabels = { cicd_pipeline_name: 'workflow', ...REPOSITORY };
const FAILED = ['failure', 'timed_out', 'startup_failure'];

/** The conventions of OpenTelemetry for CI/CD. */
export const OTEL: OldNames = {
  name: 'otel',
  exporter: "OpenTelemetry's conventions for CI/CD",
  notes: [
    'Not here: cicd_pipeline_run_duration_seconds of the states executing and finalizing. Durations of ours begin with the',
    'run attempt, and the time until its first job starts can be taken from a sum, but not from buckets. The repository is',
    'in vcs_owner_name and vcs_repository_name.',
  ],
  rules: [
    ...oldHistogram({
      record: 'cicd_pipeline_run_duration_seconds',
      about:
        'State pending: from the start of a run attempt to the start of its first job, exact. Counted ten minutes after its end is known.',
      from: DOMAIN.runQueue,
      labels: PIPELINE,
      fixed: { cicd_pipeline_run_state: 'pending' },
    }),
    active('pending', ['requested', 'queued', 'pending', 'waiting']),
    active('executing', ['in_progress']),
    oldValue({
      record: 'cicd_pipeline_run_errors_total',
      about: 'Run attempts that failed, each once; error_type is the conclusion.',
      from: DOMAIN.runs,
      labels: { error_type: 'conclusion', ...PIPELINE },
      where: { conclusion: FAILED },
    }),
    worker('available', { status: 'online', busy: 'false' }),
    worker('busy', { status: 'online', busy: 'true' }),
    worker('offline', { status: 'offline' }),
    systemError('runner', 'runner_lost'),
    systemError('controller', 'startup'),
  ],
};

function active(state: string, statuses: readonly string[]): RecordingRule {
  return oldValue({
    record: 'cicd_pipeline_run_active',
    about: `Run attempts that are ${statuses.join(', ')}.`,
    from: DOMAIN.activeRuns,
    labels: PIPELINE,
    where: { status: statuses },
    fixed: { cicd_pipeline_run_state: state },
  });
}

function worker(state: string, where: Readonly<Record<string, string>>): RecordingRule {
  return oldValue({
    record: 'cicd_worker_count',
    about: `Self-hosted runners that are ${state}, where they can be read.`,
    from: DOMAIN.runners,
    labels: { owner: 'owner', runner_group: 'runner_group' },
    where,
    fixed: { cicd_worker_state: state },
  });
}

function systemError(component: string, cause: string): RecordingRule {
  return oldValue({
    record: 'cicd_system_errors_total',
    about: `Jobs that failed by the cause ${cause}.`,
    from: DOMAIN.jobFailures,
    labels: { error_type: 'cause', ...PIPELINE },
    where: { cause },
    fixed: { cicd_system_component: component },
  });
}

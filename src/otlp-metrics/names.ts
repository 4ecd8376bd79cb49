import { DOMAIN } from '../domain/catalogue.ts';
import type { Metric } from '../domain/metric.ts';
import type { OtlpMetric } from '../otlp/metric-data.ts';

/*
 * What our metrics and their labels are called there (https://opentelemetry.io/docs/specs/semconv/cicd/cicd-metrics/).
 * The conventions have no metrics of jobs, nor of queues of jobs: those have names of our own.
 */

const METRICS: Readonly<Record<string, Pick<OtlpMetric, 'name' | 'unit'>>> = {
  cicd_pipeline_run_duration_seconds: { name: 'cicd.pipeline.run.duration', unit: 's' },
  cicd_pipeline_run_active: { name: 'cicd.pipeline.run.active', unit: '{run}' },
  cicd_pipeline_run_errors_total: { name: 'cicd.pipeline.run.errors', unit: '{error}' },
  cicd_worker_count: { name: 'cicd.worker.count', unit: '{worker}' },
  cicd_system_errors_total: { name: 'cicd.system.errors', unit: '{error}' },
  [DOMAIN.jobQueue.name]: { name: 'ant_watcher.job.queue.duration', unit: 's' },
  [DOMAIN.jobDuration.name]: { name: 'ant_watcher.job.duration', unit: 's' },
};

const TYPES = {
  counter: 'counter',
  gauge: 'up_down_counter',
  histogram: 'histogram',
} as const satisfies Partial<Record<Metric['type'], OtlpMetric['type']>>;

/** Labels that say of what a series is, in the order in which its name is made of them. */
const OF_RESOURCE: ReadonlySet<string> = new Set([
  'repository',
  'vcs_owner_name',
  'vcs_repository_name',
  'owner',
]);

const ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    cicd_pipeline_name: 'cicd.pipeline.name',
    cicd_pipeline_run_state: 'cicd.pipeline.run.state',
    cicd_pipeline_result: 'cicd.pipeline.result',
    cicd_system_component: 'cicd.system.component',
    cicd_worker_state: 'cicd.worker.state',
    error_type: 'error.type',
    workflow: 'cicd.pipeline.name',
    job_name: 'github.job.group',
    runs_on: 'github.job.runs_on',
    conclusion: 'cicd.pipeline.task.run.result',
    runner_group: 'github.runner.group',
  }),
);

/** Throws for a metric that has no name there. */
export function otlpMetric({ name: ours, type, help }: Metric): OtlpMetric {
  const named = METRICS[ours];
  if (named === undefined || type === 'sample') throw new Error(`${ours} has no name in OpenTelemetry`);
  return { ...named, type: TYPES[type], description: help };
}

/** Whether the label is no attribute of a series, but says of what it is. */
export function isOfResource(label: string): boolean {
  return OF_RESOURCE.has(label);
}

/** The attribute that a label becomes. One that an operator has made keeps its name. */
export function attributeNamed(label: string): string {
  return ATTRIBUTES.get(label) ?? label;
}

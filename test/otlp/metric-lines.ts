import { labelsOf, type Samples } from '../samples.ts';

/*
 * Metrics that came by OTLP, the same in our expositions, and what databases make of them, in one form: a line for each
 * number, with OpenTelemetry's names in which each dot is an underscore.
 */

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface Point {
  readonly attributes?: readonly Attribute[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly asInt?: string;
  readonly count?: string;
  readonly sum?: number;
  readonly bucketCounts?: readonly string[];
  readonly explicitBounds?: readonly number[];
}

interface Data {
  readonly dataPoints: readonly Point[];
  readonly aggregationTemporality: number;
  readonly isMonotonic?: boolean;
}

/** The body of a request to `/v1/metrics`, as OTLP's JSON has it. */
export interface MetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly { readonly name: string; readonly sum?: Data; readonly histogram?: Data }[];
    }[];
  }[];
}

/** One point, with what it is of. */
export interface FoundPoint extends Point {
  readonly metric: string;
  /** Of its metric, and those of its resource that tell resources apart. */
  readonly labels: Readonly<Record<string, string>>;
  readonly isMonotonic: boolean;
  readonly temporality: number;
}

export function pointsIn(requests: readonly MetricsRequest[]): FoundPoint[] {
  return requests.flatMap(({ resourceMetrics }) =>
    resourceMetrics.flatMap(({ resource, scopeMetrics }) => {
      const { 'service.instance.id': of = '' } = textsOf(resource.attributes);
      return scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ name, sum, histogram }) => {
          const { dataPoints = [], aggregationTemporality = 0 } = sum ?? histogram ?? {};
          return dataPoints.map((point) => ({
            ...point,
            metric: name,
            labels: { ...textsOf(point.attributes ?? []), of },
            isMonotonic: sum?.isMonotonic ?? false,
            temporality: aggregationTemporality,
          }));
        }),
      );
    }),
  );
}

/** The points of the newest snapshot that is complete: another one has begun since. None if there is no such. */
export function newestComplete(requests: readonly MetricsRequest[]): FoundPoint[] {
  const byTime = Map.groupBy(pointsIn(requests), ({ timeUnixNano }) => BigInt(timeUnixNano));
  const times = [...byTime.keys()].sort((a, b) => (a < b ? -1 : 1));
  return byTime.get(times.at(-2) ?? -1n) ?? [];
}

/** A line for each number, sorted. What there is at the moment is left out where it is 0: a scraper sees nothing then. */
export function linesOfPoints(points: readonly FoundPoint[]): string[] {
  return points
    .flatMap((point) => {
      const { metric, labels, asInt, isMonotonic, bucketCounts = [], explicitBounds = [], sum = 0 } = point;
      if (asInt !== undefined)
        return !isMonotonic && asInt === '0' ? [] : [lineOf(metric, labels, Number(asInt))];
      let below = 0;
      const buckets = bucketCounts.map((count, index) => {
        below += Number(count);
        return lineOf(`${metric}_bucket`, { ...labels, le: String(explicitBounds[index] ?? '+Inf') }, below);
      });
      const total = Number(point.count ?? 0);
      return [...buckets, lineOf(`${metric}_sum`, labels, sum), lineOf(`${metric}_count`, labels, total)];
    })
    .sort();
}

const METRICS: Readonly<Record<string, string>> = {
  cicd_pipeline_run_duration_seconds: 'cicd.pipeline.run.duration',
  cicd_pipeline_run_active: 'cicd.pipeline.run.active',
  cicd_pipeline_run_errors_total: 'cicd.pipeline.run.errors',
  cicd_worker_count: 'cicd.worker.count',
  cicd_system_errors_total: 'cicd.system.errors',
  github_actions_job_queue_seconds: 'ant_watcher.job.queue.duration',
  github_actions_job_duration_seconds: 'ant_watcher.job.duration',
};

const LABELS: Readonly<Record<string, string>> = {
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
  repository: 'of',
  owner: 'of',
  le: 'le',
};

const RESULTS: Readonly<Record<string, string>> = {
  cancelled: 'cancellation',
  skipped: 'skip',
  timed_out: 'timeout',
  startup_failure: 'error',
};

/** The lines of these expositions that OTLP has as well. */
export function linesOfExpositions(...expositions: readonly Samples[]): string[] {
  return expositions
    .flatMap((samples) => [...samples])
    .flatMap(([key, value]) => {
      const { name, labels } = labelsOf(key);
      const [, base = '', part = ''] = /^(.*?)(_bucket|_sum|_count)?$/.exec(name) ?? [];
      const [metric, rest] = METRICS[name] === undefined ? [METRICS[base], part] : [METRICS[name], ''];
      return metric === undefined ? [] : [lineOf(metric + rest, otelLabels(labels), value)];
    })
    .sort();
}

function otelLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const { vcs_owner_name: owner, vcs_repository_name: name, conclusion, ...rest } = labels;
  const of: Record<string, string> = owner === undefined ? {} : { of: `${owner}/${name}` };
  for (const [label, value] of Object.entries(rest)) if (value !== '') of[LABELS[label] ?? label] = value;
  if (conclusion !== undefined) of['cicd.pipeline.task.run.result'] = RESULTS[conclusion] ?? conclusion;
  return of;
}

/** One series of a database, with its newest value. */
export interface StoredSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Those of the resource and of the scope, but for what tells resources apart. */
const OF_OTHERS = /^(job|(service|scope|vcs)_\w+)$/;

/** The lines of these series of a database, whatever its names are: with dots or without, with units or without. */
export function linesOfSeries(series: readonly StoredSeries[]): string[] {
  return series
    .flatMap(({ labels, value }) => {
      const { __name__: name = '', ...rest } = labels;
      const base = plain(name)
        .replace(/_total$/, '')
        .replace(/_seconds(_bucket|_sum|_count)$/, '$1');
      const own: Record<string, string> = {};
      for (const [label, text] of Object.entries(rest)) {
        if (/^(instance|service.instance.id)$/.test(label)) own['of'] = text;
        else if (label === 'le') own['le'] = text === '+Inf' ? text : String(Number(text));
        else if (!OF_OTHERS.test(plain(label))) own[label] = text;
      }
      const isNothing = value === 0 && /^cicd_(pipeline_run_active|worker_count)$/.test(base);
      return isNothing || !/^(cicd|ant_watcher_job)_/.test(base) ? [] : [lineOf(base, own, value)];
    })
    .sort();
}

function plain(name: string): string {
  return name.replaceAll('.', '_');
}

function textsOf(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? '']));
}

function lineOf(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const named = Object.entries(labels).map(([label, text]) => [plain(label), text] as const);
  return `${plain(name)} ${JSON.stringify(named.sort(([a], [b]) => (a < b ? -1 : 1)))} ${value}`;
}

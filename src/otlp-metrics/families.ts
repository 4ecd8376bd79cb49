import { DOMAIN } from '../domain/catalogue.ts';
import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import { OTHER_LABEL } from '../domain/label-policy.ts';
import type { GaugeReading, Metric } from '../domain/metric.ts';
import type { Series } from '../metrics/sorted-series.ts';
import { Slices } from '../timing/slices.ts';

/** One of our metrics with its series, on its way to OTLP. */
export interface OtlpFamily {
  readonly metric: Metric;
  /** The cells of counters and histograms still change. */
  readonly series: readonly OtlpSeries[];
}

export type OtlpSeries = Pick<Series, 'values' | 'cells' | 'createdAtMs'>;

/** What is known of metrics at one moment. */
export interface FamilySources {
  /** Those that have OpenTelemetry's names, and what was read of their gauges. */
  readonly otel: { readonly metrics: readonly Metric[]; readonly readings: readonly GaugeReading[] };
  /** Our own, as they are counted. */
  readonly catalogue: readonly Metric[];
  /** What was read of our own gauges. */
  readonly readings: readonly GaugeReading[];
  readonly labelPatterns: LabelPatterns;
  readonly seriesOf: (metric: Metric) => readonly OtlpSeries[];
}

/** After so long, other work runs. */
const SLICE_MS = 4;
/** The values of the label `cicd_pipeline_run_state` of runs that are not completed. */
const RUN_STATES = ['pending', 'executing'];
const WORKER_STATES = ['available', 'busy', 'offline'];

/** All that is sent: the metrics of the conventions, and durations and queues of jobs. Other work runs meanwhile. */
export async function otlpFamilies(sources: FamilySources): Promise<OtlpFamily[]> {
  const slices = new Slices(SLICE_MS);
  const { otel, catalogue, seriesOf } = sources;
  const ofJobs = catalogue.filter(({ name }) =>
    [DOMAIN.jobQueue.name, DOMAIN.jobDuration.name].includes(name),
  );
  const families: OtlpFamily[] = [];
  for (const metric of [...otel.metrics, ...ofJobs]) {
    if (slices.isOver) await slices.pause();
    const series = metric.type === 'gauge' ? await gaugeSeries(metric, sources, slices) : seriesOf(metric);
    families.push({ metric, series });
  }
  return families;
}

/**
 * A scraper sees that a series is gone. What is sent stays as it is until another value comes: so a workflow without
 * runs, and a group without runners, has 0.
 */
async function gaugeSeries(metric: Metric, sources: FamilySources, slices: Slices): Promise<OtlpSeries[]> {
  const read = sources.otel.readings.filter((reading) => reading.metric === metric.name);
  const series = new Map(read.map(({ labels, value }) => [labels.join('\0'), seriesWith(labels, value)]));
  const zeros =
    metric.name === 'cicd_worker_count'
      ? combinations(groupsIn(sources), WORKER_STATES)
      : combinations(workflowsIn(sources), RUN_STATES);
  for (const labels of zeros) {
    const key = labels.join('\0');
    if (!series.has(key)) series.set(key, seriesWith(labels, 0));
    if (slices.isOver) await slices.pause();
  }
  return [...series.values()];
}

function* combinations(
  places: Iterable<readonly string[]>,
  states: readonly string[],
): Generator<readonly string[]> {
  for (const place of places) {
    if (place.includes(OTHER_LABEL)) continue;
    for (const state of states) yield [...place, state];
  }
}

function seriesWith(values: readonly string[], value: number): OtlpSeries {
  return { values, cells: [value], createdAtMs: null };
}

/** The workflow, owner and name of each workflow that has had a run. */
function* workflowsIn({ catalogue, seriesOf }: FamilySources): Generator<readonly string[]> {
  const metric = catalogue.find(({ name }) => name === DOMAIN.runQueue.name);
  if (metric === undefined) return;
  for (const { values } of seriesOf(metric)) {
    const [repository = '', workflow = ''] = values;
    const at = repository.indexOf('/');
    if (workflow !== '' && at > 0) yield [workflow, repository.slice(0, at), repository.slice(at + 1)];
  }
}

/** The owner and name of each group that has runners, or has had one that was free. */
function groupsIn({ readings, labelPatterns }: FamilySources): (readonly string[])[] {
  return [DOMAIN.runners, DOMAIN.runnerGroupLastIdle].flatMap(({ name, labels: names }) =>
    readings
      .filter(({ metric }) => metric === name)
      .map(({ labels }) => foldedLabels(labelPatterns, names, labels).slice(0, 2)),
  );
}

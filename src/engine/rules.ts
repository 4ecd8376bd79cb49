import { isDeepStrictEqual } from 'node:util';
import { createCompatMeasure } from '../compat/count.ts';
import type { CompatName, CompatOptions } from '../compat/names.ts';
import type { CompatSet } from '../compat/old-metric.ts';
import { setWith } from '../compat/sets.ts';
import type { WordOptions } from '../compat/words.ts';
import type { BranchGroup } from '../domain/branch-class.ts';
import { DOMAIN, metricsWith } from '../domain/catalogue.ts';
import type { Clock, Logger } from '../domain/contracts.ts';
import type { Delivery } from '../domain/delivery.ts';
import { createSampling, type Sampling } from '../domain/event-sample.ts';
import { createRecordHistory, type RecordHistory } from '../domain/history.ts';
import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import type { LabelPolicy } from '../domain/label-policy.ts';
import { createMeasure, type Measure } from '../domain/measure.ts';
import type { Metric } from '../domain/metric.ts';
import type { ObservationResult } from '../domain/observation.ts';
import { type CostOf, createCostOf } from '../domain/price/bill.ts';
import type { PriceRule } from '../domain/price/price-rules.ts';
import type { RepositoryLabel } from '../domain/repository-labels.ts';
import type { Tracing } from '../domain/tracing.ts';
import { createObserve } from '../github/observe.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { JobNumbers } from '../metrics/job-numbers.ts';
import { Registry } from '../metrics/registry.ts';
import type { OtlpOptions } from '../otlp/otlp-options.ts';
import type { PushOptions } from '../push/push.ts';
import { tracingOf } from './trace-rules.ts';

/** The values of the engine that may be replaced while it runs. */
export interface EngineValues {
  /** How long finished runs are kept; null: for ever. */
  readonly retentionMs: number | null;
  /** How long their steps are kept; null: for ever. */
  readonly stepsRetentionMs: number | null;
  readonly metrics: {
    readonly durationBucketsMs: readonly number[];
    readonly stepDurations: boolean;
    readonly failedSteps: boolean;
    readonly labelPolicy: LabelPolicy;
    readonly labelPatterns: LabelPatterns;
    readonly branchGroups: readonly BranchGroup[];
    readonly branchBases: boolean;
    /** In the order of their names. */
    readonly repositoryLabels: readonly RepositoryLabel[];
    readonly maxSeries: number;
    /** Null: series are never forgotten. */
    readonly idleExpiryMs: number | null;
    /** Whether OpenMetrics shows when each counter and histogram started. */
    readonly createdTimestamps: boolean;
    /** Whether OpenMetrics shows an exemplar in each bucket of durations and queue times. */
    readonly exemplars: boolean;
    readonly compat: CompatOptions;
  };
  readonly priceRules: readonly PriceRule[];
  /** Whether GitHub is asked why jobs failed. */
  readonly asksReasons: boolean;
  readonly push: PushOptions;
  readonly otlp: OtlpOptions;
  /** How long a state without events stays in memory. */
  readonly ttlMs: number;
}

/** What the values mean for the parts: made whole, replaced whole, never changed. */
export interface EngineRules {
  readonly values: EngineValues;
  readonly registry: Registry;
  /** Our own metrics. The registry has those of `compatSets`, too. */
  readonly catalogue: readonly Metric[];
  readonly jobNumbers: JobNumbers;
  readonly observe: (delivery: Delivery) => ObservationResult;
  readonly measure: Measure;
  /** The metrics under names of other exporters, by their sets; empty: none are asked for. */
  readonly compatSets: ReadonlyMap<CompatName, CompatSet>;
  /** What facts add to these; null: none are asked for. */
  readonly compat: Measure | null;
  readonly sampling: Sampling;
  readonly record: RecordHistory;
  readonly costOf: CostOf;
  readonly repositoryLabels: readonly RepositoryLabel[];
  readonly asksReasons: boolean;
  /** Null: no traces are sent. */
  readonly tracing: Tracing | null;
  /** Whether anything is pushed. */
  readonly pushes: boolean;
}

export interface RuleParts {
  readonly steady: Clock;
  readonly logger: Logger;
  /** As `RegistryOptions.isShared`. */
  readonly isShared?: boolean;
}

/**
 * The rules of these values. They go on with the series of those `before` where these are of the same shape,
 * else with none.
 */
export function engineRules(values: EngineValues, before: EngineRules | null, parts: RuleParts): EngineRules {
  const { metrics, push } = values;
  const prices = { priceRules: values.priceRules, labelPatterns: metrics.labelPatterns };
  const tracing = tracingOf(values.otlp, prices);
  const compatSets = compatSetsOf(values);
  const goesOn = before !== null && isDeepStrictEqual(shapeOf(values), shapeOf(before.values));
  return {
    values,
    ...(goesOn ? seriesOf(before) : emptySeries(values, compatSets, parts)),
    catalogue: goesOn ? before.catalogue : metricsWith(metrics.durationBucketsMs),
    compatSets,
    compat: compatSets.size === 0 ? null : createCompatMeasure(countedIn(compatSets), wordOptionsOf(metrics)),
    observe: createObserve(metrics.branchGroups, {
      forTraces: tracing !== null,
      hasBases: metrics.branchBases,
      reportsRepositories: metrics.repositoryLabels.length > 0,
      classifiesJobs: metrics.compat.sets.length > 0,
    }),
    repositoryLabels: metrics.repositoryLabels,
    measure: measureOf(values, before, parts),
    asksReasons: values.asksReasons,
    tracing,
    pushes: push.sinks.length > 0,
    record: createRecordHistory(prices),
    costOf: createCostOf(prices),
    sampling: push.sinks.length === 0 ? () => [] : createSampling(metrics),
  };
}

function compatSetsOf({ metrics }: EngineValues): EngineRules['compatSets'] {
  return new Map(metrics.compat.sets.map((name) => [name, setWith(name, metrics.durationBucketsMs)]));
}

function wordOptionsOf({ labelPatterns, compat }: EngineValues['metrics']): WordOptions {
  return { labelPatterns, branches: compat.branches, fullJobNames: compat.fullJobNames };
}

function countedIn(sets: EngineRules['compatSets']): CompatSet['counted'] {
  return [...sets.values()].flatMap(({ counted }) => counted);
}

/** The one before goes on where it counts the same: it knows whether it has warned. */
function measureOf(
  { metrics, priceRules }: EngineValues,
  before: EngineRules | null,
  { logger }: { readonly logger: Logger },
): Measure {
  const { durationBucketsMs, stepDurations, failedSteps, exemplars, labelPatterns } = metrics;
  const was = before?.values;
  const isSame = isDeepStrictEqual([metrics, priceRules], [was?.metrics, was?.priceRules]);
  return before !== null && isSame
    ? before.measure
    : warnOfUnpriced(
        createMeasure({
          durationBucketsMs,
          stepDurations,
          failedSteps,
          exemplars,
          labelPatterns,
          priceRules,
        }),
        logger,
        labelPatterns,
      );
}

/**
 * The same measure, which warns once when it meets a runner without a price: a cost of 0 would look like a
 * free one.
 */
function warnOfUnpriced(measure: Measure, logger: Logger, labelPatterns: LabelPatterns): Measure {
  const notice = new SparingLog((fields) => logger.warn('runner_unpriced', fields), null);
  return (fact) => {
    const increments = measure(fact);
    const metric = DOMAIN.unpriced.name;
    const unpriced = increments.find((each) => each.metric === metric);
    if (unpriced !== undefined) {
      const [repository, workflow, runsOn = ''] = foldedLabels(
        labelPatterns,
        DOMAIN.unpriced.labels,
        unpriced.labels,
      );
      notice.log({ repository, workflow, runsOn, metric, hint: hintFor(runsOn) });
    }
    return increments;
  };
}

function hintFor(runsOn: string): string {
  const target = runsOn === 'none' ? 'group:NAME' : (runsOn.split(',')[0] ?? 'LABEL');
  return `name its price in prices.rules: "${target}=linux_8_core" for a larger runner, "${target}=self_hosted:0" for one of your own`;
}

type Series = Pick<EngineRules, 'registry' | 'jobNumbers'>;

function seriesOf({ registry, jobNumbers }: EngineRules): Series {
  return { registry, jobNumbers };
}

function emptySeries(
  { metrics: { durationBucketsMs, labelPolicy, labelPatterns, maxSeries } }: EngineValues,
  compatSets: EngineRules['compatSets'],
  { steady, logger, isShared = false }: RuleParts,
): Series {
  const metrics = [...metricsWith(durationBucketsMs), ...countedIn(compatSets)];
  return {
    registry: new Registry(metrics, { labelPolicy, labelPatterns, maxSeries, steady, logger, isShared }),
    jobNumbers: new JobNumbers({ maxSeries, steady }),
  };
}

/** What decides under which labels and in which cells something is kept. */
function shapeOf({
  metrics: { durationBucketsMs, labelPolicy, labelPatterns, maxSeries, compat },
}: EngineValues): unknown {
  return { durationBucketsMs, labelPolicy, labelPatterns, maxSeries, sets: compat.sets };
}

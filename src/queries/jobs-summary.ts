import { nearestRank } from '../domain/nearest-rank.ts';
import type { Cause, JobSummaryRow, JobsSummary } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { changeOf, headOf, secondsOf, windowBefore } from './answer.ts';
import { fewValues } from './few-values.ts';
import { jobLinks } from './job-link.ts';
import { type JobGroups, type JobSums, jobSums, passedJobDurations } from './job-sums.ts';
import { passRate } from './outcomes.ts';
import { type Paging, pageOf } from './paging.ts';

export interface JobsSummaryQuery extends Paging {
  readonly window: Window;
  readonly filters: HistoryFilters;
  /** Only those that failed and then succeeded on the same commit. */
  readonly isFlaky: boolean;
  /** The base URL of GitHub's pages, without a slash at the end. */
  readonly webUrl: string;
}

const CAUSES = ['step', 'timeout', 'runner_lost', 'startup', 'rejected', 'unknown'] as const;

/** How the jobs of each name did in a window. */
export async function jobsSummary(reader: HistoryReader, query: JobsSummaryQuery): Promise<JobsSummary> {
  const { window, filters, isFlaky, webUrl } = query;
  const sums = await jobSums(reader, window, filters);
  const groups = sums.all().filter(({ flaky }) => !isFlaky || flaky > 0);
  const texts = await reader.texts(
    groups.flatMap(({ repository, workflow, jobName }) => [repository, workflow, jobName]),
  );
  const causeIds = CAUSES.map((cause) => [cause, reader.wordId(cause)] as const);
  const parts = { groups: sums, texts };
  const { rows, cursor } = pageOf(
    groups,
    query,
    (each, field) => sortKeyOf(each, field as SortField, parts),
    (each) => nameOf(each, parts),
  );
  const before = await windowBefore(reader, window);
  const earlier = before && (await passedJobDurations(reader, before, filters));
  return {
    ...headOf(reader, window, null),
    rows: rows.map((each) => {
      const row = rowOf(each, parts, causeIds);
      const { repository, workflow, jobName, flakyJobs } = each;
      const past = earlier?.durationsMs.of(earlier.of(repository, workflow, jobName).id);
      return {
        ...row,
        change: changeOf(row.p50, past ? percentileOf(past, 0.5) : null),
        flaky_jobs: jobLinks(flakyJobs, { webUrl, repository: row.repository }),
      };
    }),
    groups: groups.length,
    cursor,
  };
}

type SortField =
  | 'runs'
  | 'pass_rate'
  | 'p50'
  | 'p95'
  | 'queue_p95'
  | 'total_seconds'
  | 'flaky'
  | 'flaky_rate'
  | 'wasted_seconds'
  | 'repository';

interface Parts {
  readonly groups: JobGroups;
  readonly texts: ReadonlyMap<number, string>;
}

function nameOf({ repository, workflow, jobName }: JobSums, { texts }: Parts): string {
  return JSON.stringify([repository, workflow, jobName].map((id) => texts.get(id)));
}

/** A value of a row, for all rows that there are: the row itself is only made if it is on the page. */
function sortKeyOf(sums: JobSums, field: SortField, { groups, texts }: Parts): number | string | null {
  switch (field) {
    case 'repository':
      return texts.get(sums.repository) ?? '';
    case 'pass_rate':
      return passRate(sums.passed, sums.failed);
    case 'p50':
      return percentileOf(groups.durationsMs.of(sums.id), 0.5);
    case 'p95':
      return percentileOf(groups.durationsMs.of(sums.id), 0.95);
    case 'queue_p95':
      return percentileOf(groups.queuesMs.of(sums.id), 0.95);
    case 'total_seconds':
      return sums.durationMs;
    case 'flaky_rate':
      return flakyRateOf(sums);
    case 'wasted_seconds':
      return sums.wastedMs;
    default:
      return sums[field];
  }
}

/** At most 1: the failures of what was flaky may lie before the window. */
function flakyRateOf({ runs, flaky }: JobSums): number | null {
  return runs === 0 ? null : Math.min(1, flaky / runs);
}

function rowOf(
  sums: JobSums,
  { groups, texts }: Parts,
  causeIds: readonly (readonly [Cause, number])[],
): JobSummaryRow {
  const { runs, flaky } = sums;
  const durationsMs = groups.durationsMs.of(sums.id).sort();
  const textOf = (id: number) => texts.get(id) ?? '';
  const causes = causeIds.map(([cause, id]) => [cause, sums.causes.get(id) ?? 0]);
  return {
    repository: textOf(sums.repository),
    workflow: textOf(sums.workflow),
    job_name: textOf(sums.jobName),
    runs,
    pass_rate: passRate(sums.passed, sums.failed),
    durations: fewValues(durationsMs),
    p50: secondsOf(nearestRank(durationsMs, 0.5)),
    p95: secondsOf(nearestRank(durationsMs, 0.95)),
    change: null,
    queue_p95: percentileOf(groups.queuesMs.of(sums.id), 0.95),
    total_seconds: sums.durationMs / 1000,
    failures: Object.fromEntries(causes) as JobSummaryRow['failures'],
    flaky,
    flaky_rate: flakyRateOf(sums),
    flaky_jobs: [],
    wasted_seconds: sums.wastedMs / 1000,
  };
}

function percentileOf(valuesMs: Float64Array, p: number): number | null {
  return secondsOf(nearestRank(valuesMs.sort(), p));
}

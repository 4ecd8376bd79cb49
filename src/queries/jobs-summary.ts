import type { Cause, JobSummaryRow, JobsSummary } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { changeOf, headOf, secondsOf, windowBefore } from './answer.ts';
import { fewValues } from './few-values.ts';
import { jobLinks } from './job-link.ts';
import { type JobGroups, type JobSums, jobSums, passedJobDurations } from './job-sums.ts';
import { nearestRank } from './nearest-rank.ts';
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
  const found = groups.map((each) => ({ sums: each, row: rowOf(each, sums, texts, causeIds) }));
  const { rows, cursor } = pageOf(
    found,
    query,
    ({ row }, field) => row[field as SortField],
    ({ row: { repository, workflow, job_name } }) => JSON.stringify([repository, workflow, job_name]),
  );
  const before = await windowBefore(reader, window);
  const earlier = before && (await passedJobDurations(reader, before, filters));
  return {
    ...headOf(reader, window, null),
    rows: rows.map(({ sums: { repository, workflow, jobName, flakyJobs }, row }) => {
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

type SortField = Exclude<keyof JobSummaryRow, 'change' | 'durations' | 'failures' | 'flaky_jobs'>;

function rowOf(
  sums: JobSums,
  groups: JobGroups,
  texts: ReadonlyMap<number, string>,
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
    // Its failures may lie before the window.
    flaky_rate: runs === 0 ? null : Math.min(1, flaky / runs),
    flaky_jobs: [],
    wasted_seconds: sums.wastedMs / 1000,
  };
}

function percentileOf(valuesMs: Float64Array, p: number): number | null {
  return secondsOf(nearestRank(valuesMs.sort(), p));
}

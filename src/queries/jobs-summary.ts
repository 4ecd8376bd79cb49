import type { JobSummaryRow, JobsSummary } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { headOf, windowBefore } from './answer.ts';
import { jobLinks } from './job-link.ts';
import { CAUSES, type JobGroups, jobSums, passedJobDurations } from './job-sums.ts';
import type { Figures, GroupNames } from './measured-groups.ts';
import { type Paging, pageOf } from './paging.ts';

export interface JobsSummaryQuery extends Paging {
  readonly window: Window;
  readonly filters: HistoryFilters;
  /** Only those that failed and then succeeded on the same commit. */
  readonly isFlaky: boolean;
  /** The base URL of GitHub's pages, without a slash at the end. */
  readonly webUrl: string;
}

/** How the jobs of each name did in a window. */
export async function jobsSummary(reader: HistoryReader, query: JobsSummaryQuery): Promise<JobsSummary> {
  const { window, filters, isFlaky, webUrl } = query;
  const sums = await jobSums(reader, window, filters);
  const groups = sums.all().filter((group) => !isFlaky || sums.flaky.of(group) > 0);
  const names = await sums.readNames(reader);
  const { rows, cursor } = pageOf(
    groups,
    query,
    sums.sortKeys(groups, {
      repository: (group) => names(group).repository,
      flaky: (group) => sums.flaky.of(group),
      flaky_rate: (group) => flakyRateOf(sums, group),
      wasted_seconds: (group) => sums.wastedMs.of(group),
    }),
    (group) => JSON.stringify(Object.values(names(group))),
  );
  const before = await windowBefore(reader, window);
  const earlier = before && (await passedJobDurations(sums, reader, before, filters));
  const figures = sums.figuresOf(rows, earlier);
  return {
    ...headOf(reader, window, null),
    rows: rows.map((group, at) =>
      rowOf(sums, group, { names: names(group), figures: figures[at] as Figures, webUrl }),
    ),
    groups: groups.length,
    cursor,
  };
}

/** At most 1: the failures of what was flaky may lie before the window. */
function flakyRateOf(sums: JobGroups, group: number): number | null {
  const runs = sums.runsOf(group);
  return runs === 0 ? null : Math.min(1, sums.flaky.of(group) / runs);
}

interface Parts {
  readonly names: GroupNames;
  readonly figures: Figures;
  readonly webUrl: string;
}

function rowOf(sums: JobGroups, group: number, { names, figures, webUrl }: Parts): JobSummaryRow {
  const { repository, workflow, jobName } = names;
  const failures = CAUSES.map((cause) => [cause, sums.failures[cause].of(group)]);
  return {
    repository,
    workflow,
    job_name: jobName,
    ...figures,
    failures: Object.fromEntries(failures) as JobSummaryRow['failures'],
    flaky: sums.flaky.of(group),
    flaky_rate: flakyRateOf(sums, group),
    flaky_jobs: jobLinks(sums.flakyJobs.get(group) ?? [], { webUrl, repository }),
    wasted_seconds: sums.wastedMs.of(group) / 1000,
  };
}

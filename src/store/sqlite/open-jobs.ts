import type { DatabaseSync } from 'node:sqlite';
import { jobLabel, labelValue, runsOnLabel } from '../../domain/label-value.ts';
import { withoutIds } from '../../domain/own-ids.ts';
import type { HistoryFilters, OpenJob, QuestionMoment } from '../../domain/queries.ts';
import { labelFilter, type NamedRow, sqlFilters } from './job-filters.ts';
import { parseStored } from './store-error.ts';

type Row = Omit<OpenJob, 'jobName' | 'runsOn' | 'runnerGroup' | 'isStale'> &
  Omit<NamedRow, 'runsOn'> & { readonly runsOn: string; readonly staleAfterMs: number };

/** The jobs that are not over, as `HistoryReader.openJobs`. */
export function readOpenJobs(
  database: DatabaseSync,
  filters: HistoryFilters,
  { nowMs, labelPatterns }: Pick<QuestionMoment, 'nowMs' | 'labelPatterns'>,
): OpenJob[] {
  const { sql, values } = sqlFilters(filters);
  const select = database.prepare(`
    SELECT job_id AS jobId, run_id AS runId, run_attempt AS runAttempt, repository, workflow, name, runs_on AS runsOn,
      runner_group AS runnerGroup, runner_name AS runnerName, head_branch AS branchName, head_sha AS headSha, status, created_at_ms AS createdAtMs,
      CASE WHEN has_started THEN started_at_ms END AS startedAtMs, began_at_ms AS beganAtMs, stale_after_ms AS staleAfterMs
    FROM jobs WHERE status <> 'completed' AND is_job AND ${sql} ORDER BY job_id`);
  const fits = labelFilter({ ...filters, ...(labelPatterns === undefined ? {} : { labelPatterns }) });
  return (select.all(values) as unknown as Row[]).flatMap((row) => {
    const job = { ...row, runsOn: parseStored<string[]>(row.runsOn, 'jobs') };
    return fits === null || fits(job) ? [openJobOf(job, nowMs)] : [];
  });
}

function openJobOf(row: Omit<Row, 'runsOn'> & NamedRow, nowMs: number): OpenJob {
  const { headSha, staleAfterMs, ...job } = row;
  return {
    ...job,
    repository: labelValue(row.repository),
    workflow: labelValue(row.workflow),
    jobName: labelValue(jobLabel(row)),
    runsOn: labelValue(runsOnLabel(row)),
    runnerGroup: labelValue(withoutIds(row.runnerGroup ?? 'unknown', row)),
    isStale: staleAfterMs < nowMs,
  };
}

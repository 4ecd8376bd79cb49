import { jobLabel, labelValue, runsOnLabel } from '../domain/label-value.ts';
import type { Status } from '../domain/observation.ts';
import { withoutIds } from '../domain/own-ids.ts';
import type { HistoryFilters, OpenJob, QuestionMoment } from '../domain/queries.ts';
import { labelFilter, sqlFilters } from './job-filters.ts';
import type { SqlReader } from './sql-reader.ts';
import { parseStored } from './stored-json.ts';

const COLUMNS = `
  job_id, run_id, run_attempt, repository, workflow, name, head_branch, runs_on, runner_group, runner_name, head_sha,
  status, created_at_ms, CASE WHEN has_started = 1 THEN started_at_ms END, began_at_ms, stale_after_ms`;

/** As `COLUMNS`: as arrays, ten thousand rows are read in half the time. */
type Row = [
  jobId: number,
  runId: number,
  runAttempt: number,
  repository: string,
  workflow: string,
  name: string,
  branchName: string | null,
  runsOn: string,
  runnerGroup: string | null,
  runnerName: string | null,
  headSha: string | null,
  status: Status,
  createdAtMs: number | null,
  startedAtMs: number | null,
  beganAtMs: number,
  staleAfterMs: number,
];

/** The jobs that are not over, as `HistoryReader.openJobs`. */
export async function readOpenJobs(
  reader: SqlReader,
  filters: HistoryFilters,
  { nowMs, labelPatterns }: Pick<QuestionMoment, 'nowMs' | 'labelPatterns'>,
): Promise<OpenJob[]> {
  const { sql, values } = sqlFilters(filters);
  // By the index of active jobs, not by the primary key: hence the sign.
  const rows = await reader.arrays<Row>(
    `SELECT ${COLUMNS} FROM jobs WHERE status <> 'completed' AND is_job = 1 AND ${sql} ORDER BY +job_id`,
    values,
  );
  const fits = labelFilter({ ...filters, ...(labelPatterns === undefined ? {} : { labelPatterns }) });
  const parsed = new Map<string, readonly string[]>();
  const found: OpenJob[] = [];
  for (const row of rows) {
    const [jobId, runId, , , workflow, name, , labels, runnerGroup, , headSha] = row;
    const runsOn = parsed.get(labels) ?? parseStored<string[]>(labels, 'jobs');
    parsed.set(labels, runsOn);
    if (fits === null || fits({ jobId, runId, headSha, name, workflow, runsOn, runnerGroup }))
      found.push(openJobOf(row, runsOn, nowMs));
  }
  return found;
}

function openJobOf(row: Row, labels: readonly string[], nowMs: number): OpenJob {
  const [jobId, runId, runAttempt, repository, workflow, name, branchName, , group, runnerName, headSha] =
    row;
  const [, , , , , , , , , , , status, createdAtMs, startedAtMs, beganAtMs, staleAfterMs] = row;
  const own = { jobId, runId, headSha };
  return {
    jobId,
    runId,
    runAttempt,
    repository: labelValue(repository),
    workflow: labelValue(workflow),
    jobName: labelValue(jobLabel({ name, ...own })),
    name,
    branchName,
    runsOn: labelValue(runsOnLabel({ runsOn: labels, ...own })),
    runnerGroup: labelValue(withoutIds(group ?? 'unknown', own)),
    runnerName,
    status,
    createdAtMs,
    startedAtMs,
    beganAtMs,
    isStale: staleAfterMs < nowMs,
  };
}

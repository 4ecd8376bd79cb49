import type { JobPage } from '../domain/job-list.ts';
import { jobBeganAtMs } from '../domain/lifecycle/stale.ts';
import { compareListPlaces, type ListOrder, type ListPlace, type ListQuery } from '../domain/list-query.ts';
import { type Conditions, labelFilter, type NamedRow, sqlFilters } from './job-filters.ts';
import { slicesOf } from './job-slices.ts';
import type { SqlReader, StateReading } from './sql-reader.ts';
import { parseStored } from './stored-json.ts';

/** What is ordered by. What began later has waited, or run, for less. What is not over has no duration. */
const VALUES: Readonly<Record<ListOrder, string>> = {
  created: 'created_at_ms',
  completed: 'completed_at_ms',
  queue: 'queue_ms',
  duration: 'duration_ms',
  waiting: '-began_at_ms',
};

type Row = Omit<NamedRow, 'runsOn'> & { readonly valueMs: number | null; readonly runsOn: string };

/** Prepares `HistoryReader.listJobs`. `giveWay` is called between two parts. */
export function openJobList(
  sql: SqlReader,
  jobs: Pick<StateReading['jobs'], 'ofIds'>,
  giveWay: () => Promise<void>,
): (query: ListQuery, nowMs: number) => Promise<JobPage> {
  return async (query, nowMs) => {
    const { limit, order, isDescending, statuses } = query;
    const select = openSelect(sql, query, nowMs);
    let best: ListPlace[] = [];
    for await (const slice of slicesOf(sql, query)) {
      best = [...best, ...(await select(slice))]
        .sort((a, b) => compareListPlaces(a, b, isDescending))
        .slice(0, limit + 1);
      // Of what has ended, the slices come in the order of their ends.
      if (query.window !== null && order === 'completed' && best.length > limit) break;
      await giveWay();
    }
    const shown = best.slice(0, limit);
    const ids = shown.map(({ ids: [jobId = 0] }) => jobId);
    const states = new Map((await jobs.ofIds(ids)).map((job) => [job.jobId, job]));
    const found = ids
      .flatMap((jobId) => states.get(jobId) ?? [])
      // What has changed meanwhile is not what was asked for any more.
      .filter(({ status }) => statuses.includes(status))
      .map((job) => ({ job, beganAtMs: jobBeganAtMs(job) }));
    return { jobs: found, next: best.length > limit ? (shown.at(-1) ?? null) : null };
  };
}

/** Answers the first places, so many as are shown and one more, of the jobs of a slice that fit. */
function openSelect(
  sql: SqlReader,
  query: ListQuery,
  nowMs: number,
): (slice: Conditions) => Promise<ListPlace[]> {
  const most = query.limit + 1;
  const fits = labelFilter(query);
  const behind = behindOf(query);
  const filters = [sqlFilters(query), skuOf(query), stalenessOf(query, nowMs)];
  const direction = query.isDescending ? 'DESC' : 'ASC';
  const values = Object.assign({}, behind.values, ...filters.map((each) => each.values));
  const named =
    ', run_id AS "runId", head_sha AS "headSha", name, workflow, runs_on AS "runsOn", runner_group AS "runnerGroup"';
  return async (slice) => {
    const rows = await sql.rows<Row>(
      `SELECT * FROM (
        SELECT job_id AS "jobId", ${VALUES[query.order]} AS "valueMs"${fits === null ? '' : named}
        FROM jobs WHERE ${[slice, ...filters].map((each) => each.sql).join(' AND ')}
      ) AS found WHERE ${behind.sql}
      ORDER BY "valueMs" IS NULL, "valueMs" ${direction}, "jobId" ${direction} ${fits === null ? `LIMIT ${most}` : ''}`,
      { ...values, ...slice.values },
    );
    const found: ListPlace[] = [];
    for (const row of rows) {
      if (fits === null || fits({ ...row, runsOn: parseStored(row.runsOn, 'jobs') }))
        found.push({ valueMs: row.valueMs, ids: [row.jobId] });
      if (found.length === most) break;
    }
    return found;
  };
}

/** What it is billed as is known of its end. */
function skuOf({ sku = [] }: ListQuery): Conditions {
  if (sku.length === 0) return { sql: 'TRUE', values: {} };
  const values = Object.fromEntries(sku.map((each, index) => [`sku${index}`, each]));
  const names = Object.keys(values).map((name) => `:${name}`);
  return {
    sql: `EXISTS (SELECT 1 FROM finished_job_facts AS fact WHERE fact.ended_at_ms = jobs.completed_at_ms
      AND fact.job_id = jobs.job_id AND COALESCE(fact.sku, 'none') IN (${names.join(', ')}))`,
    values,
  };
}

/** Of jobs that are not over, ghosts or all others. */
function stalenessOf({ window, isStale }: ListQuery, nowMs: number): Conditions {
  if (window !== null) return { sql: 'TRUE', values: {} };
  return { sql: `is_job = 1 AND stale_after_ms ${isStale ? '<' : '>='} :nowMs`, values: { nowMs } };
}

function behindOf({ after, isDescending }: ListQuery): Conditions {
  if (after === null) return { sql: 'TRUE', values: {} };
  const {
    valueMs,
    ids: [jobId = 0],
  } = after;
  const beyond = isDescending ? '<' : '>';
  const values = { placeId: jobId };
  if (valueMs === null) return { sql: `"valueMs" IS NULL AND "jobId" ${beyond} :placeId`, values };
  return {
    sql: `("valueMs" IS NULL OR "valueMs" ${beyond} :placeMs OR "valueMs" = :placeMs AND "jobId" ${beyond} :placeId)`,
    values: { ...values, placeMs: valueMs },
  };
}

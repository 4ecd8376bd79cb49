import { isoTime } from '../domain/iso-time.ts';
import type { WorkflowRow, Workflows } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, LastRun, Window } from '../domain/queries.ts';
import { changeOf, headOf, secondsOf, windowBefore } from './answer.ts';
import { fewValues } from './few-values.ts';
import { nearestRank } from './nearest-rank.ts';
import { passRate } from './outcomes.ts';
import { type Paging, pageOf } from './paging.ts';
import { runsByWorkflow, type WorkflowGroups, type WorkflowSums, workflowSums } from './workflow-sums.ts';

export interface WorkflowsQuery extends Paging {
  readonly window: Window;
  readonly filters: HistoryFilters;
}

/** So many runs are in the strip of a workflow. */
const STRIP = 60;

/** A row, and what it is completed from once it is known to be on the page. */
interface Found {
  readonly sums: WorkflowSums;
  readonly row: WorkflowRow;
}

/** How each workflow did in a window. */
export async function workflows(reader: HistoryReader, query: WorkflowsQuery): Promise<Workflows> {
  const { window, filters } = query;
  const sums = await workflowSums(reader, window, filters);
  const groups = sums.all();
  const texts = await reader.texts(
    groups.flatMap(({ repository, workflow, last }) => [repository, workflow, last?.conclusion ?? 0]),
  );
  const failures = await failuresByName(reader);
  const found = groups.map((each) => ({ sums: each, row: rowOf(each, sums, texts, failures) }));
  const { rows, cursor } = pageOf(
    found,
    query,
    ({ row }, field) => row[field as SortField],
    ({ row }) => nameOf(row),
  );
  const before = await windowBefore(reader, window);
  const earlier = before && (await runsByWorkflow(reader, before, filters));
  return {
    ...headOf(reader, window, null),
    rows: await Promise.all(rows.map((each) => completed(each, earlier, reader, query))),
    groups: groups.length,
    cursor,
  };
}

type SortField = Exclude<keyof WorkflowRow, 'change' | 'durations' | 'last' | 'strip'>;

function rowOf(
  sums: WorkflowSums,
  groups: WorkflowGroups,
  texts: ReadonlyMap<number, string>,
  failures: ReadonlyMap<string, number>,
): WorkflowRow {
  const { repository, workflow, last } = sums;
  const name = { repository: texts.get(repository) ?? '', workflow: texts.get(workflow) ?? '' };
  const ascending = groups.durationsMs.of(sums.id).sort();
  return {
    ...name,
    runs: sums.runs,
    pass_rate: passRate(sums.passed, sums.failed),
    durations: fewValues(ascending),
    p50: secondsOf(nearestRank(ascending, 0.5)),
    p95: secondsOf(nearestRank(ascending, 0.95)),
    change: null,
    queue_p95: secondsOf(nearestRank(groups.queuesMs.of(sums.id).sort(), 0.95)),
    total_seconds: sums.jobsMs / 1000,
    cost_dollars: sums.microDollars / 1e6,
    reruns: sums.reruns,
    last: last && {
      conclusion: texts.get(last.conclusion) ?? 'unknown',
      at: isoTime(last.endedAtMs),
      run_id: last.runId,
    },
    consecutive_failures: failures.get(nameOf(name)) ?? null,
    strip: [],
  };
}

function nameOf({ repository, workflow }: Pick<WorkflowRow, 'repository' | 'workflow'>): string {
  return JSON.stringify([repository, workflow]);
}

/** Files with the same name are one row: the one that fails for longest decides. */
async function failuresByName(reader: HistoryReader): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const state of await reader.workflowStates())
    found.set(nameOf(state), Math.max(state.failures, found.get(nameOf(state)) ?? 0));
  return found;
}

async function completed(
  { sums, row }: Found,
  earlier: WorkflowGroups | null,
  reader: HistoryReader,
  { window, filters }: WorkflowsQuery,
): Promise<WorkflowRow> {
  const { repository, workflow } = sums;
  const query = { beforeMs: window.toMs, filters, limit: STRIP };
  const past = earlier?.durationsMs.of(earlier.of(repository, workflow).id) ?? new Float64Array();
  return {
    ...row,
    change: changeOf(row.p50, secondsOf(nearestRank(past.sort(), 0.5))),
    strip: stripOf(await reader.lastRuns(repository, workflow, query)),
  };
}

/** From old to new, without the approvals that runs were held for and that they have got. */
function stripOf(latestFirst: readonly LastRun[]): WorkflowRow['strip'] {
  const seen = new Set<string>();
  const shown = latestFirst.filter(({ runId, runAttempt }) => {
    const attempt = `${runId}/${runAttempt}`;
    return !seen.has(attempt) && seen.add(attempt);
  });
  return shown
    .reverse()
    .map(({ conclusion, durationMs, runId }) => [
      conclusion,
      durationMs === null ? null : durationMs / 1000,
      runId,
    ]);
}

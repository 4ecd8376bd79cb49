import { isoTime } from '../domain/iso-time.ts';
import { nearestRank } from '../domain/nearest-rank.ts';
import type { WorkflowRow, Workflows } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, LastRun, Window } from '../domain/queries.ts';
import { changeOf, headOf, secondsOf, windowBefore } from './answer.ts';
import { fewValues } from './few-values.ts';
import { passRate } from './outcomes.ts';
import { type Paging, pageOf } from './paging.ts';
import { runsByWorkflow, type WorkflowGroups, type WorkflowSums, workflowSums } from './workflow-sums.ts';

export interface WorkflowsQuery extends Paging {
  readonly window: Window;
  readonly filters: HistoryFilters;
}

/** So many runs are in the strip of a workflow. */
const STRIP = 60;

interface Parts {
  readonly groups: WorkflowGroups;
  readonly texts: ReadonlyMap<number, string>;
  /** On default branches since the latest success, by the name of the workflow. */
  readonly failures: ReadonlyMap<string, number>;
}

/** How each workflow did in a window. */
export async function workflows(reader: HistoryReader, query: WorkflowsQuery): Promise<Workflows> {
  const { window, filters } = query;
  const sums = await workflowSums(reader, window, filters);
  const groups = sums.all();
  const texts = await reader.texts(
    groups.flatMap(({ repository, workflow, last }) => [repository, workflow, last?.conclusion ?? 0]),
  );
  const parts = { groups: sums, texts, failures: await failuresByName(reader) };
  const { rows, cursor } = pageOf(
    groups,
    query,
    (each, field) => sortKeyOf(each, field as SortField, parts),
    (each) => nameOf(namesOf(each, parts)),
  );
  const before = await windowBefore(reader, window);
  const earlier = before && (await runsByWorkflow(reader, before, filters));
  return {
    ...headOf(reader, window, null),
    rows: await Promise.all(rows.map((each) => completed(each, rowOf(each, parts), earlier, reader, query))),
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
  | 'cost_dollars'
  | 'reruns'
  | 'consecutive_failures'
  | 'repository';

/** A value of a row, for all rows that there are: the row itself is only made if it is on the page. */
function sortKeyOf(sums: WorkflowSums, field: SortField, parts: Parts): number | string | null {
  const { groups, texts, failures } = parts;
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
      return sums.jobsMs;
    case 'cost_dollars':
      return sums.microDollars;
    case 'consecutive_failures':
      return failures.get(nameOf(namesOf(sums, parts))) ?? null;
    default:
      return sums[field];
  }
}

function percentileOf(valuesMs: Float64Array, p: number): number | null {
  return secondsOf(nearestRank(valuesMs.sort(), p));
}

function namesOf({ repository, workflow }: WorkflowSums, { texts }: Parts) {
  return { repository: texts.get(repository) ?? '', workflow: texts.get(workflow) ?? '' };
}

function rowOf(sums: WorkflowSums, parts: Parts): WorkflowRow {
  const { groups, texts, failures } = parts;
  const { last } = sums;
  const name = namesOf(sums, parts);
  const ascending = groups.durationsMs.of(sums.id).sort();
  return {
    ...name,
    runs: sums.runs,
    pass_rate: passRate(sums.passed, sums.failed),
    durations: fewValues(ascending),
    p50: secondsOf(nearestRank(ascending, 0.5)),
    p95: secondsOf(nearestRank(ascending, 0.95)),
    change: null,
    queue_p95: percentileOf(groups.queuesMs.of(sums.id), 0.95),
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
  { repository, workflow }: WorkflowSums,
  row: WorkflowRow,
  earlier: WorkflowGroups | null,
  reader: HistoryReader,
  { window, filters }: WorkflowsQuery,
): Promise<WorkflowRow> {
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

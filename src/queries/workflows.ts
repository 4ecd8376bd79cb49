import { isoTime } from '../domain/iso-time.ts';
import type { WorkflowRow, Workflows } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, LastRun, Window } from '../domain/queries.ts';
import { headOf, windowBefore } from './answer.ts';
import type { Figures, GroupNames } from './measured-groups.ts';
import { type Paging, pageOf } from './paging.ts';
import { passedRunDurations, type WorkflowGroups, workflowSums } from './workflow-sums.ts';

export interface WorkflowsQuery extends Paging {
  readonly window: Window;
  readonly filters: HistoryFilters;
}

/** So many runs are in the strip of a workflow. */
const STRIP = 60;

/** How each workflow did in a window. */
export async function workflows(reader: HistoryReader, query: WorkflowsQuery): Promise<Workflows> {
  const { window, filters } = query;
  const sums = await workflowSums(reader, window, filters);
  const groups = sums.all();
  const names = await sums.readNames(reader);
  const failures = await failuresByName(reader);
  const { rows, cursor } = pageOf(
    groups,
    query,
    sums.sortKeys(groups, {
      repository: (group) => names(group).repository,
      cost_dollars: (group) => sums.microDollars.of(group),
      reruns: (group) => sums.reruns.of(group),
      consecutive_failures: (group) => failures.get(nameOf(names(group))) ?? null,
    }),
    (group) => nameOf(names(group)),
  );
  const before = await windowBefore(reader, window);
  const earlier = before && (await passedRunDurations(sums, reader, before, filters));
  const figures = sums.figuresOf(rows, earlier);
  const conclusions = await reader.texts(rows.map((group) => sums.last.conclusion.of(group)));
  const parts = { sums, names, conclusions, failures };
  const strips = await Promise.all(rows.map((group) => stripOf(reader, sums.ids.tupleOf(group), query)));
  return {
    ...headOf(reader, window, null),
    rows: rows.map((group, at) => ({
      ...rowOf(group, figures[at] as Figures, parts),
      strip: strips[at] ?? [],
    })),
    groups: groups.length,
    cursor,
  };
}

interface Parts {
  readonly sums: WorkflowGroups;
  readonly names: (group: number) => GroupNames;
  readonly conclusions: ReadonlyMap<number, string>;
  /** On default branches since the latest success, by the name of the workflow. */
  readonly failures: ReadonlyMap<string, number>;
}

function rowOf(
  group: number,
  figures: Figures,
  { sums, names, conclusions, failures }: Parts,
): Omit<WorkflowRow, 'strip'> {
  const { repository, workflow } = names(group);
  const { conclusion, endedAtMs, runId } = sums.last;
  return {
    repository,
    workflow,
    ...figures,
    cost_dollars: sums.microDollars.of(group) / 1e6,
    reruns: sums.reruns.of(group),
    last:
      figures.runs === 0
        ? null
        : {
            conclusion: conclusions.get(conclusion.of(group)) ?? 'unknown',
            at: isoTime(endedAtMs.of(group)),
            run_id: runId.of(group),
          },
    consecutive_failures: failures.get(nameOf(names(group))) ?? null,
  };
}

/** Files with the same name are one row: the one that fails for longest decides. */
async function failuresByName(reader: HistoryReader): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const state of await reader.workflowStates())
    found.set(nameOf(state), Math.max(state.failures, found.get(nameOf(state)) ?? 0));
  return found;
}

function nameOf({ repository, workflow }: Pick<GroupNames, 'repository' | 'workflow'>): string {
  return JSON.stringify([repository, workflow]);
}

/** The last runs, from old to new, without the approvals that runs were held for and that they have got. */
async function stripOf(
  reader: HistoryReader,
  [repository, workflow]: readonly [number, number, number],
  { window, filters }: WorkflowsQuery,
): Promise<WorkflowRow['strip']> {
  const query = { beforeMs: window.toMs, filters, limit: STRIP };
  const latestFirst: readonly LastRun[] = await reader.lastRuns(repository, workflow, query);
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

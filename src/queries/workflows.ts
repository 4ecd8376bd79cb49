import { isoTime } from '../domain/iso-time.ts';
import type { WorkflowRow, Workflows } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, LastRun, Window } from '../domain/queries.ts';
import { headOf, windowBefore } from './answer.ts';
import { statesAmong } from './broken-workflows.ts';
import { type LabelValues, openLabelValues } from './label-values.ts';
import type { Figures } from './measured-groups.ts';
import { type Paging, pageOf } from './paging.ts';
import { labelNames } from './repository-labels.ts';
import { passedRunDurations, type WorkflowGroups, workflowSums } from './workflow-sums.ts';

export interface WorkflowsQuery extends Paging {
  readonly by: Workflows['by'];
  /** With `by: 'repository_label'`: which. Default: the first. */
  readonly label?: string | undefined;
  readonly window: Window;
  readonly filters: HistoryFilters;
}

/** So many runs are in the strip of a workflow. */
const STRIP = 60;

/** How each workflow did in a window, or all workflows of the repositories with a label. */
export async function workflows(reader: HistoryReader, query: WorkflowsQuery): Promise<Workflows> {
  const { by, window, filters } = query;
  const labels = by === 'repository_label' ? await openLabelValues(reader, query.label) : null;
  const sums = await workflowSums(reader, window, filters, labels);
  const groups = sums.all();
  const names = await readNames(reader, sums, labels);
  const failures = await failuresByName(reader, filters, labels);
  const { rows, cursor } = pageOf(
    groups,
    query,
    sums.sortKeys(groups, {
      repository: (group) => names(group).repository ?? nameOf(names(group)),
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
  const strips =
    by === 'workflow'
      ? await Promise.all(rows.map((group) => stripOf(reader, sums.ids.tupleOf(group), query)))
      : [];
  return {
    ...headOf(reader, window, null),
    by,
    group_labels: await labelNames(reader),
    rows: rows.map((group, at) => ({
      ...rowOf(group, figures[at] as Figures, parts),
      strip: strips[at] ?? [],
    })),
    groups: groups.length,
    cursor,
  };
}

type RowNames = Pick<WorkflowRow, 'repository' | 'workflow' | 'repository_label'>;

async function readNames(
  reader: HistoryReader,
  sums: WorkflowGroups,
  labels: LabelValues | null,
): Promise<(group: number) => RowNames> {
  if (labels !== null) return (group) => ({ repository_label: labels.textOf(sums.ids.tupleOf(group)[0]) });
  const names = await sums.readNames(reader);
  return (group) => {
    const { repository, workflow } = names(group);
    return { repository, workflow };
  };
}

interface Parts {
  readonly sums: WorkflowGroups;
  readonly names: (group: number) => RowNames;
  readonly conclusions: ReadonlyMap<number, string>;
  /** On default branches since the latest success, by the name of the row. */
  readonly failures: ReadonlyMap<string, number>;
}

function rowOf(
  group: number,
  figures: Figures,
  { sums, names, conclusions, failures }: Parts,
): Omit<WorkflowRow, 'strip'> {
  const { conclusion, endedAtMs, runId } = sums.last;
  return {
    ...names(group),
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

/** Of those that are one row, the one that fails for longest decides. */
async function failuresByName(
  reader: HistoryReader,
  filters: HistoryFilters,
  labels: LabelValues | null,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const { repository, workflow, failures } of statesAmong(await reader.workflowStates(), filters)) {
    const name = nameOf(
      labels === null ? { repository, workflow } : { repository_label: labels.ofName(repository) },
    );
    found.set(name, Math.max(failures, found.get(name) ?? 0));
  }
  return found;
}

function nameOf({ repository, workflow, repository_label: label }: RowNames): string {
  return label ?? JSON.stringify([repository, workflow]);
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

import { isoTime } from '../domain/iso-time.ts';
import type { Cause, FailureRow, Failures as FailuresAnswer, Reason } from '../domain/openapi-types.ts';
import type { HistoryReader, WorkflowOfDefaultBranch } from '../domain/queries.ts';
import type { Step } from '../domain/steps.ts';
import { changeOf, headOf, windowBefore } from './answer.ts';
import { brokenAmong, shownState } from './broken-workflows.ts';
import {
  type FailureGroup,
  type FailureQuestion,
  type Failures,
  failureCounts,
  failuresOf,
} from './failure-groups.ts';
import { jobLinks } from './job-link.ts';
import { type Paging, pageOf } from './paging.ts';

export interface FailuresQuery extends FailureQuestion, Paging {
  readonly step: Step;
  /** The base URL of GitHub's pages, without a slash at the end. */
  readonly webUrl: string;
}

/** What failed in a window, why, and which default branches fail now. */
export async function failures(
  reader: HistoryReader,
  query: FailuresQuery,
): Promise<Omit<FailuresAnswer, 'reasons_read'>> {
  const { window, step, webUrl } = query;
  const found = await failuresOf(reader, query, step);
  const before = await countsBefore(reader, query);
  const texts = await reader.texts(idsIn(found));
  const groups = [...found.groups];
  const page = pageOf(
    groups,
    query,
    ([, group], field) => sortKeyOf(group, field),
    ([, group]) => nameOf(group, texts),
  );
  return {
    ...headOf(reader, window, step),
    total: found.total,
    change: changeOf(found.total, before && sumOf(before.values())),
    broken: brokenOf(await reader.workflowStates(), query),
    series: seriesOf(found, texts),
    rows: page.rows.map(([, group]) => rowOf(group, before && !before.has(group.key), texts, webUrl)),
    groups: groups.length,
    cursor: page.cursor,
  };
}

/** How many there were of each in the window before; null if less than that is kept. */
async function countsBefore(
  reader: HistoryReader,
  query: FailureQuestion,
): Promise<ReadonlyMap<string, number> | null> {
  const window = await windowBefore(reader, query.window);
  return window && failureCounts(reader, { ...query, window });
}

function idsIn({ groups, series }: Failures): number[] {
  const names = [...groups.values()].flatMap((group) => [...namesIn(group), group.reason]);
  return [...names, ...series.keys()];
}

function sortKeyOf({ count, firstMs, latest }: FailureGroup, field: string): number {
  if (field === 'first_at') return firstMs;
  return field === 'last_at' ? (latest.at(-1)?.atMs ?? firstMs) : count;
}

function nameOf(group: FailureGroup, texts: ReadonlyMap<number, string>): string {
  const ids = [...namesIn(group), group.reason];
  return JSON.stringify([...ids.map((id) => texts.get(id)), codeOf(group)]);
}

function namesIn({ repository, workflow, jobName, step, cause }: FailureGroup): number[] {
  return [repository, workflow, jobName, step, cause];
}

function codeOf({ exitCode }: FailureGroup): number | null {
  return Number.isNaN(exitCode) ? null : exitCode;
}

function rowOf(
  { latest, ...group }: FailureGroup,
  isNew: boolean | null,
  texts: ReadonlyMap<number, string>,
  webUrl: string,
): FailureRow {
  const repository = texts.get(group.repository) ?? '';
  return {
    repository,
    workflow: texts.get(group.workflow) ?? '',
    job_name: texts.get(group.jobName) ?? '',
    step: texts.get(group.step) ?? null,
    cause: (texts.get(group.cause) ?? 'unknown') as Cause,
    reason: (texts.get(group.reason) ?? null) as Reason | null,
    exit_code: codeOf({ latest, ...group }),
    count: group.count,
    first_at: isoTime(group.firstMs),
    last_at: isoTime(latest.at(-1)?.atMs ?? group.firstMs),
    new: isNew,
    runs: jobLinks(latest, { webUrl, repository }),
  };
}

function seriesOf({ series }: Failures, texts: ReadonlyMap<number, string>): FailuresAnswer['series'] {
  return Array.from(series, ([cause, points]) => ({
    cause: (texts.get(cause) ?? 'unknown') as Cause,
    points: Array.from(points, ([startMs, count]) => [isoTime(startMs), count] as const).sort(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  })).sort((a, b) => (a.cause < b.cause ? -1 : 1));
}

/** The workflows that fail on default branches now, those that do for longest first. */
function brokenOf(
  states: readonly WorkflowOfDefaultBranch[],
  { filters }: FailuresQuery,
): FailuresAnswer['broken'] {
  return brokenAmong(states, filters)
    .toSorted((a, b) => (a.failingSinceMs ?? 0) - (b.failingSinceMs ?? 0) || compareNames(a, b))
    .map((state) => ({ ...shownState(state), run_id: state.failedRunId }));
}

function compareNames(a: WorkflowOfDefaultBranch, b: WorkflowOfDefaultBranch): number {
  return JSON.stringify([a.repository, a.workflow]) < JSON.stringify([b.repository, b.workflow]) ? -1 : 1;
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

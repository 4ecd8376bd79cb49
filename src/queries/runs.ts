import { isoTime } from '../domain/iso-time.ts';
import { labelValue } from '../domain/label-value.ts';
import { type RunState, runKey } from '../domain/lifecycle/state.ts';
import { type ListPlace, type ListQuery, printListPlace } from '../domain/list-query.ts';
import type { RunAttempt, Runs } from '../domain/openapi-types.ts';
import type { AttemptKey, Batch, FinishedRunColumns, HistoryReader, Window } from '../domain/queries.ts';
import { FirstRows } from './first-rows.ts';
import { type ListQuestion, type Showing, secondsOrNull, shownWindow } from './jobs.ts';

/*
 * Single run attempts. What is completed comes from the history: one row for each that `runs_total` counts,
 * so that an attempt that was held for an approval, and then ended, is there twice.
 */

interface Row extends AttemptKey {
  readonly place: ListPlace;
  /** Null: it is not over. */
  readonly end: CountedEnd | null;
  readonly beganAtMs: number | null;
}

interface CountedEnd {
  readonly endedAtMs: number;
  /** The number of a word. */
  readonly conclusion: number;
  readonly durationMs: number | null;
}

const HOUR_MS = 3_600_000;

export async function runs(reader: HistoryReader, { query, webUrl }: ListQuestion): Promise<Runs> {
  const { window, limit } = query;
  const first = new FirstRows<Row>(query);
  if (window === null) await addOpen(first, reader, query);
  else await addEnded(first, reader, query, window);
  const sorted = first.sorted();
  const page = sorted.slice(0, limit);
  const last = sorted.length > limit ? page.at(-1) : undefined;
  return {
    as_of: isoTime(reader.asOfMs),
    window: shownWindow(query),
    definitions: 'v1',
    runs: await shownRows(page, reader, { isStale: query.isStale, nowMs: reader.nowMs, webUrl }),
    cursor: last === undefined ? null : printListPlace(last.place, query),
  };
}

async function shownRows(
  page: readonly Row[],
  reader: HistoryReader,
  showing: Showing,
): Promise<RunAttempt[]> {
  const states = await reader.runStates(page);
  const queues = await reader.runQueues(page);
  const words = await reader.texts(page.flatMap(({ end }) => (end === null ? [] : [end.conclusion])));
  return page.flatMap(({ end, beganAtMs, ...key }) => {
    const state = states.get(runKey(key));
    if (state === undefined) return [];
    const told = end && { ...end, conclusion: words.get(end.conclusion) ?? null };
    return [shownRun({ state, end: told, beganAtMs, queueMs: queues.get(runKey(key)) ?? null }, showing)];
  });
}

async function addOpen(first: FirstRows<Row>, reader: HistoryReader, query: ListQuery): Promise<void> {
  const open = (await reader.openRuns(query)).filter(
    ({ run, isStale }) => isStale === query.isStale && query.statuses.includes(run.status),
  );
  const queues = query.order === 'queue' ? await reader.runQueues(open.map(({ run }) => run)) : null;
  for (const { run, beganAtMs } of open) {
    const { runId, runAttempt } = run;
    const values = { created: run.createdAtMs, waiting: -beganAtMs, queue: queues?.get(runKey(run)) };
    const valueMs = values[query.order as keyof typeof values] ?? null;
    first.add({ runId, runAttempt, place: { valueMs, ids: [runId, runAttempt] }, end: null, beganAtMs });
  }
}

type Ended = AttemptKey & CountedEnd;

async function addEnded(
  first: FirstRows<Row>,
  reader: HistoryReader,
  query: ListQuery,
  window: Window,
): Promise<void> {
  const held = reader.wordId('action_required');
  for (const piece of piecesOf(window, query)) {
    for await (const batch of reader.finishedRuns(piece, query, COLUMNS)) {
      const ended = endedIn(batch);
      const sortKeyOf = await sortKeys(reader, query, ended);
      for (const end of ended) {
        const { runId, runAttempt } = end;
        const ids = [runId, runAttempt, Number(end.conclusion !== held)];
        first.add({ runId, runAttempt, place: { valueMs: sortKeyOf(end), ids }, end, beganAtMs: null });
      }
    }
    // The pieces come in the order of the ends.
    if (query.order === 'completed' && first.isFull) break;
  }
}

/** The window; in the order of the ends, in pieces of which the first may be enough. */
function* piecesOf(window: Window, { order, isDescending, after }: ListQuery): Generator<Window> {
  let { fromMs, toMs } = window;
  if (order !== 'completed') return yield window;
  if (after !== null && after.valueMs !== null) {
    if (isDescending) toMs = Math.min(toMs, after.valueMs + 1);
    else fromMs = Math.max(fromMs, after.valueMs);
  }
  for (let lengthMs = HOUR_MS; fromMs < toMs; lengthMs *= 2) {
    const edgeMs = isDescending ? Math.max(fromMs, toMs - lengthMs) : Math.min(toMs, fromMs + lengthMs);
    yield isDescending ? { fromMs: edgeMs, toMs } : { fromMs, toMs: edgeMs };
    if (isDescending) toMs = edgeMs;
    else fromMs = edgeMs;
  }
}

const COLUMNS = ['runId', 'runAttempt', 'endedAtMs', 'conclusion', 'durationMs'] as const;

function endedIn(batch: Batch<FinishedRunColumns, (typeof COLUMNS)[number]>): Ended[] {
  return Array.from({ length: batch.size }, (_, row) => {
    const durationMs = batch.durationMs[row] ?? Number.NaN;
    return {
      runId: batch.runId[row] ?? 0,
      runAttempt: batch.runAttempt[row] ?? 0,
      endedAtMs: batch.endedAtMs[row] ?? 0,
      conclusion: batch.conclusion[row] ?? 0,
      durationMs: Number.isNaN(durationMs) ? null : durationMs,
    };
  });
}

async function sortKeys(
  reader: HistoryReader,
  { order }: ListQuery,
  ended: readonly Ended[],
): Promise<(row: Ended) => number | null> {
  if (order === 'completed') return ({ endedAtMs }) => endedAtMs;
  if (order === 'duration') return ({ durationMs }) => durationMs;
  const values = order === 'queue' ? await reader.runQueues(ended) : await reader.runCreations(ended);
  return (row) => values.get(runKey(row)) ?? null;
}

/** What is shown of one attempt. `end` is null while it is not over. */
export interface ShownRun {
  readonly state: RunState;
  readonly end: {
    readonly endedAtMs: number | null;
    readonly conclusion: string | null;
    readonly durationMs: number | null;
  } | null;
  readonly beganAtMs: number | null;
  readonly queueMs: number | null;
}

export function shownRun(
  { state, end, beganAtMs, queueMs }: ShownRun,
  { isStale, nowMs, webUrl }: Showing,
): RunAttempt {
  const { runId, runAttempt } = state;
  return {
    run_id: runId,
    run_attempt: runAttempt,
    run_number: state.runNumber,
    repository: labelValue(state.repository),
    workflow: labelValue(state.workflow),
    event: state.event,
    branch: state.branch,
    branch_name: state.headBranch,
    head_sha: state.headSha,
    status: end === null ? state.status : 'completed',
    conclusion: end?.conclusion ?? null,
    stale: isStale,
    created_at: isoTime(state.createdAtMs),
    started_at: isoTime(state.runStartedAtMs),
    completed_at: isoTime(end?.endedAtMs ?? null),
    waiting_seconds: beganAtMs === null ? null : Math.max(0, nowMs - beganAtMs) / 1000,
    queue_seconds: secondsOrNull(queueMs),
    duration_seconds: secondsOrNull(end?.durationMs ?? null),
    rerun_kind: state.rerunKind,
    url: `${webUrl}/${state.repository}/actions/runs/${runId}/attempts/${runAttempt}`,
  };
}

import { isoTime } from '../domain/iso-time.ts';
import { labelValue } from '../domain/label-value.ts';
import { type RunState, runKey } from '../domain/lifecycle/state.ts';
import { compareListPlaces, type ListPlace, type ListQuery, printListPlace } from '../domain/list-query.ts';
import type { RunAttempt, Runs } from '../domain/openapi-types.ts';
import type { AttemptKey, HistoryReader, Window } from '../domain/queries.ts';
import { type ListQuestion, type Showing, secondsOrNull, shownWindow } from './jobs.ts';

/*
 * Single run attempts. What is completed comes from the history: one row for each that `runs_total` counts,
 * so that an attempt that was held for an approval, and then ended, is there twice.
 */

interface Row extends AttemptKey {
  readonly place: ListPlace;
  readonly end: RunEnd | null;
  readonly beganAtMs: number | null;
}

interface RunEnd {
  readonly endedAtMs: number | null;
  readonly conclusion: string | null;
  readonly durationMs: number | null;
}

const HOUR_MS = 3_600_000;

export async function runs(reader: HistoryReader, { query, webUrl }: ListQuestion): Promise<Runs> {
  const { window, isDescending, limit, isStale } = query;
  const rows = window === null ? await openRows(reader, query) : await endedRows(reader, query, window);
  const sorted = rows.sort((a, b) => compareListPlaces(a.place, b.place, isDescending));
  const page = sorted.slice(0, limit);
  const states = await reader.runStates(page);
  const queues = await reader.runQueues(page);
  const last = sorted.length > limit ? page.at(-1) : undefined;
  return {
    as_of: isoTime(reader.asOfMs),
    window: shownWindow(query),
    definitions: 'v1',
    runs: page.flatMap((row) => {
      const state = states.get(runKey(row));
      const queueMs = queues.get(runKey(row)) ?? null;
      const showing = { isStale, nowMs: reader.nowMs, webUrl };
      return state === undefined ? [] : [shownRun({ ...row, state, queueMs }, showing)];
    }),
    cursor: last === undefined ? null : printListPlace(last.place, query),
  };
}

async function openRows(reader: HistoryReader, query: ListQuery): Promise<Row[]> {
  const open = (await reader.openRuns(query)).filter(
    ({ run, isStale }) => isStale === query.isStale && query.statuses.includes(run.status),
  );
  const queues = query.order === 'queue' ? await reader.runQueues(open.map(({ run }) => run)) : null;
  return open.flatMap(({ run, beganAtMs }) => {
    const { runId, runAttempt } = run;
    const values = { created: run.createdAtMs, waiting: -beganAtMs, queue: queues?.get(runKey(run)) };
    const valueMs = values[query.order as keyof typeof values] ?? null;
    const place = { valueMs, ids: [runId, runAttempt] };
    return isBehind(place, query) ? [{ runId, runAttempt, place, end: null, beganAtMs }] : [];
  });
}

function isBehind(place: ListPlace, { after, isDescending }: ListQuery): boolean {
  return after === null || compareListPlaces(place, after, isDescending) > 0;
}

type Ended = AttemptKey & RunEnd & { readonly endedAtMs: number };

async function endedRows(reader: HistoryReader, query: ListQuery, window: Window): Promise<Row[]> {
  const rows: Row[] = [];
  for (const piece of piecesOf(window, query)) {
    const ended = await readEnded(reader, query, piece);
    const sortKeyOf = await sortKeys(reader, query, ended);
    for (const each of ended) {
      const { runId, runAttempt, conclusion } = each;
      const ids = [runId, runAttempt, Number(conclusion !== 'action_required')];
      const place = { valueMs: sortKeyOf(each), ids };
      if (isBehind(place, query)) rows.push({ runId, runAttempt, place, end: each, beganAtMs: null });
    }
    // The pieces come in the order of the ends.
    if (query.order === 'completed' && rows.length > query.limit) break;
  }
  return rows;
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

async function readEnded(reader: HistoryReader, query: ListQuery, window: Window): Promise<Ended[]> {
  const rows: (Omit<Ended, 'conclusion'> & { readonly conclusion: number })[] = [];
  for await (const batch of reader.finishedRuns(window, query, COLUMNS)) {
    for (let row = 0; row < batch.size; row += 1) {
      const durationMs = batch.durationMs[row] ?? Number.NaN;
      rows.push({
        runId: batch.runId[row] ?? 0,
        runAttempt: batch.runAttempt[row] ?? 0,
        endedAtMs: batch.endedAtMs[row] ?? 0,
        conclusion: batch.conclusion[row] ?? 0,
        durationMs: Number.isNaN(durationMs) ? null : durationMs,
      });
    }
  }
  const words = await reader.texts(new Set(rows.map(({ conclusion }) => conclusion)));
  return rows.map((row) => ({ ...row, conclusion: words.get(row.conclusion) ?? 'unknown' }));
}

async function sortKeys(
  reader: HistoryReader,
  { order }: ListQuery,
  ended: readonly Ended[],
): Promise<(row: Ended) => number | null> {
  if (order === 'completed') return ({ endedAtMs }) => endedAtMs;
  if (order === 'duration') return ({ durationMs }) => durationMs;
  if (order === 'queue') {
    const queues = await reader.runQueues(ended);
    return (row) => queues.get(runKey(row)) ?? null;
  }
  const states = await reader.runStates(ended);
  return (row) => states.get(runKey(row))?.createdAtMs ?? null;
}

/** What is shown of one attempt. `end` is null while it is not over. */
export interface ShownRun {
  readonly state: RunState;
  readonly end: RunEnd | null;
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
    url: `${webUrl}/${state.repository}/actions/runs/${runId}/attempts/${runAttempt}`,
  };
}

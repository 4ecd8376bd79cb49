import type { RunState } from '../../domain/lifecycle/state.ts';
import {
  type CountedWorkflow,
  failureOf,
  isSinceSuccess,
  type WorkflowFailure,
  type WorkflowWords,
  withRun,
  workflowKeyOf,
} from '../../domain/workflow-state.ts';
import { type FailureCounts, WORKFLOW, type WorkflowRow, withFailures } from '../workflow-shape.ts';
import type { Session } from './session.ts';
import { openStateRows } from './state-rows.ts';
import { statement } from './statement.ts';

const ROWS = openStateRows(WORKFLOW);
const ofKeys = ROWS.query('WHERE key = ANY ($1::text[])');
const all = ROWS.query('');
const COUNTS = statement(
  `SELECT key, COUNT(*) AS failures, MIN(end_ms) AS "failingSinceMs", MAX(run_id) AS "failedRunId"
   FROM workflow_failures GROUP BY key`,
);
const FAIL = statement(
  `INSERT INTO workflow_failures (key, run_id, run_attempt, end_ms)
   SELECT * FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::bigint[]) ON CONFLICT DO NOTHING`,
);
const SUCCEED = statement(
  `DELETE FROM workflow_failures AS failure USING unnest($1::text[], $2::bigint[]) AS success (key, at_ms)
   WHERE failure.key = success.key AND end_ms <= at_ms`,
);
const FORGET = statement('DELETE FROM workflows WHERE heard_at_ms < $1');
const FORGET_FAILURES = statement(
  'DELETE FROM workflow_failures WHERE key IN (SELECT key FROM workflows WHERE heard_at_ms < $1)',
);
const ADOPT = statement('UPDATE workflows SET repository_key = $1 WHERE repository_key = $2');
const REMOVE = statement('DELETE FROM workflows WHERE key = $1');
const MOVE_FAILURES = statement('UPDATE workflow_failures SET key = $1 WHERE key = $2');

/** All that are known. */
export async function readWorkflows(session: Session): Promise<CountedWorkflow[]> {
  const [rows, counts] = await Promise.all([
    all(session),
    session.rows<{ readonly key: string } & FailureCounts>(COUNTS),
  ]);
  return withFailures(rows, counts);
}

/** Forgets the workflows without any event since then; returns how many. */
export function forgetWorkflows(session: Session, beforeMs: number): Promise<number> {
  session.send(FORGET_FAILURES, [beforeMs]);
  return session.run(FORGET, [beforeMs]);
}

/** Workflows by their keys, and those that were asked for and are not there. */
export type KnownWorkflows = Map<string, WorkflowRow | null>;

/**
 * Adds the workflows that these runs may belong to, as far as they are not known. Another transaction must not change
 * them before `noteRuns`.
 */
export async function loadWorkflows(
  session: Session,
  runs: readonly Partial<WorkflowWords>[],
  known: KnownWorkflows,
): Promise<void> {
  const keys = new Set(runs.filter(isTold).flatMap((run) => [workflowKeyOf(run), namedKeyOf(run)]));
  const missing = [...keys].filter((key) => !known.has(key));
  if (missing.length === 0) return;
  const rows = await ofKeys(session, missing);
  for (const key of missing) known.set(key, null);
  for (const row of rows) known.set(row.key, row);
}

function isTold(run: Partial<WorkflowWords>): run is WorkflowWords {
  return [run.repositoryId, run.repository, run.workflowFile, run.workflow].every(
    (word) => word !== undefined,
  );
}

/** Sends what is known of runs to their workflows. Any order of runs ends in the same. */
export function noteRuns(
  session: Session,
  runs: readonly RunState[],
  { known, nowMs }: { readonly known: KnownWorkflows; readonly nowMs: number },
): void {
  let news: News = { changed: new Set(), failures: [] };
  for (const run of runs) {
    const key = workflowKeyOf(run);
    if (!known.get(key) && run.repositoryId !== null && run.workflowFile !== null) {
      sendNews(session, news, known);
      news = { changed: new Set(), failures: [] };
      adopt(session, run, known);
    }
    const after = withRun(known.get(key) ?? undefined, run);
    // Whatever the clock says, it is not before the event.
    known.set(key, { ...after, heardAtMs: Math.max(nowMs, run.statusAtMs) });
    news.changed.add(key);
    const failure = failureOf(run);
    if (failure !== null) news.failures.push({ key, ...failure });
  }
  sendNews(session, news, known);
}

interface News {
  readonly changed: Set<string>;
  readonly failures: ({ readonly key: string } & WorkflowFailure)[];
}

function sendNews(session: Session, { changed, failures }: News, known: KnownWorkflows): void {
  const rows = [...changed].flatMap((key) => known.get(key) ?? []);
  ROWS.write(session, rows);
  const successes = rows.filter(({ lastSuccessMs }) => lastSuccessMs !== null);
  if (successes.length > 0)
    session.send(SUCCEED, [
      successes.map(({ key }) => key),
      successes.map(({ lastSuccessMs }) => lastSuccessMs),
    ]);
  const open = failures.filter((failure) => {
    const row = known.get(failure.key);
    return row && isSinceSuccess(failure, row);
  });
  if (open.length > 0)
    session.send(FAIL, [
      open.map(({ key }) => key),
      open.map(({ runId }) => runId),
      open.map(({ runAttempt }) => runAttempt),
      open.map(({ endMs }) => endMs),
    ]);
}

/**
 * What was known only by name goes to the repository that is reported under its name, and to the file that is
 * reported with the name of the workflow.
 */
function adopt(session: Session, run: RunState, known: KnownWorkflows): void {
  const repositoryKey = String(run.repositoryId);
  session.send(ADOPT, [repositoryKey, run.repository]);
  for (const [key, row] of known)
    if (row?.repositoryKey === run.repository) known.set(key, { ...row, repositoryKey });
  const named = namedKeyOf(run);
  const old = known.get(named);
  if (!old) return;
  const key = workflowKeyOf(run);
  session.send(REMOVE, [named]);
  session.send(MOVE_FAILURES, [key, named]);
  known.set(named, null);
  known.set(key, { ...old, key });
}

/** The key where neither the id nor the file is told. */
function namedKeyOf(run: WorkflowWords): string {
  return workflowKeyOf({ ...run, repositoryId: null, workflowFile: null });
}

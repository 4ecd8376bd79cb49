import type { ForgettingHistory } from '../../domain/forgetting.ts';
import type { HistoryRecords } from '../../domain/history.ts';
import type { Head } from './head.ts';
import { FACTS, namesOf, STEPS } from './history-facts.ts';
import { type FoundNames, Names, NO_NAMES } from './names.ts';
import { forgetPacked, notePacked } from './packed-hours.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

/** What happened, for the retention. */
export class HistoryTables {
  readonly #names = new Names();
  #found: FoundNames = NO_NAMES;

  /** Before `add`, in the same transaction: finds the numbers of names, and makes those of new ones. */
  async prepare(session: Session, records: HistoryRecords): Promise<void> {
    this.#found = await this.#names.find(session, namesOf(records));
  }

  /** What is told again replaces what was told before. Call what it returns once that is committed. */
  add(session: Session, records: HistoryRecords, head: Head): () => void {
    const { startedJobs, finishedJobs, failedJobs, explainedJobs, flakyJobs } = records;
    const { repeatedJobs, finishedRuns } = records;
    const { idOf, keep } = this.#found;
    FACTS.startedJobs.add(session, startedJobs, idOf);
    FACTS.finishedJobs.add(session, finishedJobs, idOf);
    const told = finishedJobs.filter(({ steps }) => steps.length > 0);
    STEPS.add(session, told, idOf);
    FACTS.failedJobs.add(session, failedJobs, idOf);
    FACTS.explainedJobs.add(session, explainedJobs, idOf);
    FACTS.flakyJobs.add(session, flakyJobs, idOf);
    if (repeatedJobs.length > 0)
      session.send(REPEAT, [
        repeatedJobs.map(({ endedAtMs }) => endedAtMs),
        repeatedJobs.map(({ jobId }) => jobId),
      ]);
    FACTS.finishedRuns.add(session, finishedRuns, idOf);
    notePacked(session, records, head);
    return keep;
  }

  /** As `Forgetting.forgetHistory`. */
  async forget(session: Session, { beforeMs, stepsBeforeMs, limit }: ForgettingHistory): Promise<number> {
    forgetPacked(session, beforeMs);
    const removed = await Promise.all([
      session.run(FORGET_STEPS, [stepsBeforeMs, limit - 1]),
      ...FORGET_FACTS.map((forget) => session.run(forget, [beforeMs, limit - 1])),
    ]);
    return removed.reduce((sum, count) => sum + count, 0);
  }
}

const REPEAT = statement(
  `UPDATE finished_job_facts AS fact SET wasted = 'repeated'
   FROM unnest($1::bigint[], $2::bigint[]) AS repeated (ended_at_ms, job_id)
   WHERE fact.ended_at_ms = repeated.ended_at_ms AND fact.job_id = repeated.job_id`,
);

const FORGET_STEPS = forgetting('job_steps', 'ended_at_ms');
const FORGET_FACTS = [
  forgetting('started_job_facts', 'started_at_ms'),
  forgetting('finished_job_facts', 'ended_at_ms'),
  forgetting('failed_job_facts', 'ended_at_ms'),
  forgetting('explained_job_facts', 'ended_at_ms'),
  forgetting('flaky_job_facts', 'ended_at_ms'),
  forgetting('finished_run_facts', 'ended_at_ms'),
];

/** All that happened in the same second goes at once, so that each call comes further. */
function forgetting(table: string, time: string) {
  return statement(
    `DELETE FROM ${table} WHERE ${time} <= COALESCE(
       (SELECT ${time} FROM ${table} WHERE ${time} < $1 ORDER BY ${time} LIMIT 1 OFFSET $2), $1 - 1)`,
  );
}

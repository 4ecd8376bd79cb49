import type {
  ExplainedJob,
  FailedJob,
  FinishedJob,
  FinishedRun,
  FlakyJob,
  HistoryRecords,
  JobPlace,
  StartedJob,
} from '../../domain/history.ts';
import { packSteps } from '../packed-steps.ts';
import type { IdOf } from './names.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

/* How the facts of the history are rows: a table for each kind, whose columns of names hold their numbers. */

type Value = string | number | null;
type Column<Fact> = readonly [
  name: string,
  type: 'bigint' | 'integer' | 'text',
  value: (fact: Fact, idOf: IdOf) => Value,
];

/** Adds facts of one kind in one statement. */
interface FactTable<Fact> {
  add(session: Session, facts: readonly Fact[], idOf: IdOf): void;
}

const PLACE: readonly Column<JobPlace>[] = [
  ['job_id', 'bigint', ({ jobId }) => jobId],
  ['run_id', 'bigint', ({ runId }) => runId],
  ['run_attempt', 'integer', ({ runAttempt }) => runAttempt],
  ['repository', 'integer', ({ repository }, idOf) => idOf(repository)],
  ['workflow', 'integer', ({ workflow }, idOf) => idOf(workflow)],
  ['job_name', 'integer', ({ jobName }, idOf) => idOf(jobName)],
  ['runs_on', 'integer', ({ runsOn }, idOf) => idOf(runsOn)],
  ['runner_group', 'integer', ({ runnerGroup }, idOf) => idOf(runnerGroup)],
];
const END: Column<{ readonly endedAtMs: number }> = ['ended_at_ms', 'bigint', ({ endedAtMs }) => endedAtMs];
const JOB_END = ['ended_at_ms', 'job_id'] as const;

export const FACTS = {
  startedJobs: factTable<StartedJob>(
    'started_job_facts',
    ['started_at_ms', 'job_id'],
    [
      ['started_at_ms', 'bigint', ({ startedAtMs }) => startedAtMs],
      ...PLACE,
      ['queue_ms', 'bigint', ({ queueMs }) => queueMs],
    ],
  ),
  finishedJobs: factTable<FinishedJob>('finished_job_facts', JOB_END, [
    END,
    ...PLACE,
    ['conclusion', 'text', ({ conclusion }) => conclusion],
    ['duration_ms', 'bigint', ({ durationMs }) => durationMs],
    ['sku', 'text', ({ sku }) => sku],
    ['billed_seconds', 'bigint', ({ billedSeconds }) => billedSeconds],
    ['micro_dollars', 'bigint', ({ microDollars }) => microDollars],
    ['unpriced_seconds', 'bigint', ({ unpricedSeconds }) => unpricedSeconds],
    ['wasted', 'text', ({ wasted }) => wasted],
  ]),
  failedJobs: factTable<FailedJob>('failed_job_facts', JOB_END, [
    END,
    ...PLACE,
    ['cause', 'text', ({ cause }) => cause],
    ['step', 'integer', ({ step }, idOf) => (step === null ? null : idOf(step))],
  ]),
  explainedJobs: factTable<ExplainedJob>('explained_job_facts', JOB_END, [
    END,
    ...PLACE,
    ['reason', 'text', ({ reason }) => reason],
    ['exit_code', 'bigint', ({ exitCode }) => exitCode],
  ]),
  flakyJobs: factTable<FlakyJob>(
    'flaky_job_facts',
    JOB_END,
    [END, ...PLACE, ['times', 'integer', ({ times }) => times]],
    (before, { times }) => ({ ...before, times: before.times + times }),
  ),
  finishedRuns: factTable<FinishedRun>(
    'finished_run_facts',
    ['ended_at_ms', 'run_id', 'run_attempt', 'conclusion'],
    [
      END,
      ['run_id', 'bigint', ({ runId }) => runId],
      ['run_attempt', 'integer', ({ runAttempt }) => runAttempt],
      ['conclusion', 'text', ({ conclusion }) => conclusion],
      ['repository', 'integer', ({ repository }, idOf) => idOf(repository)],
      ['workflow', 'integer', ({ workflow }, idOf) => idOf(workflow)],
      ['event', 'integer', ({ event }, idOf) => idOf(event)],
      ['branch', 'integer', ({ branch }, idOf) => idOf(branch)],
      ['duration_ms', 'bigint', ({ durationMs }) => durationMs],
    ],
  ),
} as const;

export const STEPS = factTable<FinishedJob>('job_steps', JOB_END, [
  END,
  ['job_id', 'bigint', ({ jobId }) => jobId],
  ['steps', 'text', ({ steps }) => packSteps(steps)],
]);

/** All names in the records. */
export function* namesOf(records: HistoryRecords): Iterable<string> {
  const { startedJobs, finishedJobs, failedJobs, explainedJobs, flakyJobs, finishedRuns } = records;
  for (const jobs of [startedJobs, finishedJobs, failedJobs, explainedJobs, flakyJobs])
    for (const { repository, workflow, jobName, runsOn, runnerGroup } of jobs)
      yield* [repository, workflow, jobName, runsOn, runnerGroup];
  for (const { step } of failedJobs) if (step !== null) yield step;
  for (const { repository, workflow, event, branch } of finishedRuns)
    yield* [repository, workflow, event, branch];
}

/** `join`: of what is told twice. Default: the second replaces the first. */
function factTable<Fact>(
  table: string,
  key: readonly string[],
  columns: readonly Column<Fact>[],
  join?: (before: Fact, fact: Fact) => Fact,
): FactTable<Fact> {
  const names = columns.map(([name]) => name);
  const replaced = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`);
  const insert = statement(
    `INSERT INTO ${table} (${names.join(', ')})
     SELECT * FROM unnest(${columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')})
     ON CONFLICT (${key.join(', ')}) DO UPDATE
     SET ${join === undefined ? replaced.join(', ') : `times = ${table}.times + excluded.times`}`,
  );
  const keyColumns = columns.filter(([name]) => key.includes(name));
  return {
    add(session, facts, idOf) {
      if (facts.length === 0) return;
      const once = new Map<string, Fact>();
      for (const fact of facts) {
        const place = keyColumns.map(([, , value]) => value(fact, idOf)).join(' ');
        const before = once.get(place);
        once.set(place, before === undefined || join === undefined ? fact : join(before, fact));
      }
      const rows = [...once.values()];
      session.send(
        insert,
        columns.map(([, , value]) => rows.map((fact) => value(fact, idOf))),
      );
    },
  };
}

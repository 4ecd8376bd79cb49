import type { Cause } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { getOrCreate } from './get-or-create.ts';
import { GroupNumbers } from './group-numbers.ts';
import { GroupedValues } from './grouped-values.ts';
import { type FoundJob, keepLatest, LINK_COLUMNS } from './job-link.ts';
import { MeasuredGroups } from './measured-groups.ts';

export const CAUSES = ['step', 'timeout', 'runner_lost', 'startup', 'rejected', 'unknown'] as const;

const PLACE = ['repository', 'workflow', 'jobName'] as const;

/** What is known of the jobs of each name from the facts of a window. By repository, workflow and name. */
export class JobGroups extends MeasuredGroups {
  readonly failures: Readonly<Record<Cause, GroupNumbers>>;
  readonly flaky = new GroupNumbers();
  readonly wastedMs = new GroupNumbers();
  /** By group, from old to new. */
  readonly flakyJobs = new Map<number, FoundJob[]>();

  constructor(wordId: (word: string) => number) {
    super(wordId);
    const numbers = CAUSES.map((cause) => [cause, new GroupNumbers()] as const);
    this.failures = Object.fromEntries(numbers) as Record<Cause, GroupNumbers>;
  }
}

/** The sums of all jobs that started, ended, failed or were flaky in the window. */
export async function jobSums(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<JobGroups> {
  const groups = new JobGroups(reader.wordId);
  await addEnds(groups, reader, window, filters);
  for await (const batch of reader.startedJobs(window, filters, [...PLACE, 'queueMs']))
    groups.queuesMs.add(groups.of(batch), batch.queueMs.slice());
  const failures = new Map(CAUSES.map((cause) => [reader.wordId(cause), groups.failures[cause]]));
  for await (const batch of reader.failedJobs(window, filters, [...PLACE, 'cause'])) {
    for (const [row, group] of groups.of(batch).entries()) failures.get(batch.cause[row] ?? 0)?.add(group, 1);
  }
  for await (const batch of reader.flakyJobs(window, filters, [...PLACE, 'times', ...LINK_COLUMNS])) {
    for (const [row, group] of groups.of(batch).entries()) {
      groups.flaky.add(group, batch.times[row] ?? 0);
      keepLatest(
        getOrCreate(groups.flakyJobs, group, () => []),
        batch,
        row,
      );
    }
  }
  return groups;
}

const END_COLUMNS = [...PLACE, 'conclusion', 'durationMs', 'wasted'] as const;

/** Adds the jobs that ended, with what was wasted. */
async function addEnds(
  groups: JobGroups,
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<void> {
  for await (const batch of reader.finishedJobs(window, filters, END_COLUMNS)) {
    const ofBatch = groups.of(batch);
    groups.addEnds(ofBatch, batch);
    groups.addTimes(ofBatch, batch.durationMs);
    for (let row = 0; row < batch.size; row += 1)
      // What is wasted has a duration.
      if (batch.wasted[row] !== 0) groups.wastedMs.add(ofBatch[row] ?? 0, batch.durationMs[row] || 0);
  }
}

/** How long jobs of those groups ran that passed in another window. */
export async function passedJobDurations(
  groups: JobGroups,
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<GroupedValues> {
  const durationsMs = new GroupedValues();
  for await (const batch of reader.finishedJobs(window, filters, [...PLACE, 'conclusion', 'durationMs']))
    groups.addPassed(durationsMs, groups.of(batch), batch);
  return durationsMs;
}

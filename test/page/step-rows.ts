import { formatDuration } from '../../dashboard/format/duration.ts';
import { formatCount } from '../../dashboard/format/number.ts';
import { stepsAtEnd } from '../../simulator/steps-of.ts';
import { executionsOf, lastReported, nameOf, placeOf } from '../../simulator/truth-reported.ts';
import { runsOf, type World } from '../../simulator/world.ts';
import { rank } from './world-rows.ts';

/*
 * What the table of the steps of a workflow must show of a simulated world, in the most naive way.
 */

export interface WorldStep {
  readonly step: string;
  readonly jobName: string;
  readonly count: number;
  /** Where it succeeded, ascending. */
  readonly passed: readonly number[];
  readonly longest: number;
  readonly total: number;
}

interface Ran {
  readonly key: string;
  readonly seconds: number;
  readonly isPassed: boolean;
}

/** The steps that ran in the jobs of a workflow that ended. */
export function stepRows(world: World, repository: string, workflow: string): WorldStep[] {
  const runs = [...runsOf(world)].filter((run) => {
    const place = placeOf(run);
    return place.repository === repository && place.workflow === workflow;
  });
  const jobs = runs
    .flatMap((run) => run.attempts.flatMap(executionsOf))
    .filter((job) => job.kind === 'ran' && lastReported(job, world.endMs)?.status === 'completed');
  const ran = jobs.flatMap((job) =>
    stepsAtEnd(job).flatMap(({ name, conclusion, started_at, completed_at }): Ran[] => {
      if (started_at === null || conclusion === 'skipped') return [];
      const endMs = completed_at === null ? job.completedMs : Date.parse(completed_at);
      const seconds = Math.max(0, (endMs - Date.parse(started_at)) / 1000);
      return [{ key: JSON.stringify([name, nameOf(job)]), seconds, isPassed: conclusion === 'success' }];
    }),
  );
  return Array.from(
    Map.groupBy(ran, ({ key }) => key),
    ([key, all]) => {
      const [step, jobName] = JSON.parse(key);
      const seconds = all.map((each) => each.seconds);
      const passed = all.filter(({ isPassed }) => isPassed).map((each) => each.seconds);
      return {
        ...{ step, jobName, count: all.length, passed: passed.toSorted((a, b) => a - b) },
        ...{ longest: Math.max(...seconds), total: seconds.reduce((sum, each) => sum + each, 0) },
      };
    },
  );
}

/** As the row of the table: of fewer than five, the durations themselves. */
export function shownStep({ step, jobName, count, passed, longest, total }: WorldStep) {
  const few = passed.length === 0 ? '–' : passed.map(formatDuration).join(', ');
  const percentiles =
    passed.length < 5 ? [few, '–'] : [0.5, 0.95].map((share) => formatDuration(rank(passed, share)));
  return [step + jobName, ...percentiles, formatDuration(longest), formatDuration(total), formatCount(count)];
}

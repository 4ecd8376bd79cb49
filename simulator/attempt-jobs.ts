import { carryOver, checkRunOf, endOf, type JobCircumstances, liveJob, skippedJob } from './job-life.ts';
import type { Job, JobPlan, WorkflowPlan } from './model.ts';

/** The jobs of one attempt by their name in the plan; check runs of reporters under an empty name. */
export type JobsOfAttempt = ReadonlyMap<string, readonly Job[]>;

/**
 * All jobs of an attempt that begins at `startedMs`. With `previous`, only what failed there and what depends
 * on it runs again; the other jobs are carried over.
 */
export function attemptJobs(
  plan: WorkflowPlan,
  event: string,
  startedMs: number,
  previous: JobsOfAttempt | undefined,
  circumstances: JobCircumstances,
): JobsOfAttempt {
  const made = new Map<string, readonly Job[]>();
  for (const each of plan.jobs) {
    const before = previous?.get(each.name);
    if (before !== undefined && !needsRerun(each, plan, previous)) {
      made.set(
        each.name,
        before.map((job) => carryOver(job, startedMs, circumstances)),
      );
    } else {
      made.set(each.name, jobsOf(each, event, startedMs, made, circumstances));
    }
  }
  const host = [...made.values()].flat().find((job) => job.kind === 'ran' && !job.carriedOver);
  if (plan.reports !== undefined && host !== undefined)
    made.set('', [checkRunOf(plan.reports, host, circumstances)]);
  return made;
}

/** Whether a re-run of what failed executes this job again. */
export function needsRerun(job: JobPlan, plan: WorkflowPlan, previous: JobsOfAttempt | undefined): boolean {
  const failed = previous
    ?.get(job.name)
    ?.some((each) => each.conclusion !== 'success' && each.conclusion !== 'skipped');
  if (failed) return true;
  return (job.needs ?? []).some((name) => {
    const needed = plan.jobs.find((each) => each.name === name);
    return needed !== undefined && needsRerun(needed, plan, previous);
  });
}

function jobsOf(
  plan: JobPlan,
  event: string,
  startedMs: number,
  made: JobsOfAttempt,
  circumstances: JobCircumstances,
): Job[] {
  const { random, runId, cancelMs } = circumstances;
  const needed = (plan.needs ?? []).flatMap((name) => made.get(name) ?? []);
  const readyMs = Math.max(startedMs, ...needed.map(endOf)) + random.int(1, 2) * 1000;
  const wanted = plan.onlyOn?.includes(event) ?? true;
  const allowed = plan.always || needed.every((job) => job.conclusion === 'success');
  // A matrix that is skipped as a whole is reported once, under its bare name.
  if (!wanted || !allowed || cancelMs <= readyMs)
    return [skippedJob(plan.name, plan, readyMs, circumstances)];
  const cells = plan.matrix ?? [{ cell: '' }];
  return cells.map((each) => {
    const name = each.cell === '' ? plan.name : cutName(`${plan.name} (${each.cell})`);
    const labels = (each.labels ?? plan.labels).map((label) => label.replace('{run_id}', String(runId)));
    return liveJob(name, labels, plan, readyMs, circumstances);
  });
}

/** As GitHub truncates the name of a job. */
function cutName(name: string): string {
  return name.length > 100 ? `${name.slice(0, 97)}...` : name;
}

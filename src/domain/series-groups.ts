import { DOMAIN } from './catalogue.ts';
import type { FailureCause } from './failure-cause.ts';
import { jobLabel, runsOnLabel } from './label-value.ts';
import { isCheckRun } from './lifecycle/check-run.ts';
import { type Increment, type SeriesGroup, zeroOf, zerosOf } from './metric.ts';
import type {
  DeploymentObservation,
  JobObservation,
  Observation,
  ReviewObservation,
  RunObservation,
} from './observation.ts';
import { withoutIds } from './own-ids.ts';
import { RERUN_KINDS } from './rerun-kind.ts';
import { WASTE_REASONS } from './waste.ts';

/*
 * Which series exist at 0 from the first report of a job, a workflow or a pool of runners, so that the first
 * failure is seen as an increase from 0 to 1. They depend on one observation alone, so the order of arrival
 * does not matter. Histograms are only created where nearly every job has one, because each is 18 lines or
 * more.
 */

const CONCLUSIONS = ['success', 'failure', 'cancelled'];
const CAUSES: readonly FailureCause[] = ['step', 'timeout', 'runner_lost', 'startup'];

/** The series of this observation's group; null if it has none. */
export function seriesGroupOf(observation: Observation): SeriesGroup | null {
  if (observation.kind === 'run') return groupOfRun(observation);
  if (observation.kind === 'deployment') return groupOfDeployment(observation);
  if (observation.kind === 'review') return groupOfReview(observation);
  if (observation.kind !== 'job') return null;
  // The only event of a skipped job, or of something that is no job, says nothing about later ones: it has no
  // labels of a runner.
  return observation.conclusion === 'skipped' || isCheckRun(observation) ? null : groupOfJob(observation);
}

function groupOfJob(job: JobObservation): SeriesGroup {
  const { repository, workflow, status } = job;
  const isGated = status === 'waiting';
  const [name, pool] = [jobLabel(job), runsOnLabel(job)];
  const runnerGroup = job.runnerGroup === null ? null : withoutIds(job.runnerGroup, job);
  return {
    key: `job\0${repository}\0${workflow}\0${name}\0${pool}\0${runnerGroup ?? ''}\0${isGated}`,
    zeros() {
      const named = [[repository], [workflow], [name]];
      return [
        ...zerosOf(DOMAIN.jobs, ...named, [pool], CONCLUSIONS),
        ...zerosOf(DOMAIN.jobFailures, ...named, CAUSES),
        ...zerosOf(DOMAIN.flakyJobs, ...named),
        ...zerosOf(DOMAIN.wastedSeconds, [repository], [workflow], WASTE_REASONS),
        ...zerosOf(DOMAIN.wastedDollars, [repository], [workflow], WASTE_REASONS),
        ...zerosOf(DOMAIN.jobDuration, ...named, ['success']),
        zeroOf(DOMAIN.jobQueue, [repository, workflow, pool]),
        ...(isGated ? zerosOfGate(job) : []),
        ...(runnerGroup === null ? [] : [zeroOf(DOMAIN.runnerBusy, [repository, pool, runnerGroup])]),
      ];
    },
  };
}

function zerosOfGate(job: JobObservation): Increment[] {
  const { repository, workflow } = job;
  return [
    zeroOf(DOMAIN.jobApproval, [repository, workflow]),
    zeroOf(DOMAIN.jobFailures, [repository, workflow, jobLabel(job), 'rejected' satisfies FailureCause]),
  ];
}

function groupOfRun({ repository, workflow, event, branch }: RunObservation): SeriesGroup {
  return {
    key: ['run', repository, workflow, event, branch].join('\0'),
    zeros: (): Increment[] => [
      ...zerosOf(DOMAIN.runs, [repository], [workflow], [event], [branch], CONCLUSIONS),
      zeroOf(DOMAIN.runDuration, [repository, workflow, branch, 'success']),
      zeroOf(DOMAIN.runQueue, [repository, workflow]),
      ...zerosOf(DOMAIN.reruns, [repository], [workflow], RERUN_KINDS),
    ],
  };
}

function groupOfDeployment({ repository, environment, runId }: DeploymentObservation): SeriesGroup {
  const place = [repository, environment];
  return {
    key: ['deployment', ...place, runId !== null].join('\0'),
    zeros: (): Increment[] => [
      ...zerosOf(DOMAIN.deployments, [repository], [environment], ['success', 'failure', 'error']),
      zeroOf(DOMAIN.deploymentDuration, [...place, 'success']),
      ...(runId === null ? [] : [zeroOf(DOMAIN.runToEnvironment, place)]),
    ],
  };
}

function groupOfReview({ repository, jobs }: ReviewObservation): SeriesGroup {
  const environments = [...new Set(jobs.map(({ environment }) => environment))];
  return {
    key: ['review', repository, ...environments].join('\0'),
    zeros: (): Increment[] =>
      environments.flatMap((environment) => [
        ...zerosOf(DOMAIN.deploymentReviews, [repository], [environment], ['approved', 'rejected']),
        zeroOf(DOMAIN.deploymentApproval, [repository, environment]),
      ]),
  };
}

import type { Job, JobMoment } from './model.ts';

/** A status of a deployment; null: its creation. */
export interface DeploymentMoment {
  readonly action: 'created';
  readonly atMs: number;
  readonly state: DeploymentState | null;
  /** What the job is at that time. */
  readonly job: JobMoment;
}

export type DeploymentState = 'waiting' | 'queued' | 'in_progress' | 'success' | 'failure' | 'error';

/** Somebody is asked to let the job into its environment, or has decided. */
export interface ReviewMoment {
  readonly action: 'requested' | 'approved' | 'rejected';
  readonly atMs: number;
  readonly job: JobMoment;
}

/** Whether GitHub makes a deployment for it: of a job that runs again, another one. */
export function isDeployment({ plan, kind, carriedOver }: Job): boolean {
  return plan?.environment !== undefined && (kind === 'ran' || kind === 'not_started') && !carriedOver;
}

/** Of the deployment of a job. */
export function deploymentMoments(job: Job): DeploymentMoment[] {
  const [first, ...later] = job.moments;
  if (first === undefined) return [];
  const statuses = later.map((moment) => ({
    ...{ action: 'created' as const, atMs: moment.atMs, job: moment },
    state: stateOf(job, moment),
  }));
  return [{ action: 'created', atMs: first.atMs, state: null, job: first }, ...statuses];
}

/** Of the gate in front of a job. */
export function reviewMoments(job: Job): ReviewMoment[] {
  const waited = job.moments.findIndex(({ action }) => action === 'waiting');
  if (waited === -1) return [];
  return job.moments.slice(waited).flatMap((moment) => {
    const action = reviewOf(job, moment);
    return action === null ? [] : [{ action, atMs: moment.atMs, job: moment }];
  });
}

function reviewOf({ failure }: Job, { action }: JobMoment): ReviewMoment['action'] | null {
  if (action === 'waiting') return 'requested';
  if (action === 'queued') return 'approved';
  return action === 'completed' && failure === 'rejected' ? 'rejected' : null;
}

function stateOf({ conclusion }: Job, { action }: JobMoment): DeploymentState {
  if (action !== 'completed') return action;
  if (conclusion === 'success') return 'success';
  return conclusion === 'cancelled' ? 'error' : 'failure';
}

import type { DeploymentState, ReviewState } from '../../domain/lifecycle/state.ts';
import { DEPLOYMENT, REVIEW } from '../deployment-shape.ts';
import type { Session } from './session.ts';
import { openStateRows } from './state-rows.ts';
import { statement } from './statement.ts';

const DEPLOYMENTS = openStateRows(DEPLOYMENT);
const REVIEWS = openStateRows(REVIEW);
const ofIds = DEPLOYMENTS.query('WHERE deployment_id = ANY ($1::bigint[])');
const ofJobs = REVIEWS.query('WHERE job_id = ANY ($1::bigint[])');
const FORGET = [
  { table: DEPLOYMENT.table, key: 'deployment_id' },
  { table: REVIEW.table, key: 'job_id' },
].map(({ table, key }) =>
  statement(
    `DELETE FROM ${table} WHERE ${key} IN
       (SELECT ${key} FROM ${table} WHERE last_event_ms < $1::double precision ORDER BY last_event_ms LIMIT $2)`,
  ),
);

export async function loadDeployments(session: Session, ids: readonly number[]): Promise<DeploymentState[]> {
  return ids.length === 0 ? [] : ofIds(session, ids);
}

export async function loadReviews(session: Session, jobIds: readonly number[]): Promise<ReviewState[]> {
  return jobIds.length === 0 ? [] : ofJobs(session, jobIds);
}

/** In the order in which they were made. */
export const deploymentsOfRun = DEPLOYMENTS.query('WHERE run_id = $1 ORDER BY deployment_id');
export const reviewsOfRun = REVIEWS.query('WHERE run_id = $1 ORDER BY job_id');
export const writeDeployments = DEPLOYMENTS.write;
export const writeReviews = REVIEWS.write;

/** Deletes those without any event since then; so many of each at most. Returns how many. */
export async function forgetDeployments(session: Session, beforeMs: number, limit: number): Promise<number> {
  const removed = await Promise.all(FORGET.map((each) => session.run(each, [beforeMs, limit])));
  return removed.reduce((sum, count) => sum + count, 0);
}

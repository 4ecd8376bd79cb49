import type { DatabaseSync } from 'node:sqlite';
import type { DeploymentState, ReviewState } from '../../domain/lifecycle/state.ts';
import { DEPLOYMENT, REVIEW } from '../deployment-shape.ts';
import { openStateRows } from './state-rows.ts';

/** Deployments, and the reviews that jobs wait for. Methods that write run inside of the caller's transaction. */
export interface DeploymentTables {
  load(deploymentIds: readonly number[]): DeploymentState[];
  loadReviews(jobIds: readonly number[]): ReviewState[];
  /** In the order in which they were made. */
  ofRun(runId: number): DeploymentState[];
  reviewsOfRun(runId: number): ReviewState[];
  write(deployment: DeploymentState): void;
  writeReview(review: ReviewState): void;
  /** Deletes those without any event since then; so many of each at most. Returns how many. */
  forget(beforeMs: number, limit: number): number;
}

export function openDeploymentTables(database: DatabaseSync): DeploymentTables {
  const deployments = openStateRows(database, DEPLOYMENT);
  const reviews = openStateRows(database, REVIEW);
  const one = deployments.query('WHERE deployment_id = ?');
  const review = reviews.query('WHERE job_id = ?');
  const removals = [DEPLOYMENT, REVIEW].map(({ table }) =>
    database.prepare(
      `DELETE FROM ${table} WHERE rowid IN
         (SELECT rowid FROM ${table} WHERE last_event_ms < ? ORDER BY last_event_ms LIMIT ?)`,
    ),
  );
  return {
    load: (ids) => [...new Set(ids)].flatMap((id) => one(id)),
    loadReviews: (ids) => [...new Set(ids)].flatMap((id) => review(id)),
    ofRun: deployments.query('WHERE run_id = ? ORDER BY deployment_id'),
    reviewsOfRun: reviews.query('WHERE run_id = ? ORDER BY job_id'),
    write: deployments.write,
    writeReview: reviews.write,
    forget: (beforeMs, limit) =>
      removals.reduce((sum, remove) => sum + Number(remove.run(beforeMs, limit).changes), 0),
  };
}

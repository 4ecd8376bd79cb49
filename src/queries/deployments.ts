import type { DeploymentFilters } from '../domain/deployment-queries.ts';
import { isoTime } from '../domain/iso-time.ts';
import { labelValue } from '../domain/label-value.ts';
import type { DeploymentState } from '../domain/lifecycle/state.ts';
import type { Deployment, Deployments } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import { headOf } from './answer.ts';
import { cursorOf } from './paging.ts';

export interface DeploymentsQuery {
  readonly window: Window;
  readonly filters: DeploymentFilters;
  readonly offset: number;
  readonly limit: number;
  readonly webUrl: string;
}

/** The only order of the list: what a cursor of it says. */
export const NEWEST_FIRST = '-created_at';

/** Single deployments that were created in a window, the latest first. */
export async function deployments(reader: HistoryReader, query: DeploymentsQuery): Promise<Deployments> {
  const { window, filters, offset, limit, webUrl } = query;
  const found: DeploymentState[] = [];
  for await (const batch of reader.deployments(window, filters)) {
    found.push(...batch);
    if (found.length > offset + limit) break;
  }
  const shown = found.slice(offset, offset + limit);
  return {
    ...headOf(reader, window, null),
    deployments: shown.map((each) => shownDeployment(each, webUrl)),
    cursor: found.length > offset + limit ? cursorOf(NEWEST_FIRST, offset + limit) : null,
  };
}

/** When it first ended; null while it has not. */
export function finishedAtMs({ successAtMs, failureAtMs, errorAtMs }: DeploymentState): number | null {
  const ends = [successAtMs, failureAtMs, errorAtMs].filter((atMs) => atMs !== null);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** From its creation to that time; null if one of them is not known. */
export function sinceCreation(
  { createdAtMs }: Pick<DeploymentState, 'createdAtMs'>,
  atMs: number | null,
): number | null {
  return createdAtMs === null || atMs === null ? null : Math.max(0, atMs - createdAtMs);
}

export function shownDeployment(deployment: DeploymentState, webUrl: string): Deployment {
  const { repository, runId, runAttempt, jobId } = deployment;
  const endMs = finishedAtMs(deployment);
  const durationMs = sinceCreation(deployment, endMs);
  const runUrl = runId === null ? null : `${webUrl}/${repository}/actions/runs/${runId}`;
  return {
    deployment_id: deployment.deploymentId,
    repository: labelValue(repository),
    environment: labelValue(deployment.environment),
    environment_name: deployment.environmentName,
    state: deployment.status,
    ref: deployment.ref,
    sha: deployment.headSha,
    run_id: runId,
    run_attempt: runAttempt,
    job_id: jobId,
    created_at: isoTime(deployment.createdAtMs),
    finished_at: isoTime(endMs),
    duration_seconds: durationMs === null ? null : durationMs / 1000,
    run_url: runUrl === null || jobId === null ? runUrl : `${runUrl}/job/${jobId}`,
  };
}

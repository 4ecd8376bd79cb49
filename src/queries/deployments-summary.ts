import type { DeploymentFilters, DeploymentOutcomes } from '../domain/deployment-queries.ts';
import { isoTime } from '../domain/iso-time.ts';
import { labelValue } from '../domain/label-value.ts';
import { nearestRank } from '../domain/nearest-rank.ts';
import type { DeploymentsSummary, EnvironmentRow } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import { headOf } from './answer.ts';
import { sinceCreation } from './deployments.ts';
import { getOrCreate } from './get-or-create.ts';
import { type Paging, pageOf } from './paging.ts';

export interface DeploymentsSummaryQuery extends Paging {
  readonly window: Window;
  readonly filters: DeploymentFilters;
}

/** What a row is made of. */
interface Environment {
  readonly repository: string;
  readonly environment: string;
  deployments: number;
  succeeded: number;
  failed: number;
  lastSuccessMs: number | null;
  readonly durationsMs: number[];
  readonly fromRunMs: number[];
}

/** How the deployments of a window went, by environment. */
export async function deploymentsSummary(
  reader: HistoryReader,
  query: DeploymentsSummaryQuery,
): Promise<DeploymentsSummary> {
  const environments = new Map<string, Environment>();
  for await (const batch of reader.deploymentOutcomes(query.window, query.filters))
    for (const deployment of batch) add(environments, deployment);
  const all = Array.from(environments.values(), rowOf);
  const { rows, cursor } = pageOf(
    all,
    query,
    (row, field) => row[field as 'deployments'],
    ({ repository, environment }) => JSON.stringify([repository, environment]),
  );
  return { ...headOf(reader, query.window, null), rows: [...rows], groups: all.length, cursor };
}

function add(environments: Map<string, Environment>, deployment: DeploymentOutcomes): void {
  const repository = labelValue(deployment.repository);
  const environment = labelValue(deployment.environment);
  const sums = getOrCreate(environments, `${repository} ${environment}`, () => ({
    ...{ repository, environment, deployments: 0, succeeded: 0, failed: 0, lastSuccessMs: null },
    durationsMs: [],
    fromRunMs: [],
  }));
  sums.deployments += 1;
  const { successAtMs, failureAtMs, errorAtMs, createdAtMs, runStartedAtMs } = deployment;
  if (failureAtMs !== null || errorAtMs !== null) sums.failed += 1;
  if (successAtMs === null) return;
  if (failureAtMs === null && errorAtMs === null) sums.succeeded += 1;
  sums.lastSuccessMs = Math.max(sums.lastSuccessMs ?? 0, successAtMs);
  const durationMs = sinceCreation(deployment, successAtMs);
  if (durationMs !== null) sums.durationsMs.push(durationMs);
  if (runStartedAtMs !== null && createdAtMs !== null && runStartedAtMs <= createdAtMs)
    sums.fromRunMs.push(Math.max(0, successAtMs - runStartedAtMs));
}

function rowOf({ durationsMs, fromRunMs, lastSuccessMs, ...sums }: Environment): EnvironmentRow {
  const ended = sums.succeeded + sums.failed;
  const durations = durationsMs.toSorted((a, b) => a - b);
  const fromRun = fromRunMs.toSorted((a, b) => a - b);
  return {
    ...sums,
    failed_share: ended === 0 ? null : sums.failed / ended,
    p50: rankOf(durations, 0.5),
    p95: rankOf(durations, 0.95),
    from_run_p50: rankOf(fromRun, 0.5),
    from_run_p95: rankOf(fromRun, 0.95),
    last_success_at: isoTime(lastSuccessMs),
  };
}

function rankOf(ascendingMs: readonly number[], p: number): number | null {
  return ascendingMs.length === 0 ? null : nearestRank(ascendingMs, p) / 1000;
}

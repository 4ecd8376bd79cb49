import type { DeploymentFilters, DeploymentOutcomes } from '../domain/deployment-queries.ts';
import { isoTime } from '../domain/iso-time.ts';
import { labelValue } from '../domain/label-value.ts';
import type { DeploymentsSummary, EnvironmentRow } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import { headOf } from './answer.ts';
import { sinceCreation } from './deployments.ts';
import { getOrCreate } from './get-or-create.ts';
import { nearestRanks } from './nearest-ranks.ts';
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
  const environments = new Environments();
  for await (const batch of reader.deploymentOutcomes(query.window, query.filters))
    for (const deployment of batch) add(environments.of(deployment), deployment);
  const all = Array.from(environments.all(), rowOf);
  const { rows, cursor } = pageOf(
    all,
    query,
    (row, field) => row[field as 'deployments'],
    ({ repository, environment }) => JSON.stringify([repository, environment]),
  );
  return { ...headOf(reader, query.window, null), rows: [...rows], groups: all.length, cursor };
}

/** By the names as they are stored, which is quicker than making labels of each; names with one label are one. */
class Environments {
  readonly #byNames = new Map<string, Map<string, Environment>>();
  readonly #byLabels = new Map<string, Environment>();

  of({ repository, environment }: DeploymentOutcomes): Environment {
    const ofRepository = getOrCreate(this.#byNames, repository, () => new Map<string, Environment>());
    return getOrCreate(ofRepository, environment, () =>
      this.#withLabels(labelValue(repository), labelValue(environment)),
    );
  }

  all(): Iterable<Environment> {
    return this.#byLabels.values();
  }

  #withLabels(repository: string, environment: string): Environment {
    return getOrCreate(this.#byLabels, `${repository} ${environment}`, () => ({
      ...{ repository, environment, deployments: 0, succeeded: 0, failed: 0, lastSuccessMs: null },
      durationsMs: [],
      fromRunMs: [],
    }));
  }
}

function add(sums: Environment, deployment: DeploymentOutcomes): void {
  const { successAtMs, hasFailed, createdAtMs, runStartedAtMs } = deployment;
  sums.deployments += 1;
  if (hasFailed) sums.failed += 1;
  if (successAtMs === null) return;
  if (!hasFailed) sums.succeeded += 1;
  sums.lastSuccessMs = Math.max(sums.lastSuccessMs ?? 0, successAtMs);
  const durationMs = sinceCreation(deployment, successAtMs);
  if (durationMs !== null) sums.durationsMs.push(durationMs);
  if (runStartedAtMs !== null && createdAtMs !== null && runStartedAtMs <= createdAtMs)
    sums.fromRunMs.push(Math.max(0, successAtMs - runStartedAtMs));
}

function rowOf({ durationsMs, fromRunMs, lastSuccessMs, ...sums }: Environment): EnvironmentRow {
  const ended = sums.succeeded + sums.failed;
  const [p50, p95] = secondsOf(durationsMs);
  const [fromRunP50, fromRunP95] = secondsOf(fromRunMs);
  return {
    ...sums,
    failed_share: ended === 0 ? null : sums.failed / ended,
    p50,
    p95,
    from_run_p50: fromRunP50,
    from_run_p95: fromRunP95,
    last_success_at: isoTime(lastSuccessMs),
  };
}

/** Median and 95th percentile. */
function secondsOf(timesMs: readonly number[]): readonly [number | null, number | null] {
  if (timesMs.length === 0) return [null, null];
  const [p50 = 0, p95 = 0] = nearestRanks(Float64Array.from(timesMs), [0.5, 0.95]);
  return [p50 / 1000, p95 / 1000];
}

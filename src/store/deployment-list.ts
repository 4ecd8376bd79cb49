import type { DeploymentFilters, DeploymentOutcomes } from '../domain/deployment-queries.ts';
import { foldedLabels } from '../domain/label-patterns.ts';
import { labelValue } from '../domain/label-value.ts';
import type { DeploymentState } from '../domain/lifecycle/state.ts';
import type { QuestionMoment, Window } from '../domain/queries.ts';
import { DEPLOYMENT } from './deployment-shape.ts';
import type { SqlReader } from './sql-reader.ts';
import { columnOf, stateOf } from './state-shape.ts';

const AT_ONCE = 1000;
const COLUMNS = DEPLOYMENT.fields.map((field) => `${columnOf(field)} AS "${field}"`).join(', ');
/** Behind the last one that was read. */
const NEXT = `SELECT ${COLUMNS}, made_at_ms AS "madeAtMs" FROM deployments
  WHERE made_at_ms >= :fromMs AND (made_at_ms, deployment_id) < (:beforeMs, :beforeId)
  ORDER BY made_at_ms DESC, deployment_id DESC LIMIT ${AT_ONCE}`;

/** As `HistoryReader.deployments`. */
export async function* readDeployments(
  sql: SqlReader,
  { fromMs, toMs }: Window,
  filters: DeploymentFilters,
  {
    giveWay,
    labelPatterns,
  }: Pick<QuestionMoment, 'labelPatterns'> & { readonly giveWay: () => Promise<void> },
): AsyncIterable<readonly DeploymentState[]> {
  const fits = (deployment: DeploymentState) => fitsFilters(deployment, filters, labelPatterns);
  let [beforeMs, beforeId] = [toMs, 0];
  for (;;) {
    const rows = await sql.rows<Record<string, unknown>>(NEXT, { fromMs, beforeMs, beforeId });
    const last = rows.at(-1);
    [beforeMs, beforeId] = [Number(last?.['madeAtMs']), Number(last?.['deploymentId'])];
    yield rows.map(({ madeAtMs: _, ...row }) => stateOf(DEPLOYMENT, row)).filter(fits);
    if (rows.length < AT_ONCE) return;
    await giveWay();
  }
}

const OUTCOMES_AT_ONCE = 5000;
const NEXT_OUTCOMES = `SELECT made_at_ms, deployment_id, repository, environment, environment_name, status,
    created_at_ms, run_started_at_ms, success_at_ms, failure_at_ms, error_at_ms
  FROM deployments
  WHERE made_at_ms >= :fromMs AND (made_at_ms, deployment_id) < (:beforeMs, :beforeId)
  ORDER BY made_at_ms DESC, deployment_id DESC LIMIT ${OUTCOMES_AT_ONCE}`;

type Ms = number | null;
type OutcomesRow = readonly [number, number, string, string, string, string, Ms, Ms, Ms, Ms, Ms];

/** As `HistoryReader.deploymentOutcomes`. */
export async function* readOutcomes(
  sql: SqlReader,
  { fromMs, toMs }: Window,
  filters: DeploymentFilters,
  {
    giveWay,
    labelPatterns,
  }: Pick<QuestionMoment, 'labelPatterns'> & { readonly giveWay: () => Promise<void> },
): AsyncIterable<readonly DeploymentOutcomes[]> {
  const isAll = Object.values(filters).every(({ length }) => length === 0);
  let [beforeMs, beforeId] = [toMs, 0];
  for (;;) {
    const rows = await sql.arrays<OutcomesRow>(NEXT_OUTCOMES, { fromMs, beforeMs, beforeId });
    const found: DeploymentOutcomes[] = [];
    for (const row of rows) {
      const [madeAtMs, id, repository, environment, environmentName, status, ...times] = row;
      [beforeMs, beforeId] = [madeAtMs, id];
      const words = { repository, environment, environmentName, status };
      if (!isAll && !fitsFilters(words, filters, labelPatterns)) continue;
      const [createdAtMs, runStartedAtMs, successAtMs, failureAtMs, errorAtMs] = times;
      found.push({
        repository,
        environment,
        createdAtMs,
        runStartedAtMs,
        successAtMs,
        failureAtMs,
        errorAtMs,
      });
    }
    yield found;
    if (rows.length < OUTCOMES_AT_ONCE) return;
    await giveWay();
  }
}

type FilteredWords = Pick<DeploymentState, 'repository' | 'environment' | 'environmentName' | 'status'>;

function fitsFilters(
  { repository, environment, environmentName, status }: FilteredWords,
  filters: DeploymentFilters,
  labelPatterns: QuestionMoment['labelPatterns'],
): boolean {
  const among = (asked: readonly string[], values: readonly string[]) =>
    asked.length === 0 || values.some((value) => asked.includes(value));
  const label = [labelValue(environment)];
  const ownerOf = `${repository.split('/')[0]}/*`;
  return (
    among(filters.repository, [repository, ownerOf]) &&
    among(filters.environment, [
      ...label,
      ...foldedLabels(labelPatterns, ['environment'], label),
      environmentName,
    ]) &&
    among(filters.state, [status])
  );
}

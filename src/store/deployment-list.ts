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
/** A column of many rows takes longer to read than the rows to find: those for filters are read only for these. */
const nextOutcomes = (isFiltered: boolean) => `SELECT made_at_ms, deployment_id, repository, environment,
    created_at_ms, run_started_at_ms, success_at_ms,
    CASE WHEN failure_at_ms IS NULL AND error_at_ms IS NULL THEN 0 ELSE 1 END
    ${isFiltered ? ', environment_name, status' : ''}
  FROM deployments
  WHERE made_at_ms >= :fromMs AND (made_at_ms, deployment_id) < (:beforeMs, :beforeId)
  ORDER BY made_at_ms DESC, deployment_id DESC LIMIT ${OUTCOMES_AT_ONCE}`;

type Ms = number | null;
type OutcomesRow = readonly [number, number, string, string, Ms, Ms, Ms, 0 | 1, string?, string?];

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
  const isFiltered = Object.values(filters).some(({ length }) => length > 0);
  const next = nextOutcomes(isFiltered);
  let [beforeMs, beforeId] = [toMs, 0];
  for (;;) {
    const rows = await sql.arrays<OutcomesRow>(next, { fromMs, beforeMs, beforeId });
    const fitting = isFiltered
      ? rows.filter((row) => fitsFilters(wordsOf(row), filters, labelPatterns))
      : rows;
    yield fitting.map(outcomesOf);
    [beforeMs, beforeId] = rows.at(-1) ?? [0, 0];
    if (rows.length < OUTCOMES_AT_ONCE) return;
    await giveWay();
  }
}

function wordsOf(row: OutcomesRow): FilteredWords {
  const [, , repository, environment, , , , , environmentName = '', status = ''] = row;
  return { repository, environment, environmentName, status };
}

function outcomesOf(row: OutcomesRow): DeploymentOutcomes {
  return {
    repository: row[2],
    environment: row[3],
    createdAtMs: row[4],
    runStartedAtMs: row[5],
    successAtMs: row[6],
    hasFailed: row[7] === 1,
  };
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

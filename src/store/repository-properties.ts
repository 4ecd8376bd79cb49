import {
  type CurrentLabels,
  currentLabels,
  type KnownProperties,
  type RepositoryLabel,
} from '../domain/repository-labels.ts';
import type { SqlReader } from './sql-reader.ts';
import { parseStored } from './stored-json.ts';

/** As it is read from the table. */
export interface PropertiesRow {
  readonly name: string;
  readonly repositoryId: number | null;
  readonly properties: string;
  readonly atMs: number;
}

/** What is read of each row, for both databases. */
export const PROPERTIES_COLUMNS = 'name, repository_id AS "repositoryId", properties, at_ms AS "atMs"';

export function knownProperties({ name, repositoryId, properties, atMs }: PropertiesRow): KnownProperties {
  return { name, repositoryId, properties: parseStored(properties, 'repository_properties'), atMs };
}

/** As `HistoryReader.repositoryLabels`. */
export async function readRepositoryLabels(
  sql: SqlReader,
  labels: readonly RepositoryLabel[],
): Promise<CurrentLabels | null> {
  if (labels.length === 0) return null;
  const rows = await sql.rows<PropertiesRow>(`SELECT ${PROPERTIES_COLUMNS} FROM repository_properties`);
  const named = await sql.rows<{ readonly name: string }>('SELECT name FROM repositories');
  const current = currentLabels(labels, rows.map(knownProperties));
  const names = new Set([...rows, ...named].map(({ name }) => name));
  const repositories = new Map(Array.from(names, (name) => [name, current(name)] as const));
  return { names: labels.map(({ label }) => label), repositories };
}

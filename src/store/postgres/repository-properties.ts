import type { KnownProperties, NamedRepository } from '../../domain/repository-labels.ts';
import { knownProperties, PROPERTIES_COLUMNS, type PropertiesRow } from '../repository-properties.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

const FIND = statement(
  `SELECT ${PROPERTIES_COLUMNS} FROM repository_properties
   WHERE name = ANY ($1::text[]) OR repository_id = ANY ($2::bigint[]) OR repository_id IN (
     SELECT repository_id FROM repository_properties WHERE name = ANY ($1::text[]))`,
);
const WRITE = statement(
  `INSERT INTO repository_properties (name, repository_id, properties, at_ms) VALUES ($1, $2, $3, $4)
   ON CONFLICT (name) DO UPDATE SET repository_id = excluded.repository_id, properties = excluded.properties,
     at_ms = excluded.at_ms`,
);
const ALL = statement(`SELECT ${PROPERTIES_COLUMNS} FROM repository_properties ORDER BY name COLLATE "C"`);

/** All that may be about these repositories: rows with their names, and with the ids that these have. */
export async function loadProperties(
  session: Session,
  repositories: readonly NamedRepository[],
): Promise<KnownProperties[]> {
  if (repositories.length === 0) return [];
  const ids = repositories.flatMap(({ repositoryId }) => repositoryId ?? []);
  const rows = await session.rows<PropertiesRow>(FIND, [repositories.map(({ name }) => name), ids]);
  return rows.map(knownProperties);
}

export function writeProperties(session: Session, known: readonly KnownProperties[]): void {
  for (const { name, repositoryId, properties, atMs } of known)
    session.send(WRITE, [name, repositoryId, JSON.stringify(properties), atMs]);
}

/** By name. */
export async function allProperties(session: Session): Promise<KnownProperties[]> {
  return (await session.rows<PropertiesRow>(ALL)).map(knownProperties);
}

import type { DatabaseSync } from 'node:sqlite';
import type { KnownProperties, NamedRepository } from '../../domain/repository-labels.ts';
import { knownProperties, PROPERTIES_COLUMNS, type PropertiesRow } from '../repository-properties.ts';

/** The custom properties that repositories had last. Every method runs inside of the caller's transaction. */
export interface PropertyTable {
  /** All that may be about these repositories: rows with their names, and with the ids that these have. */
  load(repositories: readonly NamedRepository[]): KnownProperties[];
  write(known: KnownProperties): void;
  all(): KnownProperties[];
}

export function openPropertyTable(database: DatabaseSync): PropertyTable {
  const find = database.prepare(
    `SELECT ${PROPERTIES_COLUMNS} FROM repository_properties
     WHERE name = :name OR repository_id = :id
       OR repository_id = (SELECT repository_id FROM repository_properties WHERE name = :name)`,
  );
  const write = database.prepare('INSERT OR REPLACE INTO repository_properties VALUES (?, ?, ?, ?)');
  const all = database.prepare(`SELECT ${PROPERTIES_COLUMNS} FROM repository_properties ORDER BY name`);
  const read = (rows: unknown) => (rows as PropertiesRow[]).map(knownProperties);
  return {
    load: (repositories) =>
      repositories.flatMap(({ name, repositoryId }) => read(find.all({ name, id: repositoryId }))),
    write: ({ name, repositoryId, properties, atMs }) =>
      void write.run(name, repositoryId, JSON.stringify(properties), atMs),
    all: () => read(all.all()),
  };
}

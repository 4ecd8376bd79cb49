import type { KnownProperties } from '../domain/repository-labels.ts';
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

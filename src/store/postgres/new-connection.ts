import type pg from 'pg';
import { AntError } from '../../domain/errors.ts';

interface Answer {
  readonly pid: number;
  readonly isStandby: boolean;
}

/** What `checkConnection` has to know. */
export interface ConnectionCheck {
  /** Of the database, for the message. */
  readonly place: string;
  /** Whether a pooler is expected. */
  readonly mayBePooled: boolean;
}

/**
 * Throws `store_unavailable` if a standby is at the other end: it would answer questions with old numbers, and the next
 * connection may lead to the primary. Throws `config_invalid` for a pooler that nobody expects.
 */
export async function checkConnection(
  client: pg.ClientBase,
  { place, mayBePooled }: ConnectionCheck,
): Promise<void> {
  const { rows } = await client.query<Answer>(
    'SELECT pg_backend_pid() AS pid, pg_is_in_recovery() AS "isStandby"',
  );
  const [answer] = rows;
  if (answer?.isStandby) throw standby(place);
  if (!mayBePooled && 'processID' in client && answer?.pid !== client.processID) throw pooled();
}

/** The error for a database that can only be read, and may be behind. */
export function standby(place: string): AntError {
  return new AntError('store_unavailable', `the database at ${place} is a standby, which can only be read`, {
    hint: 'Let storage.url lead to the primary. After a fail-over ant-watcher goes on by itself.',
  });
}

/**
 * It may hand each transaction to a connection that lacks what another one has prepared, which would seem to work, now
 * and then.
 */
function pooled(): AntError {
  return new AntError('config_invalid', 'a pooler is between this process and the database', {
    hint: 'Add prepared=false to storage.url, or prepared=true if each connection of the pooler keeps its prepared statements.',
  });
}

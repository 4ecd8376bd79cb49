import type { ChangeLog } from './change-log.ts';
import type { Connections } from './connections.ts';
import { statement } from './statement.ts';
import type { Write } from './write.ts';

/** Owned by processes that are not there any more: each owner that occurs is looked up, and not each delivery. */
function orphaned(table: string) {
  return statement(
    `WITH RECURSIVE owner AS (
       (SELECT replica_id FROM ${table} ORDER BY replica_id LIMIT 1)
       UNION ALL
       SELECT (SELECT replica_id FROM ${table} WHERE ${table}.replica_id > owner.replica_id
               ORDER BY replica_id LIMIT 1)
       FROM owner WHERE replica_id IS NOT NULL)
     SELECT replica_id AS id FROM owner
     WHERE replica_id IS NOT NULL AND replica_id NOT IN (SELECT id FROM replicas)`,
  );
}

function taking(table: string) {
  return statement(
    `UPDATE ${table} SET replica_id = $1 WHERE id IN (
       SELECT id FROM ${table} WHERE replica_id = ANY ($2::bigint[]) ORDER BY id LIMIT $3)
     RETURNING id`,
  );
}

const QUEUES = ['deliveries', 'failed_deliveries'].map((table) => ({
  orphaned: orphaned(table),
  take: taking(table),
}));

/** In one transaction, which is to be short; and how many of them at a beat. */
const TAKEN = 2000;
const PORTIONS = 5;
const TRIMMED = 10_000;

/** Whoever has to know of deliveries of another process that become this one's. */
export interface Taking {
  /** Called with their ids before they do: from then on they may be leased at any moment. */
  readonly begin: (ids: readonly number[]) => void;
  /** Called once they have. */
  readonly done: () => void;
}

/** What the leader does at each beat: deletes changes that all have read, and takes over deliveries of the dead. */
export async function takeOver({
  connections,
  write,
  log,
  id,
  taking,
}: {
  readonly connections: Connections;
  readonly write: Write;
  readonly log: ChangeLog;
  readonly id: number;
  readonly taking: Taking;
}): Promise<void> {
  const keep = await connections.transact((session) => log.trim(session, TRIMMED));
  keep();
  for (const { orphaned, take } of QUEUES) {
    const owners = await connections.read((session) => session.rows<{ id: number }>(orphaned));
    if (owners.length === 0) continue;
    const ids = owners.map((owner) => owner.id);
    for (let portion = 0; portion < PORTIONS; portion += 1) {
      // In the one order: nobody settles them at the same time.
      const taken = await write(async (transaction) => {
        const rows = await transaction.rows<{ id: number }>(take, [id, ids, TAKEN]);
        taking.begin(rows.map((delivery) => delivery.id));
        return { result: rows.length };
      });
      if (taken > 0) taking.done();
      if (taken < TAKEN) break;
    }
  }
}

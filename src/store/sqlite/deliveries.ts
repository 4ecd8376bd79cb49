import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../../domain/contracts.ts';
import type {
  Delivery,
  FailedDelivery,
  LeasedDelivery,
  ParkedDelivery,
  QueueStatus,
} from '../../domain/delivery.ts';
import { deliveryTimeMs } from '../../domain/delivery-time.ts';
import { seenKeyOf } from '../seen-key.ts';

const SHARED = 'guid, event, action, source, received_at_ms, payload';
const LEASED = `id, guid, event, action, source, received_at_ms AS receivedAtMs, payload`;

/** The queue. Methods that write run inside of the caller's transaction. */
export interface DeliveryTables {
  /** Remembers the delivery's id; false: it was there. */
  see(delivery: Delivery): boolean;
  /** Puts it at the end of the queue. */
  enqueue(delivery: Delivery): void;
  lease(limit: number, leaseMs: number, nowMs: number): LeasedDelivery[];
  /**
   * Notes the attempts that failed: those deliveries are due again, or parked. Removes the others, from
   * wherever they are.
   */
  settle(leased: readonly LeasedDelivery[], failed: readonly FailedDelivery[], nowMs: number): void;
  /** Ends the leases of these deliveries, once their fate is durable or their transaction is undone. */
  release(ids: readonly number[]): void;
  status(): QueueStatus;
  parked(limit: number): ParkedDelivery[];
  replay(guid: string | undefined, nowMs: number): number;
  forgetSeen(beforeMs: number, limit: number): { forgotten: number; isRound: boolean };
}

export function openDeliveryTables(
  database: DatabaseSync,
  { clock, steady }: { readonly clock: Clock; readonly steady: Clock },
): DeliveryTables {
  const leases = new Leases(database, steady);
  return {
    ...openArrivals(database, clock),
    lease: (limit, leaseMs, nowMs) => leases.lease(limit, leaseMs, nowMs),
    release: (ids) => leases.release(ids),
    ...openEnds(database),
    ...openViews(database),
    forgetSeen: openForgetSeen(database),
  };
}

function openArrivals(database: DatabaseSync, clock: Clock): Pick<DeliveryTables, 'see' | 'enqueue'> {
  const see = database.prepare('INSERT INTO seen_deliveries VALUES (?, ?) ON CONFLICT DO NOTHING');
  const insert = database.prepare(`INSERT INTO deliveries (${SHARED}) VALUES (?, ?, ?, ?, ?, ?)`);
  return {
    // Whatever the clock says, it is not before the event.
    see: ({ guid }) => see.run(seenKeyOf(guid), Math.max(clock(), deliveryTimeMs(guid) ?? 0)).changes > 0,
    enqueue({ guid, event, action, source, receivedAtMs, payload }) {
      insert.run(guid, event, action, source, receivedAtMs, payload);
    },
  };
}

/**
 * Leases live in memory: this process alone uses the database, so they end with it. Fresh deliveries are
 * leased in the order of their ids, from a cursor; the cursor goes back to deliveries whose lease ran out.
 */
class Leases implements Pick<DeliveryTables, 'lease' | 'release'> {
  readonly #fresh: StatementSync;
  readonly #due: StatementSync;
  readonly #steady: Clock;
  readonly #leasedUntilMs = new Map<number, number>();
  #cursor = 0;

  constructor(database: DatabaseSync, steady: Clock) {
    this.#fresh = database.prepare(
      `SELECT ${LEASED}, 0 AS attempts FROM deliveries WHERE id > ? ORDER BY id LIMIT ?`,
    );
    this.#due = database.prepare(
      `SELECT ${LEASED}, attempts FROM failed_deliveries
       WHERE parked_at_ms IS NULL AND due_at_ms <= ? ORDER BY due_at_ms, id LIMIT ?`,
    );
    this.#steady = steady;
  }

  lease(limit: number, leaseMs: number, nowMs: number): LeasedDelivery[] {
    this.#expire();
    const found = this.#free(this.#due, nowMs, limit);
    if (found.length < limit) {
      const fresh = this.#free(this.#fresh, this.#cursor, limit - found.length);
      this.#cursor = fresh.at(-1)?.id ?? this.#cursor;
      found.push(...fresh);
    }
    const untilMs = this.#steady() + leaseMs;
    for (const { id } of found) this.#leasedUntilMs.set(id, untilMs);
    return found;
  }

  release(ids: readonly number[]): void {
    for (const id of ids) this.#leasedUntilMs.delete(id);
  }

  /** The first that are not leased. */
  #free(select: StatementSync, from: number, limit: number): LeasedDelivery[] {
    const rows = select.all(from, limit + this.#leasedUntilMs.size) as unknown as LeasedDelivery[];
    return rows.filter(({ id }) => !this.#leasedUntilMs.has(id)).slice(0, limit);
  }

  #expire(): void {
    const nowMs = this.#steady();
    for (const [id, untilMs] of this.#leasedUntilMs) {
      if (untilMs > nowMs) continue;
      this.#leasedUntilMs.delete(id);
      this.#cursor = Math.min(this.#cursor, id - 1);
    }
  }
}

function openEnds(database: DatabaseSync): Pick<DeliveryTables, 'settle' | 'replay'> {
  const removeFresh = database.prepare('DELETE FROM deliveries WHERE id = ?');
  const removeRange = database.prepare('DELETE FROM deliveries WHERE id BETWEEN ? AND ?');
  const removeFailed = database.prepare('DELETE FROM failed_deliveries WHERE id = ?');
  const move = database.prepare(
    `INSERT INTO failed_deliveries (id, ${SHARED}, attempts, error, due_at_ms)
     SELECT id, ${SHARED}, 0, '', 0 FROM deliveries WHERE id = ?`,
  );
  const fail = database.prepare(
    `UPDATE failed_deliveries SET attempts = ?, error = COALESCE(?, error), due_at_ms = ?, parked_at_ms = ?
     WHERE id = ?`,
  );
  const replay = database.prepare(
    `UPDATE failed_deliveries SET attempts = 0, due_at_ms = ?, parked_at_ms = NULL
     WHERE parked_at_ms IS NOT NULL AND (guid = ? OR ? IS NULL)`,
  );
  function remove(ids: readonly number[]): void {
    for (const { first, last } of rangesOf(ids)) {
      const removed = Number(removeRange.run(first, last).changes);
      if (removed <= last - first) for (let id = first; id <= last; id += 1) removeFailed.run(id);
    }
  }

  return {
    settle(leased, failed, nowMs) {
      const isFailed = new Set(failed.map(({ id }) => id));
      remove(leased.map(({ id }) => id).filter((id) => !isFailed.has(id)));
      for (const { id, attempts, error, retryAtMs } of failed) {
        if (move.run(id).changes > 0) removeFresh.run(id);
        fail.run(attempts, error, retryAtMs ?? nowMs, retryAtMs === undefined ? nowMs : null, id);
      }
    },
    replay: (guid, nowMs) => Number(replay.run(nowMs, guid ?? null, guid ?? null).changes),
  };
}

/** The same ids, as ranges without a gap: what is processed together was mostly accepted together. */
function rangesOf(ids: readonly number[]): { first: number; last: number }[] {
  const ranges: { first: number; last: number }[] = [];
  for (const id of ids) {
    const range = ranges.at(-1);
    if (range !== undefined && id === range.last + 1) range.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges;
}

function openViews(database: DatabaseSync): Pick<DeliveryTables, 'status' | 'parked'> {
  // Fresh deliveries have consecutive ids and leave from the head: the span of ids shows how many there are
  // without reading them all. Those that failed are few and counted by their indexes.
  const status = database.prepare(
    `SELECT
       COALESCE((SELECT MAX(id) FROM deliveries) - (SELECT MIN(id) FROM deliveries) + 1, 0) AS pending,
       (SELECT COUNT(*) FROM failed_deliveries WHERE parked_at_ms IS NULL) AS retrying,
       (SELECT COUNT(*) FROM failed_deliveries WHERE parked_at_ms IS NOT NULL) AS parked,
       (SELECT received_at_ms FROM deliveries ORDER BY id LIMIT 1) AS oldestFresh,
       (SELECT MIN(received_at_ms) FROM failed_deliveries WHERE parked_at_ms IS NULL) AS oldestRetrying`,
  );
  const parked = database.prepare(
    `SELECT guid, event, action, received_at_ms AS receivedAtMs, parked_at_ms AS parkedAtMs, attempts, error
     FROM failed_deliveries WHERE parked_at_ms IS NOT NULL ORDER BY id LIMIT ?`,
  );
  return {
    status() {
      const row = status.get() as Record<string, number | null>;
      const oldest = [row['oldestFresh'], row['oldestRetrying']].filter((ms) => typeof ms === 'number');
      return {
        pending: Number(row['pending']),
        retrying: Number(row['retrying']),
        parked: Number(row['parked']),
        oldestMs: oldest.length > 0 ? Math.min(...oldest) : null,
      };
    },
    parked: (limit) => parked.all(limit).map((row) => ({ ...row })) as unknown as ParkedDelivery[],
  };
}

/** Goes once over all remembered ids, a few at each call, so that no call takes long. */
function openForgetSeen(database: DatabaseSync): DeliveryTables['forgetSeen'] {
  const next = database.prepare(
    'SELECT key FROM seen_deliveries WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?',
  );
  const forget = database.prepare(
    'DELETE FROM seen_deliveries WHERE key > ? AND key <= ? AND seen_at_ms < ?',
  );
  const forgetLast = database.prepare('DELETE FROM seen_deliveries WHERE key > ? AND seen_at_ms < ?');
  let cursor: Uint8Array = new Uint8Array();
  return (beforeMs, limit) => {
    const from = cursor;
    const end = next.get(from, limit - 1)?.['key'];
    const isRound = !(end instanceof Uint8Array);
    cursor = isRound ? new Uint8Array() : end;
    const result = isRound ? forgetLast.run(from, beforeMs) : forget.run(from, end, beforeMs);
    return { forgotten: Number(result.changes), isRound };
  };
}

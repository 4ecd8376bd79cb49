import type { Clock } from '../../domain/contracts.ts';
import type {
  AcceptOutcome,
  Delivery,
  FailedDelivery,
  LeasedDelivery,
  ParkedDelivery,
  QueueStatus,
} from '../../domain/delivery.ts';
import { deliveryTimeMs } from '../../domain/delivery-time.ts';
import { openSerialQueue } from '../../timing/serial-queue.ts';
import { seenKeyOf } from '../seen-key.ts';
import type { Taking } from './fleet-upkeep.ts';
import type { Self } from './self.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import { type ChosenTime, nowSql } from './time.ts';

const SHARED = 'guid, event, action, source, received_at_ms, payload';
const LEASED = `id, guid, event, action, source, received_at_ms AS "receivedAtMs", payload`;

// Whatever the clock says, it is not before the event.
const SEE = statement(
  `INSERT INTO seen_deliveries (key, seen_at_ms)
   SELECT key, GREATEST(event_ms, ${nowSql('$3')}) FROM unnest($1::bytea[], $2::bigint[]) AS new (key, event_ms)
   ON CONFLICT DO NOTHING RETURNING key`,
);
const ENQUEUE = statement(
  `INSERT INTO deliveries (replica_id, ${SHARED})
   SELECT $1::bigint, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[])`,
);
const TAKE = statement(
  `WITH fresh AS (DELETE FROM deliveries WHERE id = ANY ($1::bigint[]) AND replica_id = $2 RETURNING id),
     failed AS (DELETE FROM failed_deliveries WHERE id = ANY ($1::bigint[]) AND replica_id = $2 RETURNING id, error)
   SELECT id, '' AS error FROM fresh UNION ALL SELECT id, error FROM failed`,
);
const FAIL = statement(
  `INSERT INTO failed_deliveries (replica_id, id, ${SHARED}, attempts, error, due_at_ms, parked_at_ms)
   SELECT $1::bigint, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
     $8::text[], $9::integer[], $10::text[], $11::bigint[], $12::bigint[])`,
);
const REPLAY = statement(
  `UPDATE failed_deliveries SET attempts = 0, due_at_ms = ${nowSql('$2')}, parked_at_ms = NULL
   WHERE parked_at_ms IS NOT NULL AND (guid = $1 OR $1::text IS NULL)`,
);
const FRESH = statement(
  `SELECT ${LEASED}, 0 AS attempts FROM deliveries WHERE id > $2 AND replica_id = $1 ORDER BY id LIMIT $3`,
);
const DUE = statement(
  `SELECT ${LEASED}, attempts FROM failed_deliveries
   WHERE parked_at_ms IS NULL AND due_at_ms <= ${nowSql('$2')} AND replica_id = $1
   ORDER BY due_at_ms, id LIMIT $3`,
);
const STATUS = statement(
  `SELECT
     (SELECT COUNT(*) FROM deliveries) AS pending,
     (SELECT COUNT(*) FROM failed_deliveries WHERE parked_at_ms IS NULL) AS retrying,
     (SELECT COUNT(*) FROM failed_deliveries WHERE parked_at_ms IS NOT NULL) AS parked,
     LEAST((SELECT received_at_ms FROM deliveries ORDER BY id LIMIT 1),
       (SELECT MIN(received_at_ms) FROM failed_deliveries WHERE parked_at_ms IS NULL)) AS "oldestMs"`,
);
const PARKED = statement(
  `SELECT guid, event, action, received_at_ms AS "receivedAtMs", parked_at_ms AS "parkedAtMs", attempts, error
   FROM failed_deliveries WHERE parked_at_ms IS NOT NULL ORDER BY id LIMIT $1`,
);

/** Remembers the ids of deliveries; answers which were new. Another transaction must not do so meanwhile. */
export async function seeDeliveries(
  session: Session,
  arrived: readonly Delivery[],
  time: ChosenTime,
): Promise<AcceptOutcome[]> {
  if (arrived.length === 0) return [];
  const keys = arrived.map(({ guid }) => Buffer.from(seenKeyOf(guid)));
  const first = new Map<string, number>();
  for (const [index, key] of keys.entries())
    if (!first.has(key.toString('hex'))) first.set(key.toString('hex'), index);
  const each = [...first.values()];
  const rows = await session.rows<{ readonly key: Buffer }>(SEE, [
    each.map((index) => keys[index]),
    each.map((index) => deliveryTimeMs(arrived[index]?.guid ?? '')),
    time(),
  ]);
  const accepted = new Set(rows.map(({ key }) => first.get(key.toString('hex'))));
  return arrived.map((_, index) => (accepted.has(index) ? 'accepted' : 'duplicate'));
}

export function queueStatus(session: Session): Promise<QueueStatus> {
  return session.rows<QueueStatus>(STATUS).then(([status]) => status as QueueStatus);
}

export function parkedDeliveries(session: Session, limit: number): Promise<ParkedDelivery[]> {
  return session.rows<ParkedDelivery>(PARKED, [limit]);
}

/** So many are known to be another process's; it may have had far fewer in hand when it ended. */
const MOST_TAKEN_OVER = 5000;

/** The errors so far of leased deliveries that were still there, by their ids. */
export type Taken = ReadonlyMap<number, string>;

export interface DeliveryQueueOptions {
  /** Whose deliveries they are. */
  readonly self: Self;
  readonly time: ChosenTime;
  /** For leases. */
  readonly steady: Clock;
}

/**
 * The deliveries of this process. Leases live in memory: no other process leases them, so they end with it. Fresh
 * deliveries are leased in the order of their ids, which is that of their transactions, from a cursor; the cursor goes
 * back to deliveries whose lease ran out.
 */
export class DeliveryQueue {
  readonly #self: Self;
  readonly #time: ChosenTime;
  readonly #steady: Clock;
  readonly #inTurn = openSerialQueue();
  readonly #leasedUntilMs = new Map<number, number>();
  /** All own deliveries up to it are leased, or done. */
  #cursor = 0;
  #rewinds = 0;
  readonly #takenOver = new Set<number>();

  /** This process becomes the owner of deliveries of another one. */
  readonly taking: Taking = {
    begin: (ids) => {
      const room = Math.max(0, MOST_TAKEN_OVER - this.#takenOver.size);
      for (const id of ids.slice(0, room)) this.#takenOver.add(id);
    },
    done: () => {
      this.#cursor = 0;
      this.#rewinds += 1;
    },
  };

  constructor({ self, time, steady }: DeliveryQueueOptions) {
    this.#self = self;
    this.#time = time;
    this.#steady = steady;
  }

  /** Puts them at the end of the queue. */
  enqueue(session: Session, queued: readonly Delivery[]): void {
    if (queued.length > 0) session.send(ENQUEUE, [this.#self.id, ...columnsOf(queued)]);
  }

  lease(session: Session, limit: number, leaseMs: number): Promise<LeasedDelivery[]> {
    return this.#inTurn(async () => {
      this.#expire();
      const rewinds = this.#rewinds;
      const { found, cursor } = await this.#free(session, limit);
      if (rewinds === this.#rewinds) this.#cursor = cursor;
      const untilMs = this.#steady() + leaseMs;
      for (const { id } of found) this.#leasedUntilMs.set(id, untilMs);
      return found.map((delivery) => ({ ...delivery, isTakenOver: this.#takenOver.has(delivery.id) }));
    });
  }

  /** Ends the leases of these deliveries, once their fate is durable or their transaction is undone. */
  release(ids: readonly number[]): void {
    for (const id of ids) {
      this.#leasedUntilMs.delete(id);
      this.#takenOver.delete(id);
    }
  }

  /** Removes leased deliveries, from wherever they are. What is not there any more has another owner. */
  async take(session: Session, leased: readonly LeasedDelivery[]): Promise<Taken> {
    if (leased.length === 0) return new Map();
    const rows = await session.rows<{ readonly id: number; readonly error: string }>(TAKE, [
      leased.map(({ id }) => id),
      this.#self.id,
    ]);
    return new Map(rows.map(({ id, error }) => [id, error]));
  }

  /** Puts back those that were taken and whose processing failed: they are due again, or parked. */
  putBack(session: Session, failed: readonly FailedDelivery[], { leased, taken, nowMs }: Attempt): void {
    const byId = new Map(leased.map((delivery) => [delivery.id, delivery]));
    const rows = failed.flatMap(({ id, attempts, error, retryAtMs }) => {
      const delivery = byId.get(id);
      const before = taken.get(id);
      if (delivery === undefined || before === undefined) return [];
      const parkedAtMs = retryAtMs === undefined ? nowMs : null;
      return [{ ...delivery, attempts, error: error ?? before, dueAtMs: retryAtMs ?? nowMs, parkedAtMs }];
    });
    if (rows.length === 0) return;
    session.send(FAIL, [
      this.#self.id,
      rows.map(({ id }) => id),
      ...columnsOf(rows),
      rows.map(({ attempts }) => attempts),
      rows.map(({ error }) => error),
      rows.map(({ dueAtMs }) => dueAtMs),
      rows.map(({ parkedAtMs }) => parkedAtMs),
    ]);
  }

  /** Makes parked deliveries due again; answers how many. */
  replay(session: Session, guid: string | undefined): Promise<number> {
    return session.run(REPLAY, [guid ?? null, this.#time()]);
  }

  /** The first own deliveries that are due and not leased, and what is then the cursor. */
  async #free(
    session: Session,
    limit: number,
  ): Promise<{ readonly found: LeasedDelivery[]; readonly cursor: number }> {
    const most = limit + this.#leasedUntilMs.size;
    const [due, fresh] = await Promise.all([
      session.rows<LeasedDelivery>(DUE, [this.#self.id, this.#time(), most]),
      session.rows<LeasedDelivery>(FRESH, [this.#self.id, this.#cursor, most]),
    ]);
    const isFree = ({ id }: LeasedDelivery) => !this.#leasedUntilMs.has(id);
    const found = due.filter(isFree).slice(0, limit);
    const taken = fresh.filter(isFree).slice(0, limit - found.length);
    return { found: [...found, ...taken], cursor: taken.at(-1)?.id ?? this.#cursor };
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

interface Attempt {
  readonly leased: readonly LeasedDelivery[];
  readonly taken: Taken;
  readonly nowMs: number;
}

/** Those of `SHARED`. */
function columnsOf(deliveries: readonly Delivery[]): unknown[][] {
  return [
    deliveries.map(({ guid }) => guid),
    deliveries.map(({ event }) => event),
    deliveries.map(({ action }) => action),
    deliveries.map(({ source }) => source),
    deliveries.map(({ receivedAtMs }) => receivedAtMs),
    deliveries.map(({ payload }) => payload),
  ];
}

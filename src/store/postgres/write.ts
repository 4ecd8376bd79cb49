import type { SerialQueue } from '../../timing/serial-queue.ts';
import type { NumberChanges } from './change-entry.ts';
import type { ChangeLog } from './change-log.ts';
import type { Connections } from './connections.ts';
import { type Begun, type Head, LOCK_HEAD } from './head.ts';
import type { SeriesTable } from './series.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import { type ChosenTime, nowSql } from './time.ts';

/** A transaction that no other one runs beside. */
export interface OrderedTransaction extends Session {
  /**
   * Resolves when it is its turn, and all that others have stored is in memory. What is asked for before is
   * answered after it.
   */
  readonly begun: Promise<Begun>;
}

/** What a transaction does to the numbers. */
export type Counts = Partial<NumberChanges>;

/**
 * One transaction at a time, in all processes that use the database. `work` sends what it writes, and answers its
 * result and what it does to the numbers. Rejects with `store_unavailable`; then nobody knows whether it is stored,
 * and if it is, it is followed like those of others.
 */
export type Write = <T>(
  work: (
    transaction: OrderedTransaction,
  ) => Promise<{ readonly result: T; readonly counts?: Counts | undefined }>,
) => Promise<T>;

/**
 * To be sent behind the lock, so that it sees what was stored before that. A role or database may have `synchronous_commit = off`: what was answered would not
 * be on disk. Each other value is somebody's choice of standbys.
 */
const HEAD = statement(
  `SELECT next_series_id AS "nextSeriesId", next_sample_seq AS "sampleSeq", outbox_bytes AS "sampleBytes",
     next_span_seq AS "spanSeq", trace_outbox_bytes AS "traceBytes", packed_from AS "packedFrom", packed_to AS "packedTo", ${nowSql('$1')} AS "nowMs",
     CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END
   FROM head, (SELECT * FROM changes ORDER BY seq DESC LIMIT 1) AS last`,
);

const NOTHING: NumberChanges = {
  increments: [],
  samples: [],
  numbers: [],
  removed: [],
  changesStates: false,
};

/** How many transactions were committed, and how long they waited for their turn. */
export interface Turns {
  count: number;
  waitMs: number;
}

export function openWrite({
  connections,
  log,
  series,
  inTurn,
  time,
  turns,
}: {
  readonly connections: Connections;
  readonly log: ChangeLog;
  readonly series: SeriesTable;
  /** Of all that moves `log`. */
  readonly inTurn: SerialQueue;
  readonly time: ChosenTime;
  /** Of this process. */
  readonly turns: Turns;
}): Write {
  return (work) =>
    inTurn(async () => {
      const askedAtMs = performance.now();
      let keep = (): void => undefined;
      const result = await connections.transact(async (session) => {
        const begun = begin(session, log, time);
        const { result, counts } = await work({ ...session, begun });
        const { head, nowMs } = await begun;
        turns.waitMs += performance.now() - askedAtMs;
        if (counts !== undefined) {
          const changes = { ...NOTHING, ...counts };
          keep = log.append(session, changes, { cells: series.add(session, changes, { head, nowMs }), head });
        }
        return result;
      });
      keep();
      turns.count += 1;
      return result;
    });
}

type HeadRow = Pick<Head, 'nextSeriesId' | 'packedFrom' | 'packedTo'> &
  Readonly<Record<'nowMs' | 'sampleSeq' | 'sampleBytes' | 'spanSeq' | 'traceBytes', number>>;

async function begin(session: Session, log: ChangeLog, time: ChosenTime): Promise<Begun> {
  session.send(LOCK_HEAD);
  const [found] = await Promise.all([session.rows<HeadRow>(HEAD, [time()]), log.catchUp(session)]);
  const [head] = found;
  if (head === undefined) throw new Error('The database has no row in head or in changes');
  const { nowMs, sampleSeq, sampleBytes, spanSeq, traceBytes, ...rest } = head;
  const samples = { nextSeq: sampleSeq, bytes: sampleBytes };
  const traces = { nextSeq: spanSeq, bytes: traceBytes };
  return { head: { ...rest, samples, traces }, nowMs };
}

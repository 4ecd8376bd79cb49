import type { Store } from '../../domain/contracts.ts';
import type { Lost, OutboxLimits } from '../../domain/outbox.ts';
import type { DroppedEntries, SinkNames, StoredOutbox } from '../../domain/outbox-contract.ts';
import { type BlockHead, endOf, fateOf } from '../outbox-rules.ts';
import type { Connections } from './connections.ts';
import type { Head } from './head.ts';
import { type OutboxTables, SAMPLE_TABLES, TRACE_TABLES } from './outbox.ts';
import type { SinkPlaces } from './outbox-places.ts';
import type { Self } from './self.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import type { Write } from './write.ts';

const OTHERS_SINKS = statement(
  `SELECT sinks AS samples, trace_sinks AS traces FROM replicas
   WHERE id <> $1 AND expires_at > clock_timestamp()`,
);
const NAME_SINKS = statement(
  'UPDATE replicas SET sinks = $2::text[], trace_sinks = $3::text[] WHERE id = $1',
);

/** Removed by one trim; the next one goes on. */
const TRIMMED_BLOCKS = 1000;

interface Parts {
  readonly write: Write;
  readonly connections: Pick<Connections, 'read'>;
  readonly self: Self;
}

/** The outboxes, and the places of the sinks in them. */
export function openOutboxes(parts: Parts): Pick<Store, 'openSinks' | 'samples' | 'traces'> {
  const { write, self } = parts;
  return {
    openSinks(sinks) {
      self.sinks = sinks;
      return keepSinks(write, self);
    },
    samples: storedOutbox(SAMPLE_TABLES, parts),
    traces: storedOutbox(TRACE_TABLES, parts),
  };
}

/** What only reads is one statement each. */
function storedOutbox<Entry>(
  tables: OutboxTables<Entry>,
  { write, connections }: Parts,
): StoredOutbox<Entry> {
  const read: Connections['read'] = (work) => connections.read(work);
  return {
    read: (sink, limit) => read((session) => tables.read(session, sink, limit)),
    place: (sink) => read((session) => tables.place(session, sink)),
    status: () => read((session) => tables.status(session)),
    progress: () => read((session) => tables.progress(session)),
    dead: (limit) => read((session) => tables.dead.latest(session, limit)),
    ...movingPlaces(tables, write),
    async trim(limits, count) {
      if (!(await read((session) => tables.isOver(session, limits)))) return [];
      return write(async (transaction) => {
        const [{ head, nowMs }, places, blocks] = await Promise.all([
          transaction.begun,
          tables.places(transaction),
          tables.oldestBlocks(transaction, TRIMMED_BLOCKS),
        ]);
        const lost = passLost(places, blocks, { ...limits, bytes: tables.endIn(head).bytes });
        places.send(transaction);
        tables.remove(transaction, head, blocks, places.leastSafeSeq);
        return { result: lost, counts: { increments: count(lost, nowMs) } };
      });
    },
  };
}

function movingPlaces<Entry>(
  tables: OutboxTables<Entry>,
  write: Write,
): Pick<StoredOutbox<Entry>, 'settle' | 'note'> {
  return {
    settle: (settlement, count) =>
      write(async (transaction) => {
        const safeSeq = settlement.isKept ? 0 : settlement.endSeq;
        const [{ head, nowMs }, places, blocks] = await Promise.all([
          transaction.begun,
          tables.places(transaction),
          tables.safeBlocks(transaction, settlement.sink, safeSeq),
        ]);
        const settled = places.settle(settlement);
        if (settled.count === 0) return { result: undefined };
        places.send(transaction);
        tables.remove(transaction, head, blocks, places.leastSafeSeq);
        // What is rejected when it is repeated was set aside the first time, or the receiver took it then.
        if (!settled.isRepeat) tables.dead.keep(transaction, settlement, nowMs);
        return { result: undefined, counts: { increments: count(settled, nowMs) } };
      }),
    note: (note, count) =>
      write(async (transaction) => {
        const safeSeq = note.restart === 'give_up' ? Number.MAX_SAFE_INTEGER : note.safeSeq;
        const [{ head, nowMs }, places, blocks] = await Promise.all([
          transaction.begun,
          tables.places(transaction),
          tables.safeBlocks(transaction, note.sink, safeSeq),
        ]);
        const entries = places.note(note);
        places.send(transaction);
        tables.remove(transaction, head, blocks, places.leastSafeSeq);
        return { result: entries, counts: { increments: count(entries, nowMs) } };
      }),
  };
}

/**
 * Gives the sinks of this process a place, and removes those that no living process names: where a configuration
 * changes from one replica to the next, one that is older removes nothing that a newer one has added. Returns how
 * much waited for those removed.
 */
export function keepSinks(write: Write, { id, sinks }: Self): Promise<DroppedEntries> {
  return write(async (transaction) => {
    const [{ head }, others, samples, traces] = await Promise.all([
      transaction.begun,
      transaction.rows<SinkNames>(OTHERS_SINKS, [id]),
      foundIn(transaction, SAMPLE_TABLES),
      foundIn(transaction, TRACE_TABLES),
    ]);
    transaction.send(NAME_SINKS, [id, sinks.samples, sinks.traces]);
    const named = (which: keyof SinkNames) => ({
      own: sinks[which],
      all: new Set([...sinks[which], ...others.flatMap((other) => other[which])]),
    });
    const result = {
      samples: keepIn(transaction, head, samples, named('samples')),
      traces: keepIn(transaction, head, traces, named('traces')),
    };
    return { result, counts: {} };
  });
}

interface FoundOutbox {
  readonly tables: Pick<OutboxTables<never>, 'endIn' | 'remove'>;
  readonly places: SinkPlaces;
  readonly oldest: readonly BlockHead[];
}

async function foundIn<Entry>(session: Session, tables: OutboxTables<Entry>): Promise<FoundOutbox> {
  const [places, oldest] = await Promise.all([tables.places(session), tables.oldestBlocks(session)]);
  return { tables, places, oldest };
}

function keepIn(
  session: Session,
  head: Head,
  { tables, places, oldest }: FoundOutbox,
  { own, all }: { readonly own: readonly string[]; readonly all: ReadonlySet<string> },
): number {
  const lost = places.keep(own, tables.endIn(head).nextSeq, (sink) => all.has(sink));
  places.send(session);
  tables.remove(session, head, oldest, places.leastSafeSeq);
  return lost;
}

/** Moves the sinks past the oldest blocks that have to go. Returns what they lost. */
function passLost(
  places: SinkPlaces,
  oldest: readonly BlockHead[],
  { bytes: all, ...limits }: OutboxLimits & { readonly bytes: number },
): Lost[] {
  const lost: Lost[] = [];
  let bytes = all;
  for (const block of oldest) {
    const outcome = endOf(block) <= places.leastSafeSeq ? null : fateOf(block, limits, bytes);
    if (outcome === null && endOf(block) > places.leastSafeSeq) break;
    if (outcome !== null) for (const each of places.pass(endOf(block))) lost.push({ ...each, outcome });
    bytes -= block.bytes;
  }
  return lost;
}

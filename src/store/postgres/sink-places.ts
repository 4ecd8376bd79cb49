import type { Store } from '../../domain/contracts.ts';
import type { EventSample } from '../../domain/event-sample.ts';
import type { Lost, OutboxLimits } from '../../domain/outbox.ts';
import type { DroppedEntries, StoredOutbox } from '../../domain/outbox-contract.ts';
import { type BlockHead, endOf, fateOf } from '../outbox-rules.ts';
import type { Connections } from './connections.ts';
import { keepDeadSamples } from './dead-samples.ts';
import { isOver, openOutboxReader, readOldestBlocks, readSafeBlocks, removeBlocks } from './outbox.ts';
import { SinkPlaces } from './outbox-places.ts';
import type { Self } from './self.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import type { Write } from './write.ts';

const OTHERS_SINKS = statement(
  `SELECT DISTINCT unnest(sinks) AS sink FROM replicas WHERE id <> $1 AND expires_at > clock_timestamp()`,
);
const NAME_SINKS = statement('UPDATE replicas SET sinks = $2::text[] WHERE id = $1');

/** Removed by one trim; the next one goes on. */
const TRIMMED_BLOCKS = 1000;

export interface SinkPlacesOptions {
  readonly write: Write;
  readonly connections: Pick<Connections, 'read'>;
  readonly self: Self;
}

/** The outbox, and the places of the sinks in it. */
export function openOutbox(options: SinkPlacesOptions): Pick<Store, 'openSinks' | 'samples'> {
  const { write, self } = options;
  return {
    openSinks({ samples }) {
      self.sinks = samples;
      return keepSinks(write, self);
    },
    samples: storedOutbox(options),
  };
}

function storedOutbox({ write, connections }: SinkPlacesOptions): StoredOutbox<EventSample> {
  return {
    ...openOutboxReader(connections),
    settle: (settlement, count) =>
      write(async (transaction) => {
        const safeSeq = settlement.isKept ? 0 : settlement.endSeq;
        const [{ head, nowMs }, places, blocks] = await Promise.all([
          transaction.begun,
          SinkPlaces.read(transaction),
          readSafeBlocks(transaction, settlement.sink, safeSeq),
        ]);
        const settled = places.settle(settlement);
        if (settled.count === 0) return { result: undefined };
        places.send(transaction);
        removeBlocks(transaction, head, blocks, places.leastSafeSeq);
        // What is rejected when it is repeated was set aside the first time, or the receiver took it then.
        if (!settled.isRepeat) keepDeadSamples(transaction, settlement, nowMs);
        return { result: undefined, counts: { increments: count(settled, nowMs) } };
      }),
    note: (note, count) =>
      write(async (transaction) => {
        const safeSeq = note.restart === 'give_up' ? Number.MAX_SAFE_INTEGER : note.safeSeq;
        const [{ head, nowMs }, places, blocks] = await Promise.all([
          transaction.begun,
          SinkPlaces.read(transaction),
          readSafeBlocks(transaction, note.sink, safeSeq),
        ]);
        const samples = places.note(note);
        places.send(transaction);
        removeBlocks(transaction, head, blocks, places.leastSafeSeq);
        return { result: samples, counts: { increments: count(samples, nowMs) } };
      }),
    async trim(limits, count) {
      if (!(await connections.read((session) => isOver(session, limits)))) return [];
      return write(async (transaction) => {
        const [{ head, nowMs }, places, blocks] = await Promise.all([
          transaction.begun,
          SinkPlaces.read(transaction),
          readOldestBlocks(transaction, TRIMMED_BLOCKS),
        ]);
        const lost = passLost(places, blocks, { ...limits, bytes: head.outboxBytes });
        places.send(transaction);
        removeBlocks(transaction, head, blocks, places.leastSafeSeq);
        return { result: lost, counts: { increments: count(lost, nowMs) } };
      });
    },
  };
}

/**
 * Gives the sinks of this process a place, and removes those that no living process names: where a configuration
 * changes from one replica to the next, one that is older removes nothing that a newer one has added. Returns how
 * many samples waited for those removed.
 */
export function keepSinks(write: Write, { id, sinks }: Self): Promise<DroppedEntries> {
  return write(async (transaction) => {
    const [{ head }, places, others, oldest] = await Promise.all([
      transaction.begun,
      SinkPlaces.read(transaction),
      readOthersSinks(transaction, id),
      readOldestBlocks(transaction),
    ]);
    const lost = places.keep(sinks, head.nextSampleSeq, (sink) => sinks.includes(sink) || others.has(sink));
    transaction.send(NAME_SINKS, [id, sinks]);
    places.send(transaction);
    removeBlocks(transaction, head, oldest, places.leastSafeSeq);
    return { result: { samples: lost }, counts: {} };
  });
}

async function readOthersSinks(session: Session, id: number): Promise<ReadonlySet<string>> {
  const rows = await session.rows<{ readonly sink: string }>(OTHERS_SINKS, [id]);
  return new Set(rows.map(({ sink }) => sink));
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

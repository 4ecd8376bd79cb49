import { AntError } from '../../domain/errors.ts';
import type { Lost, ReceiverNote, Settled, Settlement, SinkPlace } from '../../domain/outbox.ts';
import { notedPlace, passedPlace, settledPlace, startingPlace } from '../outbox-rules.ts';
import type { Session } from './session.ts';
import { type Statement, statement } from './statement.ts';

export type NamedPlace = SinkPlace & { readonly sink: string };

export const PLACE_COLUMNS =
  'name AS sink, next_seq AS "nextSeq", taken_seq AS "takenSeq", safe_seq AS "safeSeq", process';

/** The SQL of the places in one outbox. */
export function placeStatements({ sinks }: { readonly sinks: string }) {
  return {
    all: statement(`SELECT ${PLACE_COLUMNS} FROM ${sinks} ORDER BY name`),
    put: statement(
      `INSERT INTO ${sinks} (name, next_seq, taken_seq, safe_seq, process)
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])
       ON CONFLICT (name) DO UPDATE SET next_seq = excluded.next_seq, taken_seq = excluded.taken_seq,
         safe_seq = excluded.safe_seq, process = excluded.process`,
    ),
    remove: statement(`DELETE FROM ${sinks} WHERE name = ANY ($1::text[])`),
  } satisfies Record<string, Statement>;
}

type PlaceStatements = ReturnType<typeof placeStatements>;

/** How far the sinks have come, in one ordered transaction. */
export class SinkPlaces {
  readonly #sql: PlaceStatements;
  readonly #bySink: Map<string, SinkPlace>;
  readonly #moved = new Set<string>();
  readonly #removed: string[] = [];

  private constructor(sql: PlaceStatements, places: readonly NamedPlace[]) {
    this.#sql = sql;
    this.#bySink = new Map(places.map(({ sink, ...place }) => [sink, place]));
  }

  static async read(session: Session, sql: PlaceStatements): Promise<SinkPlaces> {
    return new SinkPlaces(sql, await session.rows<NamedPlace>(sql.all));
  }

  /** Without sinks: beyond every place. */
  get leastSafeSeq(): number {
    return Math.min(...Array.from(this.#bySink.values(), ({ safeSeq }) => safeSeq));
  }

  /**
   * Adds these sinks, which begin at the end, and removes those that are not wanted. Returns how much waited for those.
   */
  keep(sinks: readonly string[], endSeq: number, isWanted: (sink: string) => boolean): number {
    let lost = 0;
    for (const [sink, { nextSeq }] of this.#bySink) {
      if (isWanted(sink)) continue;
      lost += endSeq - nextSeq;
      this.#removed.push(sink);
      this.#bySink.delete(sink);
    }
    for (const sink of sinks) if (!this.#bySink.has(sink)) this.#move(sink, startingPlace(endSeq));
    return lost;
  }

  settle(settlement: Settlement): Settled {
    const { settled, place } = settledPlace(this.#of(settlement.sink), settlement);
    if (place !== null) this.#move(settlement.sink, place);
    return settled;
  }

  /** Returns how many entries a restart concerns. */
  note(note: ReceiverNote): number {
    const { entries, place } = notedPlace(this.#of(note.sink), note);
    this.#move(note.sink, place);
    return entries;
  }

  /** Moves every sink that is before the place to it. Returns what each of them lost. */
  pass(seq: number): Omit<Lost, 'outcome'>[] {
    const behind = [...this.#bySink].filter(([, { safeSeq }]) => safeSeq < seq);
    return behind.flatMap(([sink, before]) => {
      const { place, count, repeats } = passedPlace(before, seq);
      this.#move(sink, place);
      return count > 0 ? [{ sink, count, repeats }] : [];
    });
  }

  /** Sends what was changed. */
  send(session: Session): void {
    const moved = [...this.#moved].flatMap((sink) => {
      const place = this.#bySink.get(sink);
      return place === undefined ? [] : [{ sink, ...place }];
    });
    if (moved.length > 0)
      session.send(this.#sql.put, [
        moved.map(({ sink }) => sink),
        moved.map(({ nextSeq }) => nextSeq),
        moved.map(({ takenSeq }) => takenSeq),
        moved.map(({ safeSeq }) => safeSeq),
        moved.map(({ process }) => process),
      ]);
    if (this.#removed.length > 0) session.send(this.#sql.remove, [this.#removed]);
  }

  #of(sink: string): SinkPlace {
    return knownPlace(sink, this.#bySink.get(sink));
  }

  #move(sink: string, place: SinkPlace): void {
    this.#bySink.set(sink, place);
    this.#moved.add(sink);
  }
}

/** A process that the others took for dead may have lost its sinks: it gets them again when it comes back. */
export function knownPlace<Place>(sink: string, place: Place | undefined): Place {
  if (place === undefined)
    throw new AntError('store_unavailable', `the database knows no receiver ${sink} at the moment`);
  return place;
}

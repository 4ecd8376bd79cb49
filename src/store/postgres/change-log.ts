import { randomInt } from 'node:crypto';
import { AntError } from '../../domain/errors.ts';
import type { Follower } from '../../domain/others-changes.ts';
import type { StoredSeries } from '../../domain/transaction.ts';
import { ENTRY_FORM, type NumberChanges, type PackedExemplar, packEntry, readEntry } from './change-entry.ts';
import type { Head } from './head.ts';
import type { NewSeries, SeriesIds } from './series-ids.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

/** A transaction in the log. */
export interface Place {
  readonly seq: number;
  readonly token: number;
}

interface Entry extends Place {
  readonly form: number;
  readonly entry: string;
}

/**
 * With an end that nobody reaches: for a range the server expects few rows, and uses the index. Without it, a plan made
 * for any place expects a third of the table, and reads all of it each time.
 */
const SINCE = statement(
  'SELECT seq, token, form, entry FROM changes WHERE seq >= $1 AND seq < $1 + 1000000000000 ORDER BY seq',
);
const LAST = statement('SELECT seq, token FROM changes ORDER BY seq DESC LIMIT 1');
const APPEND = statement(
  `INSERT INTO changes (seq, token, form, entry, next_series_id, next_sample_seq, outbox_bytes,
     next_span_seq, trace_outbox_bytes)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
/**
 * Those from a place on, before the first that is younger: only what goes is looked at. What has gone before that place
 * would be looked at again, for as long as somebody may still see it.
 */
const TRIM = statement(
  `DELETE FROM changes WHERE seq IN (
     SELECT seq FROM changes WHERE seq >= $2 AND seq < COALESCE(
       (SELECT seq FROM changes
        WHERE seq >= $2 AND committed_at >= clock_timestamp() - INTERVAL '10 minutes' ORDER BY seq LIMIT 1),
       (SELECT MAX(seq) FROM changes))
     ORDER BY seq LIMIT $1)
   RETURNING seq`,
);
const TOKENS = 2 ** 47;

export interface ChangeLogOptions {
  readonly ids: SeriesIds;
  /** Reads what is stored, in the session's transaction, and makes `ids` know it. */
  readonly readAll: (session: Session) => Promise<StoredSeries>;
}

/**
 * What each transaction did to the numbers, in the one order that all have. Nobody misses one: a transaction gets its
 * place while it alone may write.
 */
export class ChangeLog {
  readonly #options: ChangeLogOptions;
  #follower: Follower = { apply: () => undefined, replace: () => undefined };
  /** Everything up to it is in memory. Null: nothing is. */
  #place: Place | null = null;
  /** Nothing before it is left. */
  #trimmedTo = 0;

  constructor(options: ChangeLogOptions) {
    this.#options = options;
  }

  get seq(): number {
    return this.#place?.seq ?? 0;
  }

  follow(follower: Follower): void {
    this.#follower = follower;
  }

  /**
   * Hands over what others have stored since. To be called first in a transaction; resolves in the order of its
   * statements.
   */
  async catchUp(session: Session): Promise<void> {
    const since = this.#place;
    const entries = since === null ? [] : await session.rows<Entry>(SINCE, [since.seq]);
    const [first, ...others] = entries;
    if (since === null || first?.seq !== since.seq || first.token !== since.token) {
      this.#follower.replace(await this.readAll(session));
      return;
    }
    for (const { seq, token, form, entry } of others) {
      if (form > ENTRY_FORM)
        throw new AntError('store_unavailable', 'a newer version has stored what this one does not know', {
          hint: 'Replace this process by the newer version.',
        });
      this.#follower.apply(readEntry(entry, this.#options.ids));
      this.#place = { seq, token };
    }
  }

  /** All that is stored. What is handed over later begins behind it. To be called in a transaction of one moment. */
  async readAll(session: Session): Promise<StoredSeries> {
    const [place] = await session.rows<Place>(LAST);
    const stored = await this.#options.readAll(session);
    this.#place = place ?? null;
    this.#trimmedTo = 0;
    return stored;
  }

  /** Appends what this transaction does, and `head` as it is after it. Call what it returns once that is committed. */
  append(
    session: Session,
    changes: NumberChanges,
    { cells: { series, cells, exemplars }, head }: { readonly cells: NewCells; readonly head: Head },
  ): () => void {
    const place = { seq: this.seq + 1, token: randomInt(TOKENS) };
    const { nextSeriesId, samples, traces } = head;
    const entry = packEntry(changes, { series, cells, exemplars });
    const next = [nextSeriesId, samples.nextSeq, samples.bytes, traces.nextSeq, traces.bytes];
    session.send(APPEND, [place.seq, place.token, ENTRY_FORM, entry, ...next]);
    return () => {
      this.#place = place;
      for (const each of series) this.#options.ids.add(each);
      for (const each of changes.removed) this.#options.ids.remove(each);
    };
  }

  /** Deletes what all have read. Call what it returns once that is committed. */
  async trim(session: Session, limit: number): Promise<() => void> {
    const rows = await session.rows<Pick<Place, 'seq'>>(TRIM, [limit, this.#trimmedTo]);
    return () => {
      for (const { seq } of rows) this.#trimmedTo = Math.max(this.#trimmedTo, seq);
    };
  }
}

/** The cells of increments, by the ids of their series. */
export interface NewCells {
  readonly series: readonly NewSeries[];
  /** Series, cell and what is added, one after the other; each pair of series and cell once. */
  readonly cells: readonly number[];
  readonly exemplars: readonly PackedExemplar[];
}

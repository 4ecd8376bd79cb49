import type { OutboxContent } from '../outbox-content.ts';
import { END_COLUMNS, ofLast } from './head.ts';
import { PLACE_COLUMNS } from './outbox-places.ts';
import { type Statement, statement } from './statement.ts';

/** The SQL of one outbox. */
export function outboxStatements<Entry>(
  name: 'samples' | 'traces',
  { outbox, entriesColumn, sinks }: OutboxContent<Entry>,
) {
  const heads = `SELECT first_seq, count, bytes, written_at_ms FROM ${outbox}`;
  const end = `${ofLast(END_COLUMNS[name].nextSeq)} AS "endSeq"`;
  /** The block that a place is in is the last one that begins at it or before. */
  const blockOfNext = `
  COALESCE((SELECT first_seq FROM ${outbox} WHERE first_seq <= next_seq ORDER BY first_seq DESC LIMIT 1), 0)`;
  return {
    append: statement(
      `INSERT INTO ${outbox} (first_seq, count, bytes, written_at_ms, ${entriesColumn}) VALUES ($1, $2, $3, $4, $5)`,
    ),
    oldest: statement(`${heads} ORDER BY first_seq LIMIT $1`),
    /** Of the blocks that all sinks are past once this one is safe up to a place. */
    safe: statement(
      `${heads} WHERE first_seq < (
         SELECT MIN(CASE name WHEN $1 THEN GREATEST(safe_seq, $2::bigint) ELSE safe_seq END) FROM ${sinks})
       ORDER BY first_seq LIMIT $3`,
    ),
    remove: statement(`DELETE FROM ${outbox} WHERE first_seq <= $1`),
    progress: statement(`SELECT MIN(next_seq) AS "nextSeq", ${end} FROM ${sinks}`),
    place: statement(`SELECT ${PLACE_COLUMNS} FROM ${sinks} WHERE name = $1`),
    blocks: statement(
      `SELECT ${PLACE_COLUMNS}, first_seq AS "firstSeq", ${entriesColumn} AS entries
       FROM ${sinks} LEFT JOIN ${outbox} ON first_seq >= ${blockOfNext} AND first_seq < next_seq + $2
         AND first_seq + count > next_seq
       WHERE name = $1 ORDER BY first_seq`,
    ),
    status: statement(
      `SELECT ${PLACE_COLUMNS}, ${end}, (
         SELECT written_at_ms FROM ${outbox} WHERE first_seq >= ${blockOfNext} AND first_seq + count > next_seq
         ORDER BY first_seq LIMIT 1) AS "oldestMs"
       FROM ${sinks} ORDER BY name`,
    ),
    over: statement(
      `SELECT first_seq, count, bytes, written_at_ms, ${ofLast(END_COLUMNS[name].bytes)} AS "allBytes",
         (SELECT MIN(safe_seq) FROM ${sinks}) AS "safeSeq"
       FROM ${outbox} ORDER BY first_seq LIMIT 1`,
    ),
  } satisfies Record<string, Statement>;
}

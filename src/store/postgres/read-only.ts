import { AntError } from '../../domain/errors.ts';
import type { HistoryReader, QuestionMoment } from '../../domain/queries.ts';
import { type Monotonic, monotonicMs } from '../../timing/monotonic.ts';
import type { Connections } from './connections.ts';
import { openHistoryReader } from './history-reader.ts';
import { statement } from './statement.ts';

/** While it reads, the database can't forget what was deleted or overwritten. */
const LONGEST_MS = 10_000;
/**
 * Nobody waits for this transaction, so it may think for longer between two statements. Its statements are of one form
 * and quick: neither compiling them nor further processes would pay, which would also mix up their rows.
 */
const SETTINGS = statement(
  `SELECT set_config('statement_timeout', '7s', true),
     set_config('idle_in_transaction_session_timeout', '15s', true),
     set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)`,
);
const CANCELLED = '57014';

/**
 * Lets `work` read what is stored, as of one moment. Rejects with `store_unavailable`, or `query_too_slow` after ten
 * seconds.
 */
export async function readOnly<T>(
  connections: Connections,
  moment: QuestionMoment,
  work: (reader: HistoryReader) => Promise<T>,
  monotonic: Monotonic = monotonicMs,
): Promise<T> {
  const deadlineMs = monotonic() + LONGEST_MS;
  const giveWay = async () => {
    if (monotonic() > deadlineMs) throw tooSlow();
  };
  try {
    return await connections.readAsOfOneMoment(async (session) => {
      session.send(SETTINGS);
      return work(await openHistoryReader(session, { ...moment, giveWay }));
    });
  } catch (error) {
    throw isCancelled(error) ? tooSlow() : error;
  }
}

function isCancelled(error: unknown): boolean {
  return (
    error instanceof AntError &&
    error.cause instanceof Error &&
    'code' in error.cause &&
    error.cause.code === CANCELLED
  );
}

function tooSlow(): AntError {
  return new AntError('query_too_slow', 'The question takes more than ten seconds: ask for less.');
}

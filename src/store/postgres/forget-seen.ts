import type { Session } from './session.ts';
import { statement } from './statement.ts';

const NEXT = statement('SELECT key FROM seen_deliveries WHERE key > $1 ORDER BY key OFFSET $2 LIMIT 1');
const FORGET = statement(
  'DELETE FROM seen_deliveries WHERE key > $1 AND ($2::bytea IS NULL OR key <= $2) AND seen_at_ms < $3',
);

interface Step {
  readonly forgotten: number;
  readonly isRound: boolean;
}

/** Goes once over all remembered ids, a few at each call, so that no call takes long. */
export function openForgetSeen(): (session: Session, beforeMs: number, limit: number) => Promise<Step> {
  let cursor: Buffer = Buffer.alloc(0);
  return async (session, beforeMs, limit) => {
    const [end] = await session.rows<{ readonly key: Buffer }>(NEXT, [cursor, limit - 1]);
    const forgotten = await session.run(FORGET, [cursor, end?.key ?? null, beforeMs]);
    cursor = end?.key ?? Buffer.alloc(0);
    return { forgotten, isRound: end === undefined };
  };
}

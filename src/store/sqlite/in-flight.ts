import { WAITS_FOR_RUNNER } from '../../domain/lifecycle/stale.ts';

/*
 * SQL over rows of what is not over: since when, and whether it is a ghost. The limits are `StaleLimits`. A job began with its start
 * once it is in progress, with its release once it was let through an approval gate, else with its creation, by GitHub's own times. A
 * list tells of no release: what it finds in the queue behind a gate is there since that was heard.
 */

const IS_RELEASED = `status = 'queued' AND waited_at_ms IS NOT NULL`;

export const JOB_BEGAN = `
  COALESCE(CASE WHEN status = 'in_progress' THEN started_at_ms
    WHEN ${IS_RELEASED} THEN CASE WHEN queued_at_ms > waited_at_ms THEN released_at_ms ELSE status_at_ms END
  END, created_at_ms, first_seen_at_ms)`;

export const RUN_BEGAN = 'COALESCE(run_started_at_ms, created_at_ms, first_seen_at_ms)';

/** As `isGone`. */
export const IS_GONE = `(COALESCE(gone_at_ms >= status_at_ms, FALSE)
  AND gone_at_ms >= COALESCE(confirmed_at_ms, 0))`;

/** After a gate, the age is told by what was heard alone. */
const JOB_SINCE = `CASE WHEN ${IS_RELEASED} THEN status_at_ms ELSE ${JOB_BEGAN} END`;
const IS_UNCONFIRMED = 'COALESCE(confirmed_at_ms, 0) < :confirmedSince';
const WAITS = `status IN (${WAITS_FOR_RUNNER.map((status) => `'${status}'`).join(', ')})`;

export const JOB_IS_STALE = `(${IS_GONE} OR ${IS_UNCONFIRMED}
  AND ${JOB_SINCE} < CASE WHEN ${WAITS} THEN :queuedSince ELSE :livingSince END)`;

export const RUN_IS_STALE = `(${IS_GONE} OR ${IS_UNCONFIRMED} AND ${RUN_BEGAN} < :livingSince)`;

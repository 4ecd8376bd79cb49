-- What the rules say of work that is not over (src/domain/lifecycle/stale.ts) is written with it, so that they are not repeated in SQL: since
-- when it waits or runs, after which moment it is a ghost, and whether GitHub no longer knows it.
ALTER TABLE jobs ADD COLUMN began_at_ms INTEGER;
ALTER TABLE jobs ADD COLUMN stale_after_ms INTEGER;
ALTER TABLE jobs ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN began_at_ms INTEGER;
ALTER TABLE runs ADD COLUMN stale_after_ms INTEGER;
ALTER TABLE runs ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0;

UPDATE jobs SET is_gone = COALESCE(gone_at_ms >= status_at_ms, FALSE) AND gone_at_ms >= COALESCE(confirmed_at_ms, 0),
  began_at_ms = COALESCE(CASE WHEN status = 'in_progress' THEN started_at_ms
    WHEN status = 'queued' AND waited_at_ms IS NOT NULL THEN
      CASE WHEN queued_at_ms > waited_at_ms THEN released_at_ms ELSE status_at_ms END
    END, created_at_ms, first_seen_at_ms)
  WHERE status <> 'completed';
UPDATE jobs SET stale_after_ms = CASE WHEN is_gone THEN 0 ELSE MAX(COALESCE(confirmed_at_ms, 0) + 86400000,
    CASE WHEN status = 'queued' AND waited_at_ms IS NOT NULL THEN status_at_ms ELSE began_at_ms END
    + CASE WHEN status IN ('requested', 'queued') THEN 86400000 ELSE 35 * 86400000 END) END
  WHERE status <> 'completed';

UPDATE runs SET is_gone = COALESCE(gone_at_ms >= status_at_ms, FALSE) AND gone_at_ms >= COALESCE(confirmed_at_ms, 0),
  began_at_ms = COALESCE(run_started_at_ms, created_at_ms, first_seen_at_ms)
  WHERE status <> 'completed';
UPDATE runs SET stale_after_ms = CASE WHEN is_gone THEN 0
    ELSE MAX(COALESCE(confirmed_at_ms, 0) + 86400000, began_at_ms + 35 * 86400000) END
  WHERE status <> 'completed';

-- What the rules say of a state that may be forgotten (src/domain/forgetting.ts) is written with it: the latest of its times, and
-- whether something may still happen to it.
ALTER TABLE jobs ADD COLUMN last_event_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN is_open INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN last_event_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN is_open INTEGER NOT NULL DEFAULT 0;

UPDATE jobs SET is_open = (status <> 'completed' AND is_job) OR held_until_ms IS NOT NULL,
  last_event_ms = MAX(status_at_ms, COALESCE(completed_at_ms, 0), COALESCE(started_at_ms, 0), COALESCE(created_at_ms, 0));
UPDATE runs SET is_open = status <> 'completed',
  last_event_ms = MAX(status_at_ms, COALESCE(updated_at_ms, 0), COALESCE(run_started_at_ms, 0), COALESCE(created_at_ms, 0));

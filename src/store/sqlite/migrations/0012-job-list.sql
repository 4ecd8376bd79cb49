-- What was counted of a job, and the order in which jobs ended: for the list of jobs (src/store/sqlite/job-list.ts).
ALTER TABLE jobs ADD COLUMN queue_ms INTEGER;
ALTER TABLE jobs ADD COLUMN duration_ms INTEGER;

UPDATE jobs SET duration_ms = MAX(0, completed_at_ms - started_at_ms)
  WHERE completion_counted = 1 AND has_started = 1 AND conclusion IS NOT 'skipped';
UPDATE jobs SET queue_ms = MAX(0, started_at_ms - CASE WHEN waited_at_ms IS NULL THEN created_at_ms ELSE released_at_ms END)
  WHERE queue_counted = 1;

-- With all that they can be ordered by, so that rows are read only where something else is asked for.
CREATE INDEX jobs_ended ON jobs (completed_at_ms, created_at_ms, queue_ms, duration_ms)
  WHERE status = 'completed' AND completion_counted = 1;

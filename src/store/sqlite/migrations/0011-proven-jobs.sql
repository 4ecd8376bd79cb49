-- What may be a check run of another tool is kept too, until something proves that it is a job; so far only jobs were.
ALTER TABLE jobs ADD COLUMN is_job INTEGER NOT NULL DEFAULT 1;
-- The latest word of a queue, from lists too; and whether it is open if a gate refused the job: src/domain/lifecycle/gate.ts.
ALTER TABLE jobs ADD COLUMN in_queue_at_ms INTEGER;
UPDATE jobs SET in_queue_at_ms = queued_at_ms WHERE queued_at_ms IS NOT NULL;
ALTER TABLE jobs ADD COLUMN is_cause_open INTEGER NOT NULL DEFAULT 0;

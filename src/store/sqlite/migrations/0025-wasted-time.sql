-- What jobs ran for nothing: src/domain/waste.ts.
ALTER TABLE jobs ADD COLUMN micro_dollars INTEGER;
ALTER TABLE jobs ADD COLUMN repeat_counted INTEGER NOT NULL DEFAULT 0;

ALTER TABLE finished_job_facts ADD COLUMN wasted TEXT; -- repeated or cancelled
UPDATE finished_job_facts SET wasted = 'cancelled' WHERE conclusion = 'cancelled' AND duration_ms IS NOT NULL;
-- Of what ended before this version, by the name that the legs of a matrix share.
UPDATE finished_job_facts SET wasted = 'repeated'
  FROM (SELECT run_id, job_name, MAX(run_attempt) AS last FROM finished_job_facts WHERE run_attempt > 1 GROUP BY run_id, job_name) AS again
  WHERE finished_job_facts.run_id = again.run_id AND finished_job_facts.job_name = again.job_name AND run_attempt < last
    AND conclusion IN ('failure', 'timed_out', 'startup_failure') AND duration_ms IS NOT NULL;

DROP VIEW finished_jobs;
CREATE VIEW finished_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, conclusion, duration_ms, sku, billed_seconds, micro_dollars, unpriced_seconds,
    wasted
  FROM finished_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group;

-- Packed with the new column.
DELETE FROM packed_columns;
DELETE FROM packed_hours;

-- The group of the runner with every fact of a job, so that each can be asked for by it.
ALTER TABLE started_job_facts ADD COLUMN runner_group INTEGER REFERENCES names;
ALTER TABLE failed_job_facts ADD COLUMN runner_group INTEGER REFERENCES names;
ALTER TABLE flaky_job_facts ADD COLUMN runner_group INTEGER REFERENCES names;

INSERT OR IGNORE INTO names (name) VALUES ('unknown');
UPDATE started_job_facts SET runner_group = (SELECT id FROM names WHERE name = 'unknown');
UPDATE failed_job_facts SET runner_group = (SELECT id FROM names WHERE name = 'unknown');
UPDATE flaky_job_facts SET runner_group = (SELECT id FROM names WHERE name = 'unknown');

DROP VIEW started_jobs;
CREATE VIEW started_jobs AS
  SELECT started_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, queue_ms
  FROM started_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group;

DROP VIEW failed_jobs;
CREATE VIEW failed_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, cause, step.name AS step
  FROM failed_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group
    LEFT JOIN names AS step ON step.id = fact.step;

DROP VIEW flaky_jobs;
CREATE VIEW flaky_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, times
  FROM flaky_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group;

-- What the annotations of failed jobs say, and of which jobs GitHub has yet to be asked for them.
ALTER TABLE jobs ADD COLUMN is_reason_open INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN reason TEXT; -- JSON of the reason and the exit code
CREATE INDEX jobs_unexplained ON jobs (status_at_ms, job_id) WHERE is_reason_open = 1;

CREATE TABLE explained_job_facts (
  ended_at_ms  INTEGER NOT NULL,
  job_id       INTEGER NOT NULL,
  run_id       INTEGER NOT NULL,
  run_attempt  INTEGER NOT NULL,
  repository   INTEGER NOT NULL REFERENCES names,
  workflow     INTEGER NOT NULL REFERENCES names,
  job_name     INTEGER NOT NULL REFERENCES names,
  runs_on      INTEGER NOT NULL REFERENCES names,
  runner_group INTEGER NOT NULL REFERENCES names,
  reason       TEXT    NOT NULL,
  exit_code    INTEGER, -- null: the reason is another one
  PRIMARY KEY (ended_at_ms, job_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW explained_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, reason, exit_code
  FROM explained_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group;

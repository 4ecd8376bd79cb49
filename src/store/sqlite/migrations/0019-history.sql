-- What happened, one row for each fact that was counted (src/domain/history.ts). Times are milliseconds since the epoch. Tables are in
-- the order of time, because they are read by windows of time and deleted from their beginning. The views below have names in place of numbers.

-- Each name once: of a repository, a workflow, a job, labels of a runner, a group, a branch class, an event.
CREATE TABLE names (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE started_job_facts (
  started_at_ms INTEGER NOT NULL,
  job_id        INTEGER NOT NULL,
  run_id        INTEGER NOT NULL,
  run_attempt   INTEGER NOT NULL,
  repository    INTEGER NOT NULL REFERENCES names,
  workflow      INTEGER NOT NULL REFERENCES names,
  job_name      INTEGER NOT NULL REFERENCES names,
  runs_on       INTEGER NOT NULL REFERENCES names,
  queue_ms      INTEGER NOT NULL,
  PRIMARY KEY (started_at_ms, job_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE finished_job_facts (
  ended_at_ms      INTEGER NOT NULL,
  job_id           INTEGER NOT NULL,
  run_id           INTEGER NOT NULL,
  run_attempt      INTEGER NOT NULL,
  repository       INTEGER NOT NULL REFERENCES names,
  workflow         INTEGER NOT NULL REFERENCES names,
  job_name         INTEGER NOT NULL REFERENCES names,
  runs_on          INTEGER NOT NULL REFERENCES names,
  runner_group     INTEGER NOT NULL REFERENCES names,
  conclusion       TEXT    NOT NULL,
  duration_ms      INTEGER, -- null: no runner took it, or its times are damaged
  sku              TEXT,    -- null: free, or its price is not known
  billed_seconds   INTEGER NOT NULL,
  micro_dollars    INTEGER NOT NULL,
  unpriced_seconds INTEGER NOT NULL,
  PRIMARY KEY (ended_at_ms, job_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE failed_job_facts (
  ended_at_ms INTEGER NOT NULL,
  job_id      INTEGER NOT NULL,
  run_id      INTEGER NOT NULL,
  run_attempt INTEGER NOT NULL,
  repository  INTEGER NOT NULL REFERENCES names,
  workflow    INTEGER NOT NULL REFERENCES names,
  job_name    INTEGER NOT NULL REFERENCES names,
  runs_on     INTEGER NOT NULL REFERENCES names,
  cause       TEXT    NOT NULL,
  step        INTEGER REFERENCES names, -- the first that failed, if one is known
  PRIMARY KEY (ended_at_ms, job_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE flaky_job_facts (
  ended_at_ms INTEGER NOT NULL,
  job_id      INTEGER NOT NULL,
  run_id      INTEGER NOT NULL,
  run_attempt INTEGER NOT NULL,
  repository  INTEGER NOT NULL REFERENCES names,
  workflow    INTEGER NOT NULL REFERENCES names,
  job_name    INTEGER NOT NULL REFERENCES names,
  runs_on     INTEGER NOT NULL REFERENCES names,
  times       INTEGER NOT NULL, -- how often it changed from failure to success
  PRIMARY KEY (ended_at_ms, job_id)
) STRICT, WITHOUT ROWID;

-- A run that was held for an approval ends twice.
CREATE TABLE finished_run_facts (
  ended_at_ms INTEGER NOT NULL,
  run_id      INTEGER NOT NULL,
  run_attempt INTEGER NOT NULL,
  conclusion  TEXT    NOT NULL,
  repository  INTEGER NOT NULL REFERENCES names,
  workflow    INTEGER NOT NULL REFERENCES names,
  event       INTEGER NOT NULL REFERENCES names,
  branch      INTEGER NOT NULL REFERENCES names,
  duration_ms INTEGER, -- null: not known
  PRIMARY KEY (ended_at_ms, run_id, run_attempt, conclusion)
) STRICT, WITHOUT ROWID;

-- A JSON array of [number, name, conclusion, started_at_ms, completed_at_ms] for each step.
CREATE TABLE job_steps (
  ended_at_ms INTEGER NOT NULL,
  job_id      INTEGER NOT NULL,
  steps       TEXT    NOT NULL,
  PRIMARY KEY (ended_at_ms, job_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW started_jobs AS
  SELECT started_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, queue_ms
  FROM started_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on;

CREATE VIEW finished_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, runner_group.name AS runner_group, conclusion, duration_ms, sku, billed_seconds, micro_dollars, unpriced_seconds
  FROM finished_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on JOIN names AS runner_group ON runner_group.id = fact.runner_group;

CREATE VIEW failed_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, cause, step.name AS step
  FROM failed_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on LEFT JOIN names AS step ON step.id = fact.step;

CREATE VIEW flaky_jobs AS
  SELECT ended_at_ms, job_id, run_id, run_attempt, repository.name AS repository, workflow.name AS workflow, job.name AS job_name,
    runs_on.name AS runs_on, times
  FROM flaky_job_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS job ON job.id = fact.job_name
    JOIN names AS runs_on ON runs_on.id = fact.runs_on;

CREATE VIEW finished_runs AS
  SELECT ended_at_ms, run_id, run_attempt, conclusion, repository.name AS repository, workflow.name AS workflow, event.name AS event,
    branch.name AS branch, duration_ms
  FROM finished_run_facts AS fact JOIN names AS repository ON repository.id = fact.repository
    JOIN names AS workflow ON workflow.id = fact.workflow JOIN names AS event ON event.id = fact.event
    JOIN names AS branch ON branch.id = fact.branch;

-- Up to which id the facts of a database that has run before are filled in; without a row, there is nothing to fill.
CREATE TABLE history_fill (
  kind     TEXT PRIMARY KEY, -- job or run
  after_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO history_fill SELECT 'job', -1 WHERE EXISTS (SELECT 1 FROM jobs);
INSERT INTO history_fill SELECT 'run', -1 WHERE EXISTS (SELECT 1 FROM runs);

-- Accepted and not processed yet, first in, first out. Failed ones move to failed_deliveries, so that this table is
-- only ever read from its head.
CREATE TABLE deliveries (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  guid           TEXT    NOT NULL,
  event          TEXT    NOT NULL,
  action         TEXT    NOT NULL,
  source         TEXT    NOT NULL,
  received_at_ms INTEGER NOT NULL,
  payload        TEXT    NOT NULL
) STRICT;

-- Those whose processing failed: to be tried again at due_at_ms, or given up at parked_at_ms.
CREATE TABLE failed_deliveries (
  id             INTEGER PRIMARY KEY,
  guid           TEXT    NOT NULL,
  event          TEXT    NOT NULL,
  action         TEXT    NOT NULL,
  source         TEXT    NOT NULL,
  received_at_ms INTEGER NOT NULL,
  payload        TEXT    NOT NULL,
  attempts       INTEGER NOT NULL,
  error          TEXT    NOT NULL,
  due_at_ms      INTEGER NOT NULL,
  parked_at_ms   INTEGER
) STRICT;

CREATE INDEX failed_deliveries_due ON failed_deliveries (due_at_ms) WHERE parked_at_ms IS NULL;
CREATE INDEX failed_deliveries_parked ON failed_deliveries (parked_at_ms) WHERE parked_at_ms IS NOT NULL;

-- Delivery ids that were accepted, to know a redelivery. The key is the id in the order of its time, see seen-key.ts.
CREATE TABLE seen_deliveries (
  key        BLOB    PRIMARY KEY,
  seen_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  job_id             INTEGER PRIMARY KEY,
  run_id             INTEGER NOT NULL,
  run_attempt        INTEGER NOT NULL,
  repository         TEXT    NOT NULL,
  workflow           TEXT    NOT NULL,
  name               TEXT    NOT NULL,
  status             TEXT    NOT NULL,
  conclusion         TEXT,
  has_started        INTEGER NOT NULL,
  created_at_ms      INTEGER,
  started_at_ms      INTEGER,
  completed_at_ms    INTEGER,
  runs_on            TEXT    NOT NULL, -- a JSON array of the labels asked for
  runner_id          INTEGER,
  runner_name        TEXT,
  runner_group       TEXT,
  head_branch        TEXT,
  head_sha           TEXT,
  first_seen_at_ms   INTEGER NOT NULL,
  status_at_ms       INTEGER NOT NULL,
  waited_at_ms       INTEGER,
  queued_at_ms       INTEGER,
  released_at_ms     INTEGER,
  has_environment    INTEGER NOT NULL,
  held_until_ms      INTEGER,
  queue_counted      INTEGER NOT NULL,
  approval_counted   INTEGER NOT NULL,
  completion_counted INTEGER NOT NULL,
  flaky_counted      INTEGER NOT NULL
) STRICT;

CREATE INDEX jobs_held ON jobs (held_until_ms) WHERE held_until_ms IS NOT NULL;
CREATE INDEX jobs_of_run ON jobs (run_id, name);
CREATE INDEX jobs_active ON jobs (status) WHERE status <> 'completed';

CREATE TABLE runs (
  run_id             INTEGER NOT NULL,
  run_attempt        INTEGER NOT NULL,
  run_number         INTEGER,
  repository         TEXT    NOT NULL,
  workflow           TEXT    NOT NULL,
  status             TEXT    NOT NULL,
  conclusion         TEXT,
  event              TEXT    NOT NULL,
  branch             TEXT    NOT NULL,
  head_branch        TEXT,
  head_sha           TEXT,
  created_at_ms      INTEGER,
  run_started_at_ms  INTEGER,
  updated_at_ms      INTEGER,
  first_seen_at_ms   INTEGER NOT NULL,
  status_at_ms       INTEGER NOT NULL,
  completion_counted INTEGER NOT NULL,
  PRIMARY KEY (run_id, run_attempt)
) STRICT, WITHOUT ROWID;

-- The runs on a default branch, for the gauges of each workflow.
CREATE INDEX runs_of_workflow ON runs (repository, workflow, updated_at_ms, conclusion)
  WHERE branch = 'default' AND status = 'completed';
CREATE INDEX runs_active ON runs (status) WHERE status <> 'completed';

-- Workflows with a completed run on the default branch.
CREATE TABLE workflows (
  repository      TEXT NOT NULL,
  workflow        TEXT NOT NULL,
  last_run_ms     INTEGER,
  last_success_ms INTEGER,
  PRIMARY KEY (repository, workflow)
) STRICT, WITHOUT ROWID;

-- What each delivery told of a run (job_id 0) or a job, and what it moved: for people who check a number.
CREATE TABLE observations (
  run_id  INTEGER NOT NULL,
  job_id  INTEGER NOT NULL,
  number  INTEGER NOT NULL, -- of the delivery
  entry   TEXT    NOT NULL, -- a JSON object, see ObservationEntry
  PRIMARY KEY (run_id, job_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX observations_of_job ON observations (job_id) WHERE job_id <> 0;

-- The numbers: a series is a metric with its label values, a cell is one integer of it (src/domain/metric.ts).
CREATE TABLE series (
  id     INTEGER PRIMARY KEY,
  metric TEXT    NOT NULL,
  labels TEXT    NOT NULL, -- a JSON array of the label values
  UNIQUE (metric, labels)
) STRICT;

CREATE TABLE cells (
  series_id INTEGER NOT NULL REFERENCES series (id),
  cell      INTEGER NOT NULL,
  value     INTEGER NOT NULL,
  PRIMARY KEY (series_id, cell)
) STRICT, WITHOUT ROWID;

-- One row, written again whenever somebody asks whether the database can be written.
CREATE TABLE proofs (proved_at_ms INTEGER NOT NULL) STRICT;
INSERT INTO proofs VALUES (0);
